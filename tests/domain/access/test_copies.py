from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from jingui.domain.access.copies import CopyRequest, CopyStanding, check_copy_request, copy_number, copy_standing
from jingui.domain.errors import Invalid

TODAY = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 10, tzinfo=UTC)


def codes(request):
    with pytest.raises(Invalid) as stopped:
        check_copy_request(request, today=TODAY, max_days=365)
    return [problem.code for problem in stopped.value.problems]


def test_a_complete_request_passes_trimmed():
    request = CopyRequest(" 入职体检 ", "云泽市第一人民医院\n".strip(), TODAY + timedelta(days=365))

    assert check_copy_request(request, today=TODAY, max_days=365).purpose == "入职体检"


def test_every_problem_is_told_at_once():
    assert codes(CopyRequest(" ", "", TODAY)) == ["copy_purpose_missing", "copy_receiver_missing", "copy_expiry_past"]


def test_wording_longer_than_two_hundred_characters_is_refused():
    assert codes(CopyRequest("用" * 201, "领" * 200, date(2026, 1, 1))) == ["copy_purpose_too_long"]


@pytest.mark.parametrize("text", ["入职\n有效期十年", "入职\u202e年十期效有", "入职\x00"])
def test_characters_that_change_the_printed_line_are_refused(text):
    assert codes(CopyRequest(text, "医院", date(2026, 1, 1))) == ["copy_purpose_unprintable"]


def test_a_copy_cannot_stand_longer_than_the_setting_allows():
    assert codes(CopyRequest("入职", "医院", TODAY + timedelta(days=366))) == ["copy_expiry_too_far"]


@pytest.mark.parametrize(
    ("expires_at", "revoked_at", "standing"),
    [
        (NOW + timedelta(seconds=1), None, CopyStanding.VALID),
        (NOW, None, CopyStanding.EXPIRED),
        (NOW + timedelta(days=1), NOW, CopyStanding.REVOKED),
        (NOW - timedelta(days=1), NOW - timedelta(days=2), CopyStanding.REVOKED),
        (NOW + timedelta(days=1), NOW + timedelta(hours=1), CopyStanding.VALID),
    ],
)
def test_a_copy_stands_until_it_expires_or_is_revoked(expires_at, revoked_at, standing):
    assert copy_standing(expires_at=expires_at, revoked_at=revoked_at, now=NOW) is standing


def test_a_copy_number_is_written_by_its_template():
    assert copy_number(prefix="YZ", year=2025, serial=18842) == "YZ-FB-2025-0018842"
    assert copy_number(prefix="", year=2025, serial=7, template="FB{year}{serial:05}") == "FB202500007"


@pytest.mark.parametrize(
    "template", ["{prefix}-{serial}", "{year}", "{year}-{serial}-{secret}", "{year.real}-{serial}"]
)
def test_a_template_that_names_something_else_is_refused(template):
    with pytest.raises(ValueError, match="template"):
        copy_number(prefix="YZ", year=2025, serial=1, template=template)
