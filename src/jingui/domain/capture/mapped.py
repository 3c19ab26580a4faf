"""From what an expression found to the value of a field: lists, codes, times with their zone, numbers, defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from jingui.domain.capture.mapping import DocumentMapping, Rule, Scope
from jingui.domain.errors import Problem

TIMES = frozenset({"received_at", "accepted_at", "promised_at", "formed_at", "started_at", "ended_at", "closed_at"})
NUMBERS = frozenset({"item_version", "declared_files", "declared_steps", "declared_bytes", "content.bytes"})
_SHOWN = 200

Find = Callable[[str, Scope], object]
"""Evaluates an expression against the part or the document; ``None`` if it finds nothing. Raises ProblemFound."""


class ProblemFound(Exception):
    """What was found cannot become the field's value."""

    def __init__(self, code: str, **params: str) -> None:
        """Keep the code and the values its wording needs."""
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class FieldTrace:
    """How one field came about: its rule, what was found (shortened), its value, and what is wrong with it."""

    target: str
    rule: Rule
    found: str
    value: object
    problem: Problem | None = None


def trace_field(target: str, rule: Rule, *, find: Find, mapping: DocumentMapping) -> FieldTrace:
    """Make the value of a field by its rule, and tell how."""
    found: object = None
    try:
        found = _found(rule, find)
        value = _value(target, rule, found, mapping)
    except ProblemFound as problem:
        return FieldTrace(target, rule, _shown(found), None, Problem(target, problem.code, problem.params))
    return FieldTrace(target, rule, _shown(found), value)


def _shown(found: object) -> str:
    return "" if found is None else str(found)[:_SHOWN]


def _found(rule: Rule, find: Find) -> object:
    if rule.find:
        return _trimmed(rule, find(rule.find, rule.scope))
    if not rule.join:
        return rule.constant
    parts = [_single(_found(part, find)) for part in rule.join]
    return None if any(part is None for part in parts) else rule.separator.join(_text(part) for part in parts)


def _trimmed(rule: Rule, found: object) -> object:
    if isinstance(found, list):
        return [_trimmed(rule, each) for each in found]
    return found.strip() if rule.is_trimmed and isinstance(found, str) else found


def _value(target: str, rule: Rule, found: object, mapping: DocumentMapping) -> object:
    if rule.is_list:
        members = found if isinstance(found, list) else [] if found is None else [found]
        return [_one(target, rule, each, mapping) for each in members]
    return _one(target, rule, _single(found), mapping)


def _single(found: object) -> object:
    """Return the one value found; several are never silently cut to the first. Raises ProblemFound."""
    if isinstance(found, list):
        if len(found) > 1:
            raise ProblemFound("many_values", count=str(len(found)))
        return _single(found[0]) if found else None
    if isinstance(found, Mapping):
        raise ProblemFound("not_a_single_value")
    return found


def _one(target: str, rule: Rule, found: object, mapping: DocumentMapping) -> object:
    if found is None or found == "":
        return rule.otherwise
    value = found
    if rule.table:
        value = _looked_up(rule.table, found, mapping)
    name = target.removeprefix("applicant.")
    if rule.date or name in TIMES:
        return _time(rule, value, rule.zone or mapping.zone)
    return _number(value) if name in NUMBERS else _text(value)


def _looked_up(table: str, found: object, mapping: DocumentMapping) -> str:
    text = _text(found)
    if text not in mapping.tables[table]:
        raise ProblemFound("code_not_in_table", table=table, value=text[:_SHOWN])
    return mapping.tables[table][text]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    raise ProblemFound("not_a_single_value")


def _number(value: object) -> int:
    text = _text(value).strip()
    if not text.isascii() or not text.isdigit() or len(text) > len(str(2**63)):
        raise ProblemFound("number_malformed", value=text[:_SHOWN])
    return int(text)


def _time(rule: Rule, value: object, zone: str) -> str:
    """Return a time in ISO 8601; one without zone gets that of the mapping. Raises ProblemFound."""
    text = _text(value).strip()
    form = rule.date or "ISO 8601"
    try:
        at = _READERS.get(rule.date, _by_form)(text, rule.date)
    except (ValueError, OverflowError):
        raise ProblemFound("time_not_as_format", format=form, value=text[:_SHOWN]) from None
    if at.tzinfo is None and zone:
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.isoformat()


def _by_form(text: str, form: str) -> datetime:
    return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is the mapping's, put in by the caller


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_READERS: dict[str, Callable[[str, str], datetime]] = {
    "": lambda text, _form: datetime.fromisoformat(text),
    "epoch": lambda text, _form: _EPOCH + timedelta(seconds=int(text)),
    "epoch_ms": lambda text, _form: _EPOCH + timedelta(milliseconds=int(text)),
}


def body_of(traces: Sequence[FieldTrace]) -> dict[str, object]:
    """Put the values of fields together as the push interface takes them; absent ones stay away."""
    body: dict[str, object] = {}
    for trace in traces:
        if trace.value is None or trace.value == "" or trace.target == "case_number":
            continue
        group, _, name = trace.target.partition(".")
        if name and group in {"applicant", "metadata", "content"}:
            nested = body.setdefault(group, {})
            if isinstance(nested, dict):
                nested[name] = trace.value
        else:
            body[trace.target] = trace.value
    return body
