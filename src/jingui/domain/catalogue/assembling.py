"""Makes item rows out of the rows of foreign tables by a column mapping: columns to fields, further tables joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from jingui.domain.catalogue.cells import CONVERTERS, plain_text
from jingui.domain.catalogue.import_facts import RawRow, SourceRow
from jingui.domain.catalogue.mappings import DROPPED, KEPT, ColumnMapping
from jingui.domain.catalogue.rows import NEXT_VERSION
from jingui.domain.catalogue.targets import BY_PATH, TableKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jingui.domain.catalogue.targets import Target

_CHILDREN: dict[TableKind, str] = {
    TableKind.MATERIALS: "materials",
    TableKind.SITUATIONS: "situations",
    TableKind.STEPS: "steps",
    TableKind.RESULTS: "results",
}
_KEYS = ("task_code", "item_code", "handling_code")
_TASK_LENGTH = 31
_EXPLAINS = {"statutory_limit": "anticipate_explain", "promised_limit": "promise_explain"}


class _Shaped:
    """A row under our names before it is joined."""

    __slots__ = ("joined", "joins", "kind", "parts", "source", "values")

    def __init__(self, kind: TableKind, *, source: SourceRow, values: dict[str, object], joins: dict[str, str]) -> None:
        self.kind, self.source, self.values, self.joins = kind, source, values, joins
        self.parts: dict[str, list[tuple[int, dict[str, object], SourceRow]]] = defaultdict(list)
        self.joined: list[SourceRow] = []


_Step = Callable[[_Shaped, str, object], None]


class Assembler:
    """Applies one mapping. Rows of one item, in whatever tables, must be given together (see ``partition_key``)."""

    def __init__(self, mapping: ColumnMapping) -> None:
        """Prepare the mapping's tables."""
        self.mapping = mapping
        self._steps: dict[str, dict[str, _Step]] = {}
        self._has_versions = any("item_version" in t.columns.values() for t in mapping.tables.values())

    def kind_of(self, table: str) -> TableKind:
        """Return what the rows of a table are."""
        told = self.mapping.table(table)
        return told.kind if told else TableKind.IGNORED

    def partition_key(self, row: SourceRow) -> str:
        """Return a key that all rows of one item share, whatever table they stand in: its implementation code.

        A list without codes goes by the names of its items.
        """
        told = self.mapping.table(row.table)
        by_path = {path: header for header, path in told.columns.items()} if told else {}
        codes = (plain_text(row.cells.get(by_path[name])) for name in _KEYS if name in by_path)
        code = next((code for code in codes if code), "")[:_TASK_LENGTH]
        return code or plain_text(row.cells.get(by_path.get("item_name", "")))

    def rows(self, sources: Iterable[SourceRow]) -> list[RawRow]:
        """Return the rows of items and agencies, and the rows of other tables that belong to no item."""
        shaped = [self._shape(row) for row in sources if self.kind_of(row.table) is not TableKind.IGNORED]
        items = [row for row in shaped if row.kind is TableKind.ITEMS]
        orphans = self._join(items, [row for row in shaped if row.kind in {TableKind.EXTENSIONS, *_CHILDREN}])
        agencies = [row for row in shaped if row.kind is TableKind.AGENCIES]
        items.sort(key=_version_order)
        return [
            *(RawRow("agencies", row.source.number, row.values, {}, (row.source,)) for row in agencies),
            *(self._item(row) for row in items),
            *(_orphan(row) for row in orphans),
        ]

    def _shape(self, row: SourceRow) -> _Shaped:
        shaped = _Shaped(self.kind_of(row.table), source=row, values={}, joins={})
        steps = self._steps.setdefault(row.table, {})
        for header, cell in row.cells.items():
            if cell in (None, "", []):
                continue
            step = steps.get(header)
            if step is None:
                step = steps[header] = self._step(row.table, header)
            step(shaped, header, cell)
        return shaped

    def _step(self, table: str, header: str) -> _Step:
        """Choose once for a column what is done with each of its cells."""
        told = self.mapping.table(table)
        path = told.columns.get(header, KEPT) if told else KEPT
        target = BY_PATH[self.kind_of(table)].get(path)
        if path == DROPPED:
            return _drop
        return _keep if target is None else partial(_place_cell, target)

    def _join(self, items: Sequence[_Shaped], others: Sequence[_Shaped]) -> list[_Shaped]:
        by_guid: dict[str, list[_Shaped]] = defaultdict(list)
        by_code: dict[str, list[_Shaped]] = defaultdict(list)
        for item in items:
            for name, value in item.joins.items():
                (by_guid if name == "guid" else by_code)[value].append(item)
        orphans = []
        for row in others:
            # By the identity of the row if both tell it; else by a code, and then to every item that bears it.
            found = by_guid.get(row.joins.get("guid", ""), [])
            codes = [row.joins[name] for name in _KEYS if name in row.joins]
            found = found or next((by_code[code] for code in codes if code in by_code), [])
            _attach(row, {id(item): item for item in found}.values())
            orphans += [] if found else [row]
        return orphans

    def _item(self, row: _Shaped) -> RawRow:
        values = row.values
        places: dict[str, tuple[str, int]] = {}
        for name, parts in row.parts.items():
            parts.sort(key=lambda part: part[0])
            before = values.get(name)
            told = before if isinstance(before, list) else []
            for index, (_, _, source) in enumerate(parts, len(told)):
                places[f"{name}[{index}]"] = _place(source)
            values[name] = [*told, *(part for _, part, _ in parts)]
        for path, constant in self.mapping.constants.items():
            if not _is_told(values, path):
                target = BY_PATH[TableKind.ITEMS][path]
                _put(values, path, CONVERTERS[target.kind](constant, target))
        if not self._has_versions:
            values["item_version"] = NEXT_VERSION
        _settle_limits(values)
        return RawRow("items", row.source.number, values, places, (row.source, *row.joined))


