"""Turns a cell of a foreign list into the value of a field. What cannot be turned stays as it was told, to be refused.

No converter drops or rounds anything; a code that no set knows is kept as text and reported by the row check.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from jingui.domain.catalogue.code_sets import CODE_SETS
from jingui.domain.catalogue.content import MATERIAL_DETAILS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jingui.domain.catalogue.targets import Target

_LISTS = re.compile(r"[、,，;；^|\n]")
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[ T].*)?", re.ASCII)
_LIMIT = re.compile(r"(\d{1,4})\s*个?\s*[（(]?(工作日|自然日|小时|月|年)[）)]?", re.ASCII)
_NO_LIMIT = frozenset({"无", "不限", "无限制"})
_NEEDED = {"1": "required", "true": "required", "是": "required", "必要": "required", "必备": "required",
           "required": "required", "0": "optional", "false": "optional", "否": "optional", "非必要": "optional",
           "容缺后补": "optional", "可选": "optional", "optional": "optional", "conditional/optional": "optional"}  # fmt: skip
_UNITS = {"1": "工作日", "2": "自然日", "3": "小时", "4": "月", "5": "年"}  # [?] the numbers were not confirmed


def plain_text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, lists and objects as JSON."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value).strip()


def _parsed(value: object) -> object:
    """Return the list or object that a text spells as JSON, else the value itself."""
    if isinstance(value, str) and value.lstrip()[:1] in {"[", "{"}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _pieces(value: object) -> list[str]:
    value = _parsed(value)
    if isinstance(value, list):
        return [text for text in map(plain_text, value) if text]
    return [piece.strip() for piece in _LISTS.split(plain_text(value)) if piece.strip()]


def _whole(value: object, _: Target) -> object:
    text = plain_text(value)
    return int(text) if re.fullmatch(r"-?\d{1,15}", text, re.ASCII) else text


def _code(value: object, target: Target) -> object:
    text = plain_text(value)
    return CODE_SETS[target.code_set].code_of(text) or text


def _codes(value: object, target: Target) -> object:
    known = CODE_SETS[target.code_set]
    return [known.code_of(piece) or piece for piece in _pieces(value)]


def _state(value: object, _: Target) -> object:
    text = plain_text(value)
    code = CODE_SETS["item_state"].code_of(text)
    # A suspended item is still there: its cases are archived, so it counts as in force.
    return {"1": "in_force", "2": "in_force", "3": "withdrawn"}.get(code or "", text)


def _day(value: object, _: Target) -> object:
    text = plain_text(value)
    found = _DAY.fullmatch(text)
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else text


def _limit(value: object, _: Target) -> object:
    value = _parsed(value)
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and len(value) == 2:  # noqa: PLR2004 - number and unit
        return {"days": value[0], "unit": value[1]}
    text = plain_text(value)
    if text in _NO_LIMIT:
        return None
    found = _LIMIT.match(text)
    return {"days": int(found[1]), "unit": found[2], "whole": found.end() == len(text), "text": text} if found else text


def _parts(value: object, _: Target) -> object:
    value = _parsed(value)
    if isinstance(value, list):
        return [part if isinstance(part, dict) else {"name": plain_text(part)} for part in value]
    return [{"name": piece} for piece in _pieces(value)]


_MATERIAL_FIELDS = {"name", "code", "requirement", "condition", "situations"} | set(MATERIAL_DETAILS)
_MATERIAL_NAMES = {
    "required": "requirement",
    "is_required": "requirement",
    "material_name": "name",
    "material_code": "code",
}


def _materials(value: object, _: Target) -> object:
    value = _parsed(value)
    rows = value if isinstance(value, list) else _pieces(value)
    return [_material(row) if isinstance(row, dict) else {"name": plain_text(row)} for row in rows]


def _material(row: Mapping[str, object]) -> dict[str, object]:
    told: dict[str, object] = {}
    rest = []
    for key, value in row.items():
        name = _MATERIAL_NAMES.get(key, key)
        if name not in _MATERIAL_FIELDS:
            rest.append(f"{key}：{plain_text(value)}")
        elif value not in (None, ""):
            told[name] = _MATERIAL_VALUES.get(name, plain_text)(value)
    return told | ({"remark": "；".join([str(told.get("remark", "")), *rest]).strip("；")} if rest else {})


def needed(value: object) -> str:
    """Return ``required`` or ``optional`` for the ways in which lists write it, else the text."""
    text = plain_text(value)
    return _NEEDED.get(text.lower(), text)


_MATERIAL_VALUES: dict[str, Callable[[object], object]] = {"requirement": needed, "situations": _pieces}


CONVERTERS: dict[str, Callable[[object, Target], object]] = {
    "text": lambda value, _: plain_text(value),
    "digits": lambda value, _: plain_text(value),
    "whole": _whole,
    "order": _whole,
    "code": _code,
    "codes": _codes,
    "texts": lambda value, _: _pieces(value),
    "state": _state,
    "day": _day,
    "limit": _limit,
    "unit": lambda value, _: _UNITS.get(plain_text(value), plain_text(value)),
    "parts": _parts,
    "materials": _materials,
    "requirement": lambda value, _: needed(value),
    "json": lambda value, _: _parsed(value),
}
"""How a cell becomes a value, by the kind of the target."""
