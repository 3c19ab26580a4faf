"""Case logs: one row per step, many rows per case, as process-mining tools export them (CSV, CSV.gz)."""

from __future__ import annotations

import csv
import gzip
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

REQUIRED = ("case", "step", "time")


class LogError(ValueError):
    """The log cannot be played; the message names the row and the reason."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of a log's columns; those of the WABO receipt log by default. An absent optional column reads as empty."""

    case: str = "case:concept:name"
    step: str = "concept:name"
    person: str = "org:resource"
    unit: str = "org:group"
    time: str = "time:timestamp"
    event_id: str = "concept:instance"
    channel: str = "case:channel"
    start: str = "case:startdate"
    end: str = "case:enddate"
    planned_end: str = "case:enddate_planned"
    department: str = "case:department"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One step of a case. ``at`` keeps the offset of the log."""

    key: str
    name: str
    person: str
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseTrace:
    """One case of a log with its steps in the order of the log; ``ended_at`` is ``None`` for an open one."""

    number: str
    channel: str
    department: str
    started_at: datetime
    ended_at: datetime | None
    planned_at: datetime | None
    events: tuple[LogEvent, ...]

    def events_until_end(self) -> int:
        """Count the events not after the end of the case (all of them, if it is open)."""
        return sum(self.ended_at is None or event.at <= self.ended_at for event in self.events)


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def read_log(path: Path, *, columns: Columns, limit: int | None = None, offset_hours: float = 8.0) -> list[CaseTrace]:
    """Read a log, its cases in the order of their first rows.

    Args:
        path: a CSV file, or one compressed with gzip whose name ends in ``.gz``.
        columns: what the columns are called.
        limit: how many cases to read, ``None`` for all.
        offset_hours: the offset from UTC of times that state none.

    Raises:
        LogError: a needed column is missing, a time cannot be read, or an event id stands for two things.
        OSError: the file cannot be read.
    """
    zone = timezone(timedelta(hours=offset_hours))
    cases: dict[str, tuple[dict[str, str], dict[str, LogEvent]]] = {}
    with _open(path) as stream:
        for number, values in _rows(stream, columns):
            case = values["case"]
            if case not in cases:
                if limit is not None and len(cases) >= limit:
                    continue
                cases[case] = (values, {})
            _add(cases[case][1], values, number, zone)
    return [_trace(values, tuple(events.values()), zone) for values, events in cases.values()]


def _rows(stream: TextIO, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the line number and the values of each row under the names that ``Columns`` gives them."""
    reader = csv.DictReader(stream)
    names = {field: getattr(columns, field) for field in Columns.__dataclass_fields__}
    try:
        missing = [names[field] for field in REQUIRED if names[field] not in (reader.fieldnames or ())]
        if missing:
            raise LogError(f"the log has no column {', '.join(missing)}")
        for row in reader:
            values = {field: (row.get(name) or "").strip() for field, name in names.items()}
            if not all(values[field] for field in REQUIRED):
                raise LogError(f"line {reader.line_num}: case, step or time is empty")
            yield reader.line_num, values
    except (csv.Error, UnicodeDecodeError, EOFError, zlib.error) as error:
        raise LogError(f"line {reader.line_num}: {error}") from error


def _add(events: dict[str, LogEvent], values: dict[str, str], number: int, zone: timezone) -> None:
    key = values["event_id"] or f"e{len(events) + 1:04d}"
    event = LogEvent(key, values["step"], values["person"], values["unit"], _time(values["time"], zone, number))
    if events.setdefault(key, event) != event:
        raise LogError(f"line {number}: event id {key} stands for two events")


def _time(text: str, zone: timezone, number: int) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise LogError(f"line {number}: {text!r} is no ISO 8601 time") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _trace(values: dict[str, str], events: tuple[LogEvent, ...], zone: timezone) -> CaseTrace:
    def time_of(field: str) -> datetime | None:
        return _time(values[field], zone, 0) if values[field] else None

    return CaseTrace(
        number=values["case"],
        channel=values["channel"],
        department=values["department"],
        started_at=time_of("start") or min(event.at for event in events),
        ended_at=time_of("end"),
        planned_at=time_of("planned_end"),
        events=events,
    )


def ended_at_last_event(trace: CaseTrace) -> CaseTrace:
    """Close an open case at its last event, for logs that say nothing of an end."""
    return trace if trace.ended_at else replace(trace, ended_at=max(event.at for event in trace.events))
