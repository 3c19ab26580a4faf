"""Templates of archival codes (档号, DA/T 13-2022) and electronic record codes (电子文件号).

A template is text with bare names in braces. The serial runs gapless inside a scope: everything else in the template.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from jingui.domain.errors import Invalid, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE_FIELDS: tuple[str, ...] = ("fonds", "category", "year", "retention", "unit", "region", "item", "serial")
CODE_RULE_PROBLEMS: dict[str, tuple[str, ...]] = {
    "code_rule_malformed": (),
    "code_rule_too_long": ("limit",),
    "code_rule_unknown_name": ("name", "allowed"),
    "code_rule_bad_width": ("name",),
    "code_rule_serial_count": ("count",),
    "code_rule_serial_not_apart": (),
    "code_rule_unsafe_character": ("character",),
    "code_value_missing": ("name",),
    "code_value_unsafe": ("name",),
    "code_serial_not_positive": (),
}
"""Codes of problems with templates and their values, with the names of what their wording needs."""

_RULE_LIMIT = 200
_WIDTH = re.compile(r"0?[1-9]\d?", re.ASCII)
_UNSAFE = re.compile(r"[\x00-\x20\x7f-\xa0/\\:*?\"<>|\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SERIAL_MARK = "{serial}"


@dataclass(frozen=True, slots=True)
class _Part:
    literal: str
    name: str = ""
    width: str = ""


def _parts(rule: str) -> list[_Part] | None:
    try:
        parsed = list(Formatter().parse(rule))
    except ValueError:
        return None
    if any(conversion or "{" in (width or "") for _, _, width, conversion in parsed):
        return None
    # An empty pair of braces has a name that is there and empty; it is no field of ours.
    return [_Part(literal, "?" if name == "" else name or "", width or "") for literal, name, width, _ in parsed]


def check_code_rule(rule: str, *, location: str = "") -> tuple[Problem, ...]:
    """List what is wrong with a template; nothing if it can be used."""
    if len(rule) > _RULE_LIMIT:
        return (Problem(location, "code_rule_too_long", {"limit": str(_RULE_LIMIT)}),)
    parts = _parts(rule)
    if parts is None:
        return (Problem(location, "code_rule_malformed"),)
    found = [fault for part in parts for fault in _part_faults(part)] + _serial_faults(parts)
    return tuple(Problem(location, code, params) for code, params in found)


def _part_faults(part: _Part) -> list[tuple[str, dict[str, str]]]:
    faults: list[tuple[str, dict[str, str]]] = []
    unsafe = _UNSAFE.search(part.literal)
    if unsafe:
        faults.append(("code_rule_unsafe_character", {"character": f"U+{ord(unsafe.group()):04X}"}))
    if part.name and part.name not in CODE_FIELDS:
        name = part.name.encode("ascii", "backslashreplace").decode()[:40]
        faults.append(("code_rule_unknown_name", {"name": name, "allowed": ", ".join(CODE_FIELDS)}))
    elif part.width and not (part.name == "serial" and _WIDTH.fullmatch(part.width)):
        faults.append(("code_rule_bad_width", {"name": part.name}))
    return faults


def _serial_faults(parts: list[_Part]) -> list[tuple[str, dict[str, str]]]:
    places = [index for index, part in enumerate(parts) if part.name == "serial"]
    if len(places) != 1:
        return [("code_rule_serial_count", {"count": str(len(places))})]
    # A serial that grows past its width would run into its neighbour and could repeat another code.
    place = places[0]
    before, after = parts[place].literal, parts[place + 1 : place + 2]
    is_apart = (place == 0 and not before) or (before[-1:] in "-·._" and bool(before))
    if after and not (after[0].literal and after[0].literal[0] in "-·._"):
        is_apart = False
    return [] if is_apart else [("code_rule_serial_not_apart", {})]


def _checked_parts(rule: str, fields: Mapping[str, str]) -> list[_Part]:
    problems = list(check_code_rule(rule))
    parts = [] if problems else _parts(rule) or []
    for name in (part.name for part in parts if part.name and part.name != "serial"):
        value = fields.get(name, "")
        if not value:
            problems.append(Problem(name, "code_value_missing", {"name": name}))
        elif _UNSAFE.search(value):
            problems.append(Problem(name, "code_value_unsafe", {"name": name}))
    if problems:
        raise Invalid(tuple(problems), code="code_rule_invalid")
    return parts


def render_code(rule: str, fields: Mapping[str, str], serial: int) -> str:
    """Return the code with this serial; a serial wider than its template keeps all its digits.

    Raises:
        Invalid: the template is wrong, a value is missing or unsafe in a path, or the serial is not positive.
    """
    parts = _checked_parts(rule, fields)
    if serial < 1:
        raise Invalid((Problem("serial", "code_serial_not_positive"),), code="code_rule_invalid")
    return "".join(part.literal + _rendered(part, fields, f"{serial:{part.width or 'd'}}") for part in parts)


def code_scope(rule: str, fields: Mapping[str, str]) -> str:
    """Return what a serial is counted within: the code with ``{serial}`` left standing.

    Raises:
        Invalid: as for ``render_code``.
    """
    return "".join(part.literal + _rendered(part, fields, _SERIAL_MARK) for part in _checked_parts(rule, fields))


def _rendered(part: _Part, fields: Mapping[str, str], serial: str) -> str:
    return serial if part.name == "serial" else fields[part.name] if part.name else ""
