"""A source's daily ledger of cases (办件台账): what a line may say. Every problem of a line is told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records.identifiers import find_case_number_fault
from jingui.domain.records.terms import ClosureKind
from jingui.domain.supervision.terms import LedgerState

SUPERVISION_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "ledger_not_closed": (),
    "agency_of_other_source": ("agency",),
    "ledger_line_malformed": (),
    "ledger_line_too_long": ("limit",),
    "ledger_columns_unknown": ("columns",),
    "ledger_column_missing": ("column",),
    "day_in_future": (),
    "day_malformed": (),
    "part_malformed": ("most",),
    "explanation_until_past": (),
    "nothing_chosen": (),
}
"""Codes of problems with ledgers and explanations, beside those of ``metadata.fields``."""

MAX_PARTS = 1000
MAX_PROBLEMS = 100
_COUNT_LIMIT = 2**31 - 1
_FIRST_DAY = date(2000, 1, 1)
_SHA256 = re.compile(r"[0-9a-f]{64}")

LINE_FIELDS = (
    "case_number", "state", "agency_code", "item_code", "received_at", "promised_at", "closed_at", "kind",
    "files", "steps", "files_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One case of a ledger.

    ``files`` and ``steps`` are how many the source has sent (``None``: not said). ``files_sha256`` is the SHA-256 over
    the sorted SHA-256 values of the files that stand, in hexadecimal, each ended by LF.
    """

    case_number: str
    state: LedgerState
    agency_code: str = ""
    item_code: str = ""
    received_at: datetime | None = None
    promised_at: datetime | None = None
    closed_at: datetime | None = None
    kind: ClosureKind | None = None
    files: int | None = None
    steps: int | None = None
    files_sha256: str = ""


@dataclass(frozen=True, slots=True)
class LedgerPart:
    """Which part of which day's ledger a message is; a ledger of one part is part 1 of 1."""

    day: date
    number: int = 1
    parts: int = 1


def check_part(*, day: str, part: str, parts: str, today: date) -> LedgerPart:
    """Read the day (``YYYY-MM-DD``, not in the future) and the part of a ledger from an address.

    Raises:
        Invalid: with every problem.
    """
    problems = []
    read = _day(day)
    if read is None:
        problems.append(Problem("day", "day_malformed"))
    elif read > today:
        problems.append(Problem("day", "day_in_future"))
    number, count = _whole(part or "1"), _whole(parts or "1")
    if not 1 <= number <= count <= MAX_PARTS:
        problems.append(Problem("part", "part_malformed", {"most": str(MAX_PARTS)}))
    if problems or read is None:
        raise Invalid(tuple(problems))
    return LedgerPart(read, number, count)


def read_day(day: str) -> date | None:
    """Read a day as ``YYYY-MM-DD``; nothing if it is none."""
    return _day(day)


def _day(text: str) -> date | None:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PARTS)) else 0


def check_ledger_line(raw: object, *, place: str, agency_codes: tuple[str, ...] = ()) -> LedgerLine:
    """Read one line. ``agency_codes``: the agencies its source may send for, empty for every agency.

    Raises:
        Invalid: with every problem of the line.
    """
    fields = FieldReader(raw, place=place)
    line = LedgerLine(
        case_number=_case_number(fields),
        state=fields.member("state", LedgerState) or LedgerState.RECEIVED,
        agency_code=fields.text("agency_code", limit=18),
        item_code=fields.text("item_code", limit=64),
        received_at=fields.moment("received_at"),
        promised_at=fields.moment("promised_at"),
        closed_at=fields.moment("closed_at"),
        kind=_kind(fields),
        files=fields.whole("files", minimum=0, maximum=_COUNT_LIMIT),
        steps=fields.whole("steps", minimum=0, maximum=_COUNT_LIMIT),
        files_sha256=fields.text("files_sha256", limit=64).lower(),
    )
    fields.refuse_unknown()
    if not fields.problems:
        _check_whole(line, fields, agency_codes)
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return line


def _case_number(fields: FieldReader) -> str:
    number = fields.key("case_number", limit=50)
    fault = find_case_number_fault(number) if number else None
    if fault:
        fields.fault("case_number", "case_number_malformed", fault=fault.value)
    return number


def _kind(fields: FieldReader) -> ClosureKind | None:
    is_given = fields.has("kind") and fields.take("kind") != ""
    fields.take("kind")
    return fields.member("kind", ClosureKind) if is_given else None


def _check_whole(line: LedgerLine, fields: FieldReader, agency_codes: tuple[str, ...]) -> None:
    """Check what several fields say together."""
    is_closed = line.state is LedgerState.CLOSED
    for name in ("closed_at", "kind"):
        is_there = getattr(line, name) is not None
        if is_closed != is_there:
            fields.fault(name, "required" if is_closed else "ledger_not_closed")
    if line.files_sha256 and not _SHA256.fullmatch(line.files_sha256):
        fields.fault("files_sha256", "sha256_malformed")
    if agency_codes and line.agency_code and line.agency_code not in agency_codes:
        fields.fault("agency_code", "agency_of_other_source", agency=line.agency_code)


_LIMIT = re.compile(r"\s*(\d{1,4})\s*个?\s*(\S*)")
_SATURDAY = 5


def handling_deadline(received_at: datetime, *, limit: str, default_days: int) -> datetime:
    """Return until when a case may be in handling: its item's limit in words (``20 个工作日``), else calendar days.

    Working days are Mondays to Fridays; which of them are holidays is not known here and lengthens nothing.
    """
    found = _LIMIT.match(limit)
    if found is None:
        return received_at + timedelta(days=default_days)
    count, unit = int(found[1]), found[2]
    if unit.startswith("工作日"):
        return _after_working_days(received_at, count)
    return received_at + (timedelta(hours=count) if "时" in unit else timedelta(days=count))


def _after_working_days(start: datetime, count: int) -> datetime:
    weeks, rest = divmod(count, 5)
    at = start + timedelta(weeks=weeks)
    while rest or at.weekday() >= _SATURDAY:
        at += timedelta(days=1)
        rest -= at.weekday() < _SATURDAY and rest > 0
    return at
