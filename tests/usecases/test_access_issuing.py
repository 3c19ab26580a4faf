"""Restricted copies are made of the stored bytes, numbered without gaps, and stand in the journal."""

from __future__ import annotations

import hashlib
import stat
from datetime import UTC, datetime, timedelta
from typing import Any

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from tests.personas import AGENCY, OTHER_AGENCY, Office, new_number
from tests.usecases.access_desk import NOW, ZONE, Desk, events, open_desk, person

from jingui.db import journal
from jingui.db.models import AccessCopy, CodeSequence
from jingui.domain.access.roles import Role
from jingui.domain.errors import Conflict, DomainError, Invalid, NotFound, OutsideFailure, PermanentFailure, Refused
from jingui.formats.copies import make_copy


@pytest.fixture
def desk(office: Office) -> Desk:
    return open_desk(office)


def test_a_copy_carries_a_code_that_leads_to_its_public_page(desk: Desk) -> None:
    row = desk.issue(desk.preserved_case())

    with pypdfium2.PdfDocument(desk.kept.path(row.key)) as opened:
        page = opened[0]
        found = zxingcpp.read_barcodes(page.render(scale=4).to_pil())
        page.close()
    assert [code.text for code in found] == [f"https://dangan.example/v/{row.token}"]


def test_what_is_kept_is_what_the_row_digests(desk: Desk) -> None:
    row = desk.issue(desk.preserved_case())

    content = desk.kept.path(row.key).read_bytes()
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert row.bytes == len(content)
    assert row.pages == 1


def test_a_kept_copy_can_be_read_by_its_owner_alone(desk: Desk) -> None:
    row = desk.issue(desk.preserved_case())

    assert stat.S_IMODE(desk.kept.path(row.key).stat().st_mode) == 0o600
    assert stat.S_IMODE(desk.kept.folder.stat().st_mode) == 0o700


def test_copies_are_numbered_by_fonds_and_year_without_gaps(desk: Desk) -> None:
    case = desk.preserved_case()
    next_year = datetime(2026, 1, 1, 0, 30, tzinfo=ZONE)
    later = desk.with_terms(expires_on=next_year.date() + timedelta(days=9))

    numbers = [desk.issue(case, file_key=key).copy_number for key in ("f1", "f2", "f1")]
    numbers.append(desk.issue(case, at=next_year, request=later).copy_number)

    assert numbers == [
        "0101-FB-2025-0000001",
        "0101-FB-2025-0000002",
        "0101-FB-2025-0000003",
        "0101-FB-2026-0000001",
    ]


def test_tokens_have_at_least_128_bits_and_need_no_encoding_in_an_address(desk: Desk) -> None:
    case = desk.preserved_case()

    tokens = {desk.issue(case).token for _ in range(2)}

    assert len(tokens) == 2
    assert all(len(token) * 6 >= 128 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


def test_a_number_that_somebody_else_takes_meanwhile_is_given_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case, rivals = desk.preserved_case(), iter([True])

    def slow(*args: Any, **kwargs: Any) -> Any:
        if next(rivals, False):
            desk.issue(case, file_key="f2")
        return make_copy(*args, **kwargs)

    monkeypatch.setattr("jingui.usecases.access.issuing.make_copy", slow)
    row = desk.issue(case)

    assert row.copy_number == "0101-FB-2025-0000002"
    assert sorted(AccessCopy.objects.values_list("copy_number", flat=True)) == [
        "0101-FB-2025-0000001",
        "0101-FB-2025-0000002",
    ]
    with pikepdf.open(desk.kept.path(row.key)) as opened:
        assert str(opened.docinfo["/Title"]) == row.copy_number


def test_a_copy_that_cannot_be_made_takes_no_number_and_leaves_nothing(desk: Desk) -> None:
    case = desk.preserved_case()
    path = desk.stored_path(case)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(content)

    with pytest.raises(PermanentFailure) as failure:
        desk.issue(case)

    assert failure.value.code == "copy_original_damaged"
    assert not AccessCopy.objects.exists()
    assert not CodeSequence.objects.filter(scope__startswith="copy_number").exists()
    assert list(desk.kept.folder.iterdir()) == []


def test_an_original_that_is_gone_is_not_copied(desk: Desk) -> None:
    case = desk.preserved_case()
    desk.stored_path(case).unlink()

    with pytest.raises(PermanentFailure) as failure:
        desk.issue(case)

    assert failure.value.code == "content_gone"


def test_a_failing_transaction_keeps_no_bytes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = desk.preserved_case()

    def broken(*_: Any, **__: Any) -> None:
        raise OutsideFailure("storage_failing")

    monkeypatch.setattr(journal, "record", broken)
    with pytest.raises(OutsideFailure):
        desk.issue(case)

    assert list(desk.kept.folder.iterdir()) == []


def test_the_journal_says_what_was_copied_and_nothing_of_whom_for(desk: Desk) -> None:
    row = desk.issue(desk.preserved_case())

    (event,) = events("copy.issued")
    assert event["facts"]["copy_number"] == row.copy_number
    assert event["facts"]["sha256"] == row.sha256
    assert event["facts"]["source_sha256"] == row.file.sha256
    assert not {row.purpose, row.receiver, row.token} & set(map(str, event["facts"].values()))
    assert desk.office.findings() == []


def test_the_last_day_counts_in_the_zone_of_the_place(desk: Desk) -> None:
    row = desk.issue(desk.preserved_case())

    assert row.expires_at == datetime(2025, 12, 21, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "agency", "error"),
    [
        (Role.ARCHIVIST, OTHER_AGENCY, NotFound),
        (Role.CLERK, AGENCY, Refused),
        (Role.AUDITOR, "", NotFound),
        (Role.ADMINISTRATOR, "", NotFound),
    ],
)
def test_only_an_archivist_of_the_agency_gives_out_copies(
    desk: Desk, role: Role, agency: str, error: type[DomainError]
) -> None:
    case = desk.preserved_case()

    with pytest.raises(error):
        desk.issue(case, actor=person(role, agency))

    assert not AccessCopy.objects.exists()


def test_a_case_that_is_not_preserved_is_not_copied(desk: Desk) -> None:
    number = new_number()
    desk.office.integrator.case(number)

    with pytest.raises(Conflict) as conflict:
        desk.issue(desk.office.case_row(number))

    assert conflict.value.code == "record_not_preserved"


def test_a_file_that_the_record_does_not_have_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.issue(desk.preserved_case(), file_key="../f1")


def test_every_problem_of_a_request_is_named_at_once(desk: Desk) -> None:
    case = desk.preserved_case()
    terms = desk.with_terms(purpose=" ", receiver="甲\u202e乙", expires_on=NOW.date())

    with pytest.raises(Invalid) as invalid:
        desk.issue(case, request=terms)

    found = {problem.location: problem.code for problem in invalid.value.problems}
    assert found == {
        "purpose": "copy_purpose_missing",
        "receiver": "copy_receiver_unprintable",
        "expires_on": "copy_expiry_past",
    }


def test_a_format_without_pages_is_refused(desk: Desk, office: Office) -> None:
    number = new_number()
    office.integrator.file(number, "f3", b"<a>1</a>", material="A02", name="a.xml")
    office.integrator.whole_case(number)
    office.work()

    with pytest.raises(Refused) as refused:
        desk.issue(office.case_row(number), file_key="f3")

    assert refused.value.code == "copy_format_unsupported"
