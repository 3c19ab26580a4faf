"""Differences between the levels as the rows of a table, for exports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jingui.domain.catalogue.elements import BY_IDENTIFIER
from jingui.interfaces.wording.lookup import worded

HEADERS = (
    "基本编码", "事项", "要素", "上级", "上级机构", "上级取值", "下级", "下级机构", "下级事项编码", "下级取值", "处理", "理由",
)  # fmt: skip


def element_text(identifier: str) -> str:
    """Return how people call an element of a service item."""
    found = BY_IDENTIFIER.get(identifier)
    return found.title if found else identifier


def difference_cells(rows: Iterable[Any]) -> Iterator[tuple[str, ...]]:
    """Return differences as the rows of a table, their headers first."""
    yield HEADERS
    for row in rows:
        yield (
            row.base_code,
            row.item_name,
            element_text(row.element),
            worded("level", row.upper_level, {}),
            row.upper_agency,
            row.upper_value,
            worded("level", row.lower_level, {}),
            row.lower_agency,
            row.lower_code,
            row.lower_value,
            worded("level_settlement", row.decision, {}) if row.decision else worded("difference", "open", {}),
            row.reason or "",
        )
