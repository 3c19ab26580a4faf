"""The trust list: adding, ending, versions, the journal; and what it does to the signatures of a case and its package."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from asn1crypto import pem
from django.test import Client
from tests.builders import make_account, now
from tests.formats.signatures import authority as made
from tests.formats.signatures.authority import Authority
from tests.formats.signatures.signed_pdf import signed_pdf
from tests.personas import Office, closure_message, new_number, pdf, step_message

from jingui.adapters.signing.verification import verify_signature
from jingui.bootstrap import signature_desk
from jingui.db.models import Inspection, JournalEvent, PackageVersion, TrustedCertificate
from jingui.db.queries.trust import get_trusted, trust_entries, trust_version, trusted_certificates
from jingui.domain.access.roles import Role
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.formats.packages.check import check_package
from jingui.usecases.trusting import TrustChoices, add_trusted, end_trusted

ALL = TrustChoices(("signature", "seal", "timestamp"), "依据来文")


def trust(data: bytes, choices: TrustChoices = ALL) -> list[TrustedCertificate]:
    return add_trusted(data, choices, desk=signature_desk(), actor="account:guanli", now=now())


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.create("信任测试根")


def test_a_certificate_is_added_with_a_version_and_an_event(office: Office, root: Authority) -> None:
    (row,) = trust(root.root.der)
    assert (row.added_in, trust_version(), row.subject) == (1, 1, "CN=信任测试根, C=CN")
    assert [entry.der for entry in trust_entries()] == [root.root.der]
    event = JournalEvent.objects.get(kind="trust.added")
    assert json.loads(event.payload)["facts"]["certificates"] == [row.fingerprint]
    assert office.findings() == []


def test_a_file_of_several_certificates_makes_one_version(office: Office, root: Authority) -> None:
    other = Authority.create("另一个根")
    both = b"".join(pem.armor("CERTIFICATE", der) for der in (root.root.der, other.root.der))
    assert {row.added_in for row in trust(both)} == {1}
    assert len(trusted_certificates(version=1)) == 2


def test_what_is_no_certificate_or_trusted_for_nothing_is_refused(office: Office, root: Authority) -> None:
    for data, choices in (
        (b"no certificate", ALL),
        (root.root.der, TrustChoices(())),
        (root.root.der, TrustChoices(("x",))),
    ):
        with pytest.raises(Invalid):
            trust(data, choices)
    assert trust_version() == 0


def test_the_same_certificate_for_the_same_purpose_is_a_conflict(office: Office, root: Authority) -> None:
    trust(root.root.der, TrustChoices(("seal",)))
    with pytest.raises(Conflict):
        trust(root.root.der)
    trust(root.root.der, TrustChoices(("timestamp",)))


def test_an_entry_ends_for_what_is_signed_later_and_earlier_versions_can_be_told(
    office: Office, root: Authority
) -> None:
    (row,) = trust(root.root.der)
    end = datetime(2025, 1, 1, tzinfo=UTC)
    end_trusted(row, until=end, note="换发", actor="account:guanli", now=now())
    assert trust_version() == 2
    assert [entry.until for entry in trust_entries()] == [end]
    assert len(trusted_certificates(version=1)) == 1
    assert trusted_certificates(version=2) == []
    with pytest.raises(Conflict):
        end_trusted(row, until=end, note="再来", actor="account:guanli", now=now())


def test_ending_needs_a_reason_and_a_fingerprint_that_names_one(office: Office, root: Authority) -> None:
    (row,) = trust(root.root.der)
    with pytest.raises(Invalid):
        end_trusted(row, until=now(), note=" ", actor="account:guanli", now=now())
    assert get_trusted(row.fingerprint[:8].upper()).key == row.key
    for text in ("", row.fingerprint[:6], "0" * 64):
        with pytest.raises(NotFound):
            get_trusted(text)


def test_a_signed_file_is_checked_and_its_evidence_lies_in_the_package(office: Office, root: Authority) -> None:
    trust(root.root.der)
    person, number = root.issue("某某市行政审批局"), new_number()
    signed = signed_pdf(lambda covered: made.cms(person, covered))
    sender = office.integrator
    sender.case(number)
    sender.file(number, "f1", signed, material="A01", name="申请表.pdf")
    sender.file(number, "f2", signed_pdf(lambda covered: made.cms(person, covered)), material="C01", name="许可证.pdf")
    sender.steps(number, step_message("s1"), step_message("s2", "决定"))
    sender.post(f"/api/v1/cases/{number}/closure", closure_message())
    office.work()
    package = PackageVersion.objects.get(case__case_number=number)
    store = office.services.store
    kept = {path: store.content_location(package.object_id, entry[0]) for path, entry in package.manifest.items()}
    records = [json.loads(place.read_bytes()) for path, place in kept.items() if path.endswith("验证记录.json")]
    assert [record["signatures"][0]["verdict"] for record in records] == ["sound", "sound"]
    first = records[0]["signatures"][0]
    assert first["trusted_by"] == made.fingerprint(root.root.der)
    folder = "检测/签名验证/001/"
    assert kept[folder + first["path"][0]["file"]].read_bytes() == person.der
    assert b"sm2" not in kept[folder + first["value"]].read_bytes()
    assert "某某市行政审批局" in kept["元数据/电子签名信息.xml"].read_text(encoding="utf-8")
    root_of_object = store.content_location(package.object_id, package.manifest["说明文件.txt"][0]).parents[2]
    faults = [
        finding
        for finding in check_package(root_of_object, verify=verify_signature)
        if finding.code != "issuer_unknown"
    ]
    assert faults == []
    client = Client()
    client.force_login(make_account("danganyuan", Role.ARCHIVIST))
    page = client.get(f"/records/{package.case_id}/files").content.decode()
    assert "签名与签章：申请表.pdf" in page
    assert "有效，签发者受信任" in page


def test_the_next_inspection_goes_by_the_trust_list_as_it_then_stands(office: Office, root: Authority) -> None:
    person, number = root.issue("受理窗口"), new_number()
    sender = office.integrator
    sender.case(number)
    sender.file(number, "f1", signed_pdf(lambda covered: made.cms(person, covered)), material="A01")
    sender.steps(number, step_message("s1"))
    sender.post(f"/api/v1/cases/{number}/closure", closure_message())
    office.work()
    assert _verdicts(number) == ["sound_issuer_not_trusted"]
    trust(root.root.der)
    sender.file(number, "f2", pdf("result"), material="C01", name="许可证.pdf")
    office.work()
    assert _verdicts(number) == ["sound"]


def _verdicts(number: str) -> list[str]:
    readings = Inspection.objects.filter(case__case_number=number).order_by("-number")[0].readings
    return [signature["verdict"] for signature in readings["f1"]["signatures"]]
