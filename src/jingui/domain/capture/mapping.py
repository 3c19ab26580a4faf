"""How the documents of a source become messages (映射): rules in configuration, one for each field, no programs.

A mapping is JSON. This module reads and checks it and turns what an expression found into a value; finding itself
(JMESPath, XPath) is done by ``formats.mappings``. Nothing is guessed: a value that does not fit is a problem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import available_timezones

from jingui.domain.capture.incoming import ArrivalKind
from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import FieldReader, printable_name


class Language(StrEnum):
    """In which language the expressions of a mapping are written, and so which documents it reads."""

    JMESPATH = "jmespath"
    XPATH = "xpath"


class Scope(StrEnum):
    """Against what an expression is evaluated: the part chosen by ``each``, or the whole document."""

    ITEM = "item"
    DOCUMENT = "document"


MAPPING_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "rule_malformed": (),
    "table_unknown": ("table",),
    "zone_unknown": ("zone",),
    "target_unknown": ("kind",),
    "code_not_in_table": ("table", "value"),
    "time_not_as_format": ("format", "value"),
    "number_malformed": ("value",),
    "many_values": ("count",),
    "not_a_single_value": (),
    "expression_malformed": ("detail",),
    "expression_failed": ("detail",),
    "expression_too_costly": (),
}
"""Codes of problems with mappings and with what they find, beside those of ``metadata.fields``."""

_TEXT = 500
_MOST_MESSAGES = 20
_MOST_FIELDS = 200
_MOST_CODES = 5000

_APPLICANT = ("name", "kind", "id_type", "id_number", "legal_representative", "address", "agent")
TARGETS: Mapping[ArrivalKind, frozenset[str]] = MappingProxyType(
    {
        ArrivalKind.CASE: frozenset(
            {
                "title", "item_code", "item_version", "received_at", "accepted_at", "promised_at", "channel",
                "region_code", "department", "situations", *(f"applicant.{name}" for name in _APPLICANT),
            }
        ),
        ArrivalKind.FILE: frozenset(
            {
                "file_key", "name", "material", "title", "step", "formed_at", "replaces",
                "content.address", "content.sha256", "content.sm3", "content.bytes",
            }
        ),
        ArrivalKind.STEP: frozenset(
            {"step_key", "name", "started_at", "ended_at", "handler", "unit", "opinion", "action"}
        ),
        ArrivalKind.CLOSURE: frozenset(
            {
                "kind", "closed_at", "result", "result_number", "handler",
                "declared_files", "declared_steps", "declared_bytes",
            }
        ),
    }
)  # fmt: skip
"""The fields of each message that a mapping can fill; a case also takes ``metadata.NAME``."""

REQUIRED: Mapping[ArrivalKind, tuple[str, ...]] = MappingProxyType(
    {
        ArrivalKind.CASE: ("case_number", "title", "item_code", "applicant.name", "received_at"),
        ArrivalKind.FILE: ("case_number", "file_key", "name", "content.address"),
        ArrivalKind.STEP: ("case_number", "step_key", "name", "started_at"),
        ArrivalKind.CLOSURE: ("case_number", "kind", "closed_at"),
    }
)
"""The fields without which a message is never taken."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a field's value comes from and what is done to it.

    ``find`` is an expression; without it, ``constant`` is the value, or the values of ``join`` put together with
    ``separator``. Then, in this order: spaces at the edges go (``is_trimmed``), a code is looked up (``table``), a time
    is read (``date``: a ``strptime`` form, ``epoch`` or ``epoch_ms``; ISO 8601 without it) in ``zone`` if it states
    none. ``otherwise`` stands in for a value that is absent.
    """

    find: str = ""
    scope: Scope = Scope.ITEM
    constant: object = None
    join: tuple[Rule, ...] = ()
    separator: str = ""
    is_list: bool = False
    is_trimmed: bool = False
    table: str = ""
    date: str = ""
    zone: str = ""
    otherwise: object = None


@dataclass(frozen=True, slots=True)
class MessageRules:
    """One kind of message: which parts of a document each give one (``each``), which of these (``when``), and its fields."""

    kind: ArrivalKind
    fields: Mapping[str, Rule]
    each: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class DocumentMapping:
    """A whole mapping."""

    language: Language
    messages: tuple[MessageRules, ...]
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    namespaces: Mapping[str, str] = field(default_factory=dict)
    zone: str = ""

    def expressions(self) -> list[tuple[str, str]]:
        """List every expression with its place, so that all can be checked before any is used."""
        found: list[tuple[str, str]] = []
        for at, message in enumerate(self.messages):
            place = f"messages[{at}]"
            found += [
                (f"{place}.{name}", text) for name, text in (("each", message.each), ("when", message.when)) if text
            ]
            for target, rule in message.fields.items():
                found += [(f"{place}.fields.{target}", text) for text in _expressions(rule)]
        return found


def _expressions(rule: Rule) -> list[str]:
    return [rule.find] if rule.find else [text for part in rule.join for text in _expressions(part)]


def read_mapping(raw: object) -> DocumentMapping:
    """Read a mapping from configuration.

    Raises:
        Invalid: with every problem and its place.
    """
    fields = FieldReader(raw)
    language = fields.member("language", Language) or Language.JMESPATH
    zone = _zone(fields)
    tables = {name: _texts(fields.nested("tables").nested(name)) for name in _names(fields.nested("tables"))}
    namespaces = _texts(fields.nested("namespaces"))
    rows = fields.rows("messages", limit=_MOST_MESSAGES)
    if not rows:
        fields.fault("messages", "required")
    messages = tuple(_message(row, tables) for row in rows)
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return DocumentMapping(language, messages, tables, namespaces, zone)


def _names(fields: FieldReader) -> list[str]:
    return [str(name) for name, _ in fields.unknown()]


def _texts(fields: FieldReader) -> dict[str, str]:
    names = _names(fields)[:_MOST_CODES]
    found = {name: fields.text(name, limit=_TEXT) for name in names}
    fields.refuse_unknown()
    return found


def _zone(fields: FieldReader) -> str:
    zone = fields.text("zone", limit=60)
    if zone and zone not in available_timezones():
        fields.fault("zone", "zone_unknown", zone=zone)
    return zone


def _message(row: FieldReader, tables: Mapping[str, object]) -> MessageRules:
    kind = row.member("kind", ArrivalKind) or ArrivalKind.CASE
    given = row.nested("fields")
    names = _names(given)
    if len(names) > _MOST_FIELDS:
        given.fault("", "too_many", limit=str(_MOST_FIELDS), count=str(len(names)))
    rules = {name: _rule(given, name, tables) for name in names[:_MOST_FIELDS]}
    for name in rules:
        if name != "case_number" and name not in TARGETS[kind] and not _is_metadata(kind, name):
            given.fault(printable_name(name), "target_unknown", kind=kind.value)
    for name in REQUIRED[kind]:
        if name not in rules:
            given.fault(name, "required")
    each, when = row.text("each", limit=_TEXT), row.text("when", limit=_TEXT)
    row.refuse_unknown()
    return MessageRules(kind, rules, each, when)


def _is_metadata(kind: ArrivalKind, name: str) -> bool:
    return kind is ArrivalKind.CASE and name.startswith("metadata.") and len(name) > len("metadata.")


def _rule(fields: FieldReader, name: str, tables: Mapping[str, object]) -> Rule:
    """Read one rule; a text alone is an expression."""
    value = fields.take(name)
    if isinstance(value, str) and value:
        return Rule(find=fields.text(name, limit=_TEXT))
    if not isinstance(value, Mapping):
        fields.fault(name, "rule_malformed")
        return Rule()
    return _whole_rule(fields.nested(name), tables)


def _whole_rule(row: FieldReader, tables: Mapping[str, object]) -> Rule:
    row.take("constant"), row.take("join"), row.take("otherwise")
    rule = Rule(
        find=row.text("find", limit=_TEXT),
        scope=row.member("from", Scope, default=Scope.ITEM) or Scope.ITEM,
        constant=_scalar(row, "constant"),
        join=tuple(_whole_rule(part, tables) for part in row.rows("join", limit=10)),
        separator=row.text("with", limit=10),
        is_list=row.flag("list"),
        is_trimmed=row.flag("trim"),
        table=row.text("table", limit=60),
        date=row.text("date", limit=60),
        zone=_zone(row),
        otherwise=_scalar(row, "otherwise"),
    )
    if [bool(rule.find), rule.constant is not None, bool(rule.join)].count(True) != 1:
        row.fault("", "rule_malformed")
    if rule.table and rule.table not in tables:
        row.fault("table", "table_unknown", table=rule.table)
    row.refuse_unknown()
    return rule


def _scalar(row: FieldReader, name: str) -> object:
    value = row.take(name)
    if value is not None and not isinstance(value, str | int | bool):
        row.fault(name, "wrong_type", expected="text or whole number")
        return None
    return value
