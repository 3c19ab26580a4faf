"""Adapts item lists as provincial service portals publish them (one object per item with ``task_code`` and ``dept_uscc``).

Such lists name materials but neither their codes nor which are required, and no retention: every named material counts
as an application material that is required, and the plan stays a default to be examined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.catalogue import RawRow, SourceRow
from jingui.domain.catalogue.cells import CONVERTERS
from jingui.domain.catalogue.rows import NEXT_VERSION
from jingui.domain.catalogue.targets import BY_PATH, TableKind

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
    told = (RawRow("items", number, _item(item), origin=(SourceRow("items", number, item),)) for number, item in rows)
    return (*agencies.values(), *told)


def _agency(item: Mapping[str, object]) -> dict[str, object]:
    return {"code": item.get("dept_uscc"), "name": item.get("department"), "region_code": item.get("area_code")}


def _item(item: Mapping[str, object]) -> dict[str, object]:
    return {
        "item_code": item.get("task_code"),
        "item_name": _stripped(item.get("name")),
        "item_version": item.get("task_version", NEXT_VERSION),
        "base_code": item.get("catalogue_id"),
        "item_type": item.get("task_type"),
        "agency": item.get("dept_uscc"),
        "statutory_limit": _limit(item.get("statutory_limit")),
        "promised_limit": _limit(item.get("promised_limit")),
        "elements": _elements(item),
        "situations": [{"name": name}]
        if isinstance(name := _stripped(item.get("sub_task_name")), str) and name
        else [],
        "extra": {name: value for name in _EXTRA if isinstance(value := item.get(name), str) and value},
        "materials": _materials(item.get("materials")),
    }


_ELEMENTS = {
    "department": "dept_name",
    "level": "use_level",
    "co_departments": "other_dept",
    "service_objects": "server_type",
    "visits": "limit_scene_num",
    "online": "is_online",
    "themes": "topics",
}
# What the list tells beside our elements, kept as it stands.
_EXTRA = ("catalogue_name", "org_code", "area", "statutory_limit_raw", "promised_limit_raw")


def _elements(item: Mapping[str, object]) -> dict[str, object]:
    told = {}
    for name, element in _ELEMENTS.items():
        value = item.get(name)
        if value in (None, "", []):
            continue
        target = BY_PATH[TableKind.ITEMS].get(f"elements.{element}")
        told[element] = CONVERTERS[target.kind](value, target) if target else value
    return told


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _limit(value: object) -> object:
    match value:
        case [days, unit]:
            return {"days": days, "unit": unit}
        case _:
            return value  # null, or something that the row check refuses


def _materials(value: object) -> object:
    if not isinstance(value, list):
        return value
    return [{"name": _stripped(name)} for name in value]
