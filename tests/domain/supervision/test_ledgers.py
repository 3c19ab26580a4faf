"""What a ledger's line may say, until when a case may be in handling, and what cannot be in a certificate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from jingui.domain.errors import Invalid
from jingui.domain.supervision.certificates import (
    CertificateFacts,
    Issue,
    LedgerFacts,
    Named,
    Totals,
    certificate_body,
    certificate_content,
    content_digest,
    find_faults,
)
from jingui.domain.supervision.explanations import check_explanation, check_revocation
from jingui.domain.supervision.ledgers import check_ledger_line, check_part, handling_deadline
from jingui.domain.supervision.terms import CoverageProfile

CLOSED = {"case_number": "N-1", "state": "closed", "closed_at": "2026-11-21T16:00:00+08:00", "kind": "completed"}
TODAY = date(2026, 11, 21)


def codes(invalid: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {problem.location: problem.code for problem in invalid.value.problems}


def test_a_whole_line_is_read() -> None:
    line = check_ledger_line({**CLOSED, "files": 3, "files_sha256": "AB" * 32}, place="line 1")

    assert (line.case_number, line.files, line.files_sha256) == ("N-1", 3, "ab" * 32)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"case_number": "a/b"}, {"line 1.case_number": "case_number_malformed"}),
        ({"case_number": ""}, {"line 1.case_number": "required"}),
        ({"state": "gone"}, {"line 1.state": "not_in_range"}),
        ({"kind": "lost"}, {"line 1.kind": "not_in_range"}),
        ({"closed_at": None}, {"line 1.closed_at": "required"}),
        ({"kind": ""}, {"line 1.kind": "required"}),
        ({"state": "received"}, {"line 1.closed_at": "ledger_not_closed", "line 1.kind": "ledger_not_closed"}),
        ({"closed_at": "2026-11-21"}, {"line 1.closed_at": "time_without_offset"}),
        ({"files": -1}, {"line 1.files": "too_small"}),
        ({"files": "3"}, {"line 1.files": "wrong_type"}),
        ({"files_sha256": "zz"}, {"line 1.files_sha256": "sha256_malformed"}),
        ({"agency_code": "B"}, {"line 1.agency_code": "agency_of_other_source"}),
        ({"note": "hello"}, {"line 1.note": "unknown_field"}),
    ],
)
def test_each_fault_of_a_line_is_named(change: dict[str, Any], found: dict[str, str]) -> None:
    with pytest.raises(Invalid) as invalid:
        check_ledger_line({**CLOSED, **change}, place="line 1", agency_codes=("A",))

    assert codes(invalid) == found


@pytest.mark.parametrize("raw", [None, 7, "N-1", [], {}])
def test_what_is_no_line_is_refused(raw: object) -> None:
    with pytest.raises(Invalid):
        check_ledger_line(raw, place="line 1")


@pytest.mark.parametrize(
    ("day", "part", "parts", "found"),
    [
        ("2026-11-22", "", "", {"day": "day_in_future"}),
        ("20261121", "", "", {"day": "day_malformed"}),
        ("2026-02-30", "", "", {"day": "day_malformed"}),
        ("1066-10-14", "", "", {"day": "day_malformed"}),
        ("2026-11-21", "3", "2", {"part": "part_malformed"}),
        ("2026-11-21", "0", "1", {"part": "part_malformed"}),
        ("2026-11-21", "x", "1", {"part": "part_malformed"}),
        ("2026-11-21", "1", "1001", {"part": "part_malformed"}),
    ],
)
def test_a_day_or_part_that_cannot_be_is_refused(day: str, part: str, parts: str, found: dict[str, str]) -> None:
    with pytest.raises(Invalid) as invalid:
        check_part(day=day, part=part, parts=parts, today=TODAY)

    assert codes(invalid) == found


@pytest.mark.parametrize(
    ("limit", "deadline"),
    [
        ("20 个工作日", "2026-12-18"),
        ("1 个工作日", "2026-11-23"),
        ("10 个自然日", "2026-11-30"),
        ("48 个小时", "2026-11-22"),
        ("", "2027-02-18"),
        ("即办", "2027-02-18"),
    ],
)
def test_a_deadline_follows_the_limit_of_the_item(limit: str, deadline: str) -> None:
    friday = datetime(2026, 11, 20, 9, tzinfo=UTC)

    assert handling_deadline(friday, limit=limit, default_days=90).date().isoformat() == deadline


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"kind": ""}, {"kind": "required"}),
        ({"text": "a\x00b"}, {"text": "control_character"}),
        ({"until": "2026-11-20"}, {"until": "explanation_until_past"}),
    ],
)
def test_each_fault_of_an_explanation_is_named(said: dict[str, str], found: dict[str, str]) -> None:
    with pytest.raises(Invalid) as invalid:
        check_explanation(**({"kind": "other", "text": "查明中", "until": ""} | said), today=TODAY)

    assert codes(invalid) == found


def test_taking_back_asks_for_a_reason() -> None:
    with pytest.raises(Invalid):
        check_revocation("  ")


def facts(**totals: int) -> CertificateFacts:
    ledger = LedgerFacts("a" * 32, 1, ("b" * 64,), 3, datetime(2026, 11, 21, 20, tzinfo=UTC))
    lists = {"unexplained": Named(1, ({"case_number": "N-3", "state": "closed", "gap": "held"},))}
    counted = Totals(**({"listed": 3, "archived": 2, "unexplained": 1} | totals))
    return CertificateFacts("档案室", "平台", TODAY, "A", "卫健局", ledger, counted, "c" * 64, CoverageProfile(), lists)


def body(**totals: int) -> dict[str, Any]:
    issue = Issue("d" * 32, 1, datetime(2026, 11, 21, 21, tzinfo=UTC))
    return certificate_body(certificate_content(facts(**totals)), issue)


def test_the_digest_of_the_content_does_not_hang_on_the_issue() -> None:
    content = certificate_content(facts())
    later = Issue("e" * 32, 7, datetime(2027, 1, 1, tzinfo=UTC), {"certificate_id": "d" * 32, "sha256": "f" * 64})

    assert content_digest(certificate_body(content, later)) == content_digest(content)
    assert content_digest(content) != content_digest(certificate_content(facts(archived=1, explained=1)))


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (body(), []),
        (body(archived=3), ["sums_differ"]),
        (body(archived=1, unexplained=2), ["list_differs"]),
        (body() | {"kind": "receipt"}, ["not_a_certificate"]),
        (body() | {"totals": {}}, ["certificate_malformed"]),
        (body() | {"totals": {"listed": "3"}}, ["certificate_malformed"]),
        (body() | {"lists": None}, ["certificate_malformed"]),
        (None, ["not_a_certificate"]),
        ([], ["not_a_certificate"]),
    ],
)
def test_what_cannot_be_in_a_certificate_is_named(document: Any, found: list[str]) -> None:
    assert [fault.code for fault in find_faults(document)] == found