def _attach(row: _Shaped, items: Iterable[_Shaped]) -> None:
    order = row.values.pop("order", None)
    place = order if isinstance(order, int) else row.source.number
    for item in items:
        item.joined.append(row.source)
        if row.kind is TableKind.EXTENSIONS:
            _merge(item.values, row.values)
        else:
            item.parts[_CHILDREN[row.kind]].append((place, row.values, row.source))


def _merge(into: dict[str, object], more: Mapping[str, object]) -> None:
    for name, value in more.items():
        known = into.get(name)
        if isinstance(known, dict) and isinstance(value, dict):
            into[name] = value | known
        else:
            into.setdefault(name, value)


def _drop(_shaped: _Shaped, _header: str, _cell: object) -> None:
    """Leave a column out on purpose."""


def _place_cell(target: Target, shaped: _Shaped, _header: str, cell: object) -> None:
    value, path = CONVERTERS[target.kind](cell, target), target.path
    if value in (None, "", []):
        return
    if path == "guid" or path in _KEYS:
        shaped.joins[path] = str(value)
        if path == "guid" or shaped.kind is not TableKind.ITEMS:
            return
    if path in _EXPLAINS:
        _put_limit(shaped.values, path, value)
    else:
        _put(shaped.values, path, value)


def _keep(shaped: _Shaped, header: str, cell: object) -> None:
    text = plain_text(cell)
    if shaped.kind in {TableKind.ITEMS, TableKind.EXTENSIONS}:
        extra = shaped.values.setdefault("extra", {})
        if isinstance(extra, dict):
            extra[header] = text
    elif shaped.kind in _CHILDREN:
        name = "remark" if shaped.kind is TableKind.MATERIALS else "explain"
        shaped.values[name] = "；".join(filter(None, (str(shaped.values.get(name, "")), f"{header}：{text}")))
    else:
        shaped.values[header] = text


def _put(values: dict[str, object], path: str, value: object) -> None:
    outer, _, inner = path.partition(".")
    if not inner:
        known = values.get(outer)
        values[outer] = known | value if isinstance(known, dict) and isinstance(value, dict) else value
        return
    nested = values.setdefault(outer, {})
    if isinstance(nested, dict):
        nested[inner] = value


def _put_limit(values: dict[str, object], path: str, value: object) -> None:
    """Put a time limit; where it is more than a number and a unit, its words are kept as the explanation."""
    if isinstance(value, str):
        _put(values, f"elements.{_EXPLAINS[path]}", value)
        return
    limit = dict(value) if isinstance(value, dict) else {}
    text, is_whole = limit.pop("text", ""), limit.pop("whole", True)
    values[path] = limit
    if not is_whole:
        _put(values, f"elements.{_EXPLAINS[path]}", text)


def _settle_limits(values: dict[str, object]) -> None:
    """A unit without a number is no limit; what was told is kept as the explanation."""
    for path, explain in _EXPLAINS.items():
        limit = values.get(path)
        if isinstance(limit, dict) and "days" not in limit:
            values.pop(path)
            _put(values, f"elements.{explain}", plain_text(limit.get("unit")))


def _is_told(values: Mapping[str, object], path: str) -> bool:
    outer, _, inner = path.partition(".")
    value = values.get(outer)
    return bool(value.get(inner)) if inner and isinstance(value, dict) else outer in values and not inner


def _version_order(row: _Shaped) -> int:
    version = row.values.get("item_version")
    return version if isinstance(version, int) else 0


def _place(row: SourceRow) -> tuple[str, int]:
    return row.table, row.number


def _orphan(row: _Shaped) -> RawRow:
    code = next((row.joins[name] for name in (*_KEYS, "guid") if name in row.joins), "")
    return RawRow("materials", row.source.number, {"item_code": code}, {}, (row.source,))
