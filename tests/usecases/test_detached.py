"""Detached signatures handed in as files of a case: paired with what they sign, told as that file's, proved in the package."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.builders import make_account
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority, Person
from tests.personas import Office, pdf

from jingui.adapters.signing.verification import verify_signature
from jingui.bootstrap import phase_bench
from jingui.db.models import Inspection, PackageVersion
from jingui.domain.access.roles import Role
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.formats.packages.check import check_package
from jingui.usecases.inspection.phases import inspect_record

NUMBER = "N-1"
ANNEX = pdf("annex")


@pytest.fixture(scope="module")
def person() -> Person:
    return Authority.create("分离签名测试根").issue("某某市行政审批局")


def sent(office: Office, *signatures: tuple[str, bytes], material: str = "A02") -> Any:
    office.integrator.whole_case(NUMBER)
    office.integrator.file(NUMBER, "f3", ANNEX, material="A02", name="附件.pdf")
    for number, (name, value) in enumerate(signatures):
        reply = office.integrator.file(NUMBER, f"s{number}", value, material=material, name=name)
        assert reply.status == 201, reply.body
    office.work()
    return office.case_row(NUMBER)


def verdicts(key: str) -> list[tuple[str, str]]:
    readings = Inspection.objects.filter(case__case_number=NUMBER).order_by("-number")[0].readings
    return [(one["place"], one["verdict"]) for one in readings[key]["signatures"] or ()]


def codes(office: Office) -> dict[str, str]:
    report = Inspection.objects.filter(case__case_number=NUMBER).order_by("-number")[0].report
    return {finding["code"]: finding["location"] for finding in report["findings"]}


def kept(office: Office) -> dict[str, Path]:
    package = PackageVersion.objects.get(case__case_number=NUMBER)
    store = office.services.store
    return {path: store.content_location(package.object_id, entry[0]) for path, entry in package.manifest.items()}


def test_a_signature_is_told_as_that_of_the_file_it_is_named_after(office: Office, person: Person) -> None:
    licence = pdf(f"{NUMBER} f2")
    case = sent(
        office,
        ("附件.pdf.p7s", made.cms(person, ANNEX)),
        ("许可证.sig", base64.encodebytes(made.cms(person, licence))),
    )
    assert (case.state, case.missing_count) == ("preserved", 0)
    assert verdicts("f3") == [("附件.pdf.p7s", "sound_issuer_not_trusted")]
    assert verdicts("f2") == [("许可证.sig", "sound_issuer_not_trusted")]
    assert verdicts("s0") == verdicts("s1") == []
    client = Client()
    client.force_login(make_account("danganyuan", Role.ARCHIVIST))
    page = client.get(f"/records/{case.key}/files").content.decode()
    assert "签名与签章：附件.pdf" in page
    assert "分离的电子签名" in page


def test_the_evidence_lies_with_the_signed_file_in_the_package(office: Office, person: Person) -> None:
    sent(office, ("附件.pdf.p7s", made.cms(person, ANNEX)))
    files = kept(office)
    (path,) = (path for path in files if path.endswith("验证记录.json"))
    record = json.loads(files[path].read_bytes())
    assert record["sha256"] == hashlib.sha256(ANNEX).hexdigest()
    assert record["file"].endswith("附件.pdf")
    assert record["signature_file"].endswith(".p7s")
    folder = path.removesuffix("验证记录.json")
    assert "/分离签名-" in folder
    assert files[folder + record["signatures"][0]["path"][0]["file"]].read_bytes() == person.der
    assert "某某市行政审批局" in files["元数据/电子签名信息.xml"].read_text(encoding="utf-8")
    root = files["说明文件.txt"].parents[2]
    assert {found.code for found in check_package(root, verify=verify_signature)} <= {"issuer_unknown"}


def test_a_signature_whose_name_tells_nothing_is_found_by_what_it_signs(office: Office, person: Person) -> None:
    sent(office, ("签名文件.p7s", made.cms(person, ANNEX)))
    assert verdicts("f3") == [("签名文件.p7s", "sound_issuer_not_trusted")]


def test_a_signature_named_after_one_file_and_made_over_another_belongs_to_the_other(
    office: Office, person: Person
) -> None:
    sent(office, ("许可证.pdf.p7s", made.cms(person, ANNEX)))
    assert (verdicts("f2"), verdicts("f3")) == ([], [("许可证.pdf.p7s", "sound_issuer_not_trusted")])


def test_a_file_that_was_changed_after_it_was_signed_holds_its_case(office: Office, person: Person) -> None:
    case = sent(office, ("附件.pdf.p7s", made.cms(person, ANNEX + b"%")))
    assert (case.state, verdicts("f3")) == ("held", [("附件.pdf.p7s", "content_changed")])
    assert codes(office)["signature_content_changed"] == "file:f3"


def test_a_signature_over_nothing_in_the_record_is_for_a_person(office: Office, person: Person) -> None:
    case = sent(office, ("他处.p7s", made.cms(person, b"elsewhere")))
    assert verdicts("s0") == [("他处.p7s", "content_unknown")]
    assert codes(office)["signature_content_unknown"] == "file:s0"
    assert case.state == "preserved"


def test_a_signature_does_not_stand_for_the_material_it_was_sent_as(office: Office, person: Person) -> None:
    case = sent(office, *((f"附件{n}.p7s", made.cms(person, ANNEX)) for n in range(2)), material="Z99")
    assert (case.state, case.missing_count) == ("preserved", 0)
    report = Inspection.objects.get(case=case).report
    assert not {"material_unexpected", "format_not_allowed"} & {finding["code"] for finding in report["findings"]}


def test_what_is_kept_is_checked_with_its_detached_signatures_again(office: Office, person: Person) -> None:
    case = sent(office, ("附件.pdf.p7s", made.cms(person, ANNEX)))
    at_hand = phase_bench(office.services)
    row = inspect_record(case.key, InspectionPhase.PRESERVATION, at_hand=at_hand, actor="a", now=case.preserved_at)
    told = {(finding["code"], finding["location"]) for finding in row.report["findings"]}
    assert ("signature_issuer_not_trusted", "file:f3") in told
