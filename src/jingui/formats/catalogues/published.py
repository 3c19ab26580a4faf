"""Adapts item lists as provincial service portals publish them (one object per item with ``task_code`` and ``dept_uscc``).

Such lists name materials but neither their codes nor which are required, and no retention: codes are given in order,
every named material counts as an application material that is required, and the plan stays a default to be examined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.catalogue import RawRow

if TYPE_CHECKING:
    from collections.abc import Mapping


def is_published_list(raw: Mapping[str, object]) -> bool:
    """Say whether this looks like such a list: objects with a task code, and no format of ours."""
    items = raw.get("items")
    if "format" in raw or not isinstance(items, list) or not items:
        return False
    return all(isinstance(item, dict) and "task_code" in item for item in items)


def read_published_list(raw: Mapping[str, object]) -> tuple[RawRow, ...]:
    """Return the items, and the agencies that they name, each at the row of the first item that names it."""
    items = raw["items"]
    rows = [(number, item) for number, item in enumerate(items if isinstance(items, list) else [], 1)]
    agencies: dict[tuple[object, ...], RawRow] = {}
    for number, item in rows:
        values = _agency(item)
        key = tuple(str(value) for value in values.values())
        agencies.setdefault(key, RawRow("agencies", number, values))
    return (*agencies.values(), *(RawRow("items", number, _item(item)) for number, item in rows))


def _agency(item: Mapping[str, object]) -> dict[str, object]:
    return {"code": item.get("dept_uscc"), "name": item.get("department"), "region_code": item.get("area_code")}


def _item(item: Mapping[str, object]) -> dict[str, object]:
    return {
        "item_code": item.get("task_code"),
        "item_name": _stripped(item.get("name")),
        "item_version": item.get("task_version", 1),
        "base_code": item.get("catalogue_id"),
        "item_type": item.get("task_type"),
        "agency": item.get("dept_uscc"),
        "statutory_limit": _limit(item.get("statutory_limit")),
        "promised_limit": _limit(item.get("promised_limit")),
        "plan": {"materials": _materials(item.get("materials"))},
    }


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _limit(value: object) -> object:
    match value:
        case [days, unit]:
            return {"days": days, "unit": unit}
        case _:
            return value  # null, or something that the row check refuses


NO_MATERIAL = frozenset({"无", "无材料", "无需提交材料"})  # lists write a word where there is nothing to hand in


def _materials(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [
        {"code": f"A{number:02}", "name": _stripped(name), "class": "application", "min_count": 1}
        for number, name in enumerate(value, 1)
        if _stripped(name) not in NO_MATERIAL
    ]
