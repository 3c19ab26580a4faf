"""The rows of a scope-and-retention table in words, for the screen, the workbook and the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from jingui.domain.catalogue.planning.scope_tables import ScopeHead, ScopeMaterial, ScopePeriod, ScopeRow
from jingui.domain.records.terms import Obligation
from jingui.interfaces.wording.lookup import worded
from jingui.interfaces.wording.planning_text import condition_text

HEADERS = ("序号", "事项名称", "事项编码", "证据性材料", "程序性材料", "结果性材料", "保管期限", "理由和依据", "备注")


@dataclass(frozen=True, slots=True)
class WordedRow:
    """One row in words. ``periods``: in which cases (``""``: otherwise, or always), how long, why."""

    row: ScopeRow
    scope: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str, str], ...]
    remark: str


def worded_rows(rows: Iterable[ScopeRow]) -> Iterator[WordedRow]:
    """Put rows into words, one by one."""
    for row in rows:
        yield WordedRow(
            row,
            tuple((worded("evidence", kind, {}), "、".join(map(_material, found))) for kind, found in row.materials),
            tuple(_period(period, is_only=len(row.periods) == 1) for period in row.periods),
            _remark(row),
        )


def table_cells(rows: Iterable[WordedRow]) -> Iterator[tuple[str | int, ...]]:
    """Return the table for a workbook, its headers first."""
    yield HEADERS
    for line in rows:
        scope = dict(line.scope)
        yield (
            line.row.number,
            line.row.item_name,
            line.row.item_code,
            *(scope.get(name, "") for name in HEADERS[3:6]),
            "\n".join(f"{when}：{period}" if when else period for when, period, _ in line.periods),
            "\n".join(why for _, _, why in line.periods),
            line.remark,
        )


def _material(material: ScopeMaterial) -> str:
    notes = []
    if material.obligation is Obligation.OPTIONAL:
        notes.append("可选")
    if material.alternative:
        notes.append(f"“{material.alternative}”任一")
    when = condition_text(material.when) or (
        material.condition if material.obligation is Obligation.CONDITIONAL else ""
    )
    if when:
        notes.append(f"当{when}")
    return f"{material.name}（{'；'.join(notes)}）" if notes else material.name


def _period(period: ScopePeriod, *, is_only: bool) -> tuple[str, str, str]:
    when = condition_text(period.when) or ("" if is_only or period.when is not None else "其他情形")
    why = "；".join(text for text in (period.reason, period.basis) if text)
    return when, worded("retention", period.retention, {}), why


def _remark(row: ScopeRow) -> str:
    kept = [(m.name, m.paper_basis) for _, found in row.materials for m in found if m.paper_basis]
    paper = "；".join(f"{name}另存纸质（{basis}）" for name, basis in kept)
    return "；".join(text for text in (row.statement, paper) if text)


def state_text(head: ScopeHead) -> str:
    """Say where the version of a table stands."""
    return worded("layer_state", head.state, {}) if head.state else "没有方案"
