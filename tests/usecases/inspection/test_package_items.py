"""The items that need a package: they stand in the report of the package and of the database, and a bad package is held."""

from __future__ import annotations

import json

from django.test import Client
from lxml import etree
from tests.builders import make_account, now
from tests.formats.reading.made_files import word_97
from tests.personas import Integrator, Office, pdf

from jingui.bootstrap import services
from jingui.db.models import Case, Inspection, PackageVersion, Receipt
from jingui.domain.access.roles import ALL_AGENCIES, Actor, Role
from jingui.domain.inspection.report import report_from_dict
from jingui.domain.inspection.rules import RULES
from jingui.domain.inspection.settings import InspectionProfile
from jingui.usecases.inspection.profiles import save_profile
from jingui.usecases.inspection.statements import Said, StatementDesk, decide_finding

OF_THE_PACKAGE = {rule.identifier for rule in RULES if rule.stage == "package"}


def _outcomes(report: dict[str, object], rules: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in report_from_dict(report).findings:
        if finding.rule in rules:
            found.setdefault(finding.rule, set()).add(finding.outcome.value)
    return found


def test_every_item_that_needs_a_package_is_looked_at_before_the_case_is_preserved(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    office.work()

    outcomes = _outcomes(Inspection.objects.get().report, OF_THE_PACKAGE)

    assert outcomes == {rule: {"passed"} for rule in OF_THE_PACKAGE}


def test_the_package_keeps_the_report_as_json_and_as_xml_and_both_say_the_same(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    office.work()
    (as_json,) = office.home.glob("store/**/四性检测报告.json")
    (as_xml,) = office.home.glob("store/**/四性检测报告.xml")

    told, root = json.loads(as_json.read_text(encoding="utf-8")), etree.parse(as_xml).getroot()

    assert {item.get("id") for item in root.iter("item")} == {finding["rule"] for finding in told["findings"]}
    assert len(list(root.iter("finding"))) == len(told["findings"])
    assert _outcomes(told, {"GD-1-14"}) == {"GD-1-14": {"not_checked"}}  # it is about the package when it is sealed
    assert all(line.findtext("text") for line in root.iter("finding"))
    assert root.findtext("archival_code") == Case.objects.get().archival_code


ARCHIVIST = Actor("k", "陈玉珍", frozenset({Role.ARCHIVIST}), ALL_AGENCIES)


def test_a_finding_at_the_package_stage_holds_the_case_before_anything_is_kept(
    office: Office, integrator: Integrator
) -> None:
    content = {"settings": [{"rule": "GD-1-7", "values": {"code_length": 10}}]}
    save_profile(InspectionProfile(), content, after_version=0, actor=ARCHIVIST, name="account:chen", now=now())
    integrator.whole_case("N-1")
    office.work()

    case = Case.objects.get()
    assert (case.state, case.version, PackageVersion.objects.count()) == ("held", 0, 0)
    assert list((office.home / "store").rglob("0=ocfl_object_*")) == []
    assert _outcomes(Inspection.objects.get().report, {"GD-1-7"}) == {"GD-1-7": {"failed"}}
    receipt = Receipt.objects.get(case=case, kind="case_held")
    assert "code_malformed" in receipt.body
    client = Client()
    client.force_login(make_account("danganyuan", Role.ARCHIVIST))
    page = client.get("/worklists/failed").content.decode()
    assert f"/records/{case.key}" in page
    assert "编号" in page or "档号" in page
    assert office.findings() == []


def test_a_persons_decision_on_a_file_no_program_can_show_lets_it_pass_and_stands_in_the_package(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    integrator.file("N-1", "f3", word_97(), material="A02", name="说明.doc")
    office.work()
    case = Case.objects.get()
    assert (case.state, case.outcome) == ("preserved", "needs_person")
    ready = services()
    desk = StatementDesk(ARCHIVIST, "account:chen", ready.evidence, ready.queue, now())
    for rule, location in _open_findings(case):
        said = Said(rule, "passed", "已用原办公软件打开，内容完整")
        decide_finding(case.key, said, location=location, desk=desk)
    assert Case.objects.get().outcome != "needs_person"

    integrator.file("N-1", "f4", pdf("more"), material="A02", name="补充.pdf")
    office.work()

    (kept,) = office.home.glob("store/**/v2/content/**/四性检测报告.json")
    told = [row for row in json.loads(kept.read_bytes())["findings"] if row["location"] == "file:f3"]
    decided = next(row for row in told if row["rule"] == "GD-3-4")
    assert (decided["outcome"], decided["code"]) == ("passed", "stated_by_person")
    assert decided["params"]["by"] == "陈玉珍"
    assert decided["params"]["words"] == "已用原办公软件打开，内容完整"


def _open_findings(case: Case) -> list[tuple[str, str]]:
    report = report_from_dict(Inspection.objects.filter(case=case).latest("number").report)
    return [(f.rule, f.location) for f in report.findings if f.outcome.value == "needs_person"]
