"""A copy is made invalid with a reason, and the bytes of copies that no longer stand are let go."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from tests.personas import AGENCY, OTHER_AGENCY, Office
from tests.usecases.access_desk import NOW, Desk, events, open_desk, person

from jingui.db.models import AccessCopy
from jingui.db.queries.copies import copies_of
from jingui.domain.access.copies import CopyStanding
from jingui.domain.access.roles import Role
from jingui.domain.errors import DomainError, Invalid, NotFound, Refused
from jingui.usecases.access.revoking import discard_spent_copies, revoke_copy


@pytest.fixture
def desk(office: Office) -> Desk:
    return open_desk(office)


@pytest.fixture
def issued(desk: Desk) -> AccessCopy:
    return desk.issue(desk.preserved_case())


def grow_old(desk: Desk) -> None:
    for path in desk.kept.folder.iterdir():
        os.utime(path, (0, 0))


def test_a_revoked_copy_says_why_and_its_bytes_are_let_go(
    desk: Desk, issued: AccessCopy, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        revoke_copy(copy_key=issued.key, reason=" 信息已更正 ", actor=desk.archivist, kept=desk.kept, now=NOW)

    (listed,) = copies_of(issued.case, now=NOW)
    assert listed.standing is CopyStanding.REVOKED
    assert listed.row.revoked_reason == "信息已更正"
    assert not desk.kept.path(issued.key).exists()
    assert desk.office.findings() == []


def test_revoking_again_changes_nothing(desk: Desk, issued: AccessCopy) -> None:
    for reason, hours in (("信息已更正", 0), ("另一个原因", 5)):
        at = NOW + timedelta(hours=hours)
        row = revoke_copy(copy_key=issued.key, reason=reason, actor=desk.archivist, kept=desk.kept, now=at)

    assert (row.revoked_at, row.revoked_reason) == (NOW, "信息已更正")
    assert len(events("copy.revoked")) == 1


@pytest.mark.parametrize(
    ("reason", "code"), [(" ", "required"), ("长" * 201, "too_long"), ("a\u202eb", "control_character")]
)
def test_a_reason_is_needed_that_can_be_shown(desk: Desk, issued: AccessCopy, reason: str, code: str) -> None:
    with pytest.raises(Invalid) as invalid:
        revoke_copy(copy_key=issued.key, reason=reason, actor=desk.archivist, kept=desk.kept, now=NOW)

    assert [problem.code for problem in invalid.value.problems] == [code]
    issued.refresh_from_db()
    assert issued.revoked_at is None


@pytest.mark.parametrize(
    ("role", "agency", "error"),
    [(Role.CLERK, AGENCY, Refused), (Role.ARCHIVIST, OTHER_AGENCY, NotFound), (Role.AUDITOR, "", NotFound)],
)
def test_only_an_archivist_of_the_agency_revokes(
    desk: Desk, issued: AccessCopy, role: Role, agency: str, error: type[DomainError]
) -> None:
    with pytest.raises(error):
        revoke_copy(copy_key=issued.key, reason="试一试", actor=person(role, agency), kept=desk.kept, now=NOW)


def test_the_bytes_of_expired_copies_are_let_go_and_those_of_others_stay(desk: Desk, issued: AccessCopy) -> None:
    longer = desk.with_terms(expires_on=NOW.date() + timedelta(days=90))
    kept = desk.issue(issued.case, request=longer)
    grow_old(desk)

    assert discard_spent_copies(kept=desk.kept, now=NOW + timedelta(days=40)) == 1

    assert list(desk.kept.listed()) == [kept.key]
    assert AccessCopy.objects.filter(pk=issued.key).exists()


def test_bytes_without_a_row_are_swept_only_when_no_request_can_own_them(desk: Desk, issued: AccessCopy) -> None:
    with desk.kept.part(issued.case_id) as part:
        part.write_bytes(b"%PDF-")
        desk.kept.admit(issued.case_id)
    (desk.kept.folder / "tmp1.part").write_bytes(b"broken off")
    at = NOW.__class__.now(NOW.tzinfo)

    assert discard_spent_copies(kept=desk.kept, now=at) == 0
    grow_old(desk)
    AccessCopy.objects.filter(pk=issued.key).update(expires_at=at + timedelta(days=1))

    assert discard_spent_copies(kept=desk.kept, now=at) == 2
    assert list(desk.kept.listed()) == [issued.key]
