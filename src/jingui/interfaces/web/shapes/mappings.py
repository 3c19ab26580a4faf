"""A column mapping as a form: each table with its columns, samples beside them, and what each column may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jingui.domain.catalogue.mappings import (
    ADDED_COLUMNS,
    ANY_TABLE,
    DROPPED,
    KEPT,
    ColumnMapping,
    TableHead,
    TableMapping,
    guess_table,
)
from jingui.domain.catalogue.targets import BY_PATH, TARGETS, TableKind, Target

KIND_NAMES: dict[TableKind, str] = {
    TableKind.ITEMS: "事项",
    TableKind.EXTENSIONS: "事项的更多列",
    TableKind.MATERIALS: "材料",
    TableKind.SITUATIONS: "情形",
    TableKind.STEPS: "办理环节",
    TableKind.RESULTS: "审批结果",
    TableKind.AGENCIES: "机构",
    TableKind.IGNORED: "不导入",
}


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column: the name of its control, its header, samples, and the field it is now."""

    name: str
    header: str
    samples: tuple[str, ...]
    path: str


@dataclass(frozen=True, slots=True)
class TableForm:
    """One table of the form."""

    name: str
    title: str
    kind: TableKind
    kinds: tuple[tuple[str, str], ...]
    targets: tuple[Target, ...]
    columns: tuple[ColumnLine, ...]


def mapping_tables(heads: Sequence[TableHead], mapping: ColumnMapping) -> list[TableForm]:
    """Return the form of a mapping for the tables of a file."""
    return [_table(place, head, mapping.table(head.name)) for place, head in enumerate(heads)]


def _table(place: int, head: TableHead, told: TableMapping | None) -> TableForm:
    table = told or TableMapping(TableKind.IGNORED)
    columns = tuple(
        ColumnLine(f"t{place}.c{at}", header, _samples(head, at), table.columns.get(header, KEPT))
        for at, header in enumerate(head.headers)
        if header not in ADDED_COLUMNS
    )
    kinds = tuple((kind.value, name) for kind, name in KIND_NAMES.items())
    return TableForm(f"t{place}.kind", head.name, table.kind, kinds, TARGETS[table.kind], columns)


def _samples(head: TableHead, at: int) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[at] for row in head.samples if at < len(row) and row[at]))[:2]


def posted_mapping(posted: Mapping[str, str], heads: Sequence[TableHead], before: ColumnMapping) -> ColumnMapping:
    """Return the mapping that a form tells; where the kind of a table was changed its columns are guessed anew."""
    tables = dict(before.tables)
    for place, head in enumerate(heads):
        key = ANY_TABLE if len(heads) == 1 else head.name.lower()
        tables[key] = _posted_table(posted, place, head, before.table(head.name))
    return replace(before, tables=tables)


def _posted_table(posted: Mapping[str, str], place: int, head: TableHead, before: TableMapping | None) -> TableMapping:
    told = posted.get(f"t{place}.kind", "")
    kind = TableKind(told) if told in TableKind._value2member_map_ else TableKind.IGNORED
    if before is None or before.kind is not kind:
        return guess_table(head, kind)
    columns = {}
    for at, header in enumerate(head.headers):
        path = posted.get(f"t{place}.c{at}", before.columns.get(header, KEPT))
        columns[header] = path if path in {DROPPED, *BY_PATH[kind]} else KEPT
    return TableMapping(kind, columns)
