"""The items that need a package: they stand in the report of the package and of the database, and a bad package is held."""

from __future__ import annotations

import json

from lxml import etree
from tests.personas import Integrator, Office

from jingui.db.models import Case, Inspection
from jingui.domain.inspection.report import report_from_dict
from jingui.domain.inspection.rules import RULES

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
