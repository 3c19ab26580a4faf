"""A version of an item as its page shows it: elements by what they are about, materials, situations, steps, results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jingui.db.queries.items import ItemView
from jingui.domain.catalogue.code_sets import CODE_SETS
from jingui.domain.catalogue.elements import BY_IDENTIFIER, WORKING_LIST
from jingui.interfaces.wording import label

TABS: tuple[tuple[str, str], ...] = (
    ("", "归档配置"),
    ("elements", "要素"),
    ("materials", "申请材料"),
    ("process", "情形与环节"),
    ("versions", "版本"),
)
# Told in tables of their own, or in the head of the page.
_ELSEWHERE = frozenset({"materials", "task_state", "task_version", "plan_dates", "task_name"})


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element: its title, identifier and value in words; empty where the source told nothing."""

    identifier: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material of the item's own list."""

    name: str
    code: str
    requirement: str
    condition: str
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ItemContentView:
    """What an item says, in words. ``told`` and ``missing`` count the elements of the working list."""

    elements: tuple[ElementLine, ...]
    told: int
    missing: tuple[str, ...]
    materials: tuple[MaterialLine, ...]
    parts: tuple[tuple[str, tuple[MaterialLine, ...]], ...]
    extra: tuple[tuple[str, str], ...]


def item_tabs(found: ItemView, asked: str) -> tuple[list[tuple[str, str, int]], str]:
    """Return the tabs of the page with their counts, and the one to be shown."""
    content = found.item.content
    parts = sum(len(content.get(name, [])) for name in ("situations", "steps", "results"))
    counts = {"materials": len(content.get("materials", [])), "process": parts, "versions": len(found.versions)}
    tab = asked if asked in dict(TABS) else ""
    return [(name, text, counts.get(name, 0)) for name, text in TABS], tab


def item_view(content: Mapping[str, Any]) -> ItemContentView:
    """Return the content of a version in words."""
    told: Mapping[str, Any] = content.get("elements", {})
    listed = [element.identifier for element in WORKING_LIST if element.identifier not in _ELSEWHERE]
    further = [name for name in told if name not in listed and name not in _ELSEWHERE]
    lines = [_element(name, told[name]) for name in (*listed, *further) if name in told]
    parts = (("情形", "situations"), ("办理环节", "steps"), ("审批结果", "results"))
    return ItemContentView(
        elements=tuple(lines),
        told=sum(name in told for name in listed),
        missing=tuple(label("item_element", name) for name in listed if name not in told),
        materials=tuple(_line(row, "material") for row in content.get("materials", [])),
        parts=tuple((title, tuple(_line(row, "part") for row in content.get(name, []))) for title, name in parts),
        extra=tuple(content.get("extra", {}).items()),
    )


def _element(identifier: str, value: object) -> ElementLine:
    values = value if isinstance(value, list) else [value]
    element = BY_IDENTIFIER.get(identifier)
    codes = CODE_SETS[element.code_set].labels if element and element.code_set else {}
    if identifier == "task_type":
        codes = CODE_SETS["item_type"].labels
    text = "、".join(f"{codes[each]}（{each}）" if each in codes else each for each in map(str, values))
    return ElementLine(identifier, label("item_element", identifier), text)


_REQUIREMENTS = {"required": "必备", "optional": "非必备"}
_OWN = frozenset({"name", "code", "requirement", "condition", "situations"})


def _line(row: Mapping[str, Any], kind: str) -> MaterialLine:
    details = tuple((label("item_detail", f"{kind}.{name}"), str(v)) for name, v in row.items() if name not in _OWN)
    return MaterialLine(
        name=row["name"],
        code=row.get("code", ""),
        requirement=_REQUIREMENTS.get(row.get("requirement", ""), ""),
        condition=row.get("condition", "") or "、".join(row.get("situations", [])),
        details=details,
    )
