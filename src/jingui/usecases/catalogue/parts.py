"""A list cut into parts that fit into memory: agencies first, then items, each item with all its rows in one part."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from jingui.domain.catalogue.assembling import Assembler
from jingui.domain.catalogue.importing import RawRow, SourceRow
from jingui.domain.catalogue.mappings import ColumnMapping
from jingui.domain.catalogue.targets import TableKind
from jingui.formats.catalogues.parcels import Parcels, parcel_count, parcel_of
from jingui.formats.catalogues.sources import CatalogueSource

KNOWN_ROWS = 500
"""How many rows of a list that is read whole make a part."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one list. ``rows_of`` reads one of them; ``tables`` tells how many rows each table has.

    ``ignored`` are the tables that the mapping leaves out.
    """

    count: int
    rows_of: Callable[[int], list[RawRow]]
    tables: dict[str, int] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()


def cut(
    source: CatalogueSource, mapping: ColumnMapping | None, folder: Path, *, told: Callable[[], None] = lambda: None
) -> Parts:
    """Cut a list into parts; tables are sorted into files in the folder, which a run that resumes finds again."""
    return _known_parts(source.known) if source.known is not None else _table_parts(source, mapping, folder, told)


def _known_parts(rows: tuple[RawRow, ...]) -> Parts:
    items = [row for row in rows if row.table != "agencies"]
    count = len(items) // KNOWN_ROWS + 1
    parts: dict[int, list[RawRow]] = defaultdict(list)
    for row in rows:
        told = row.values.get("item_code") or row.values.get("item_name")
        parts[0 if row.table == "agencies" else 1 + parcel_of(str(told), count)].append(row)
    tables = Counter(source.table for row in rows for source in row.origin)
    return Parts(count + 1, lambda number: parts.get(number, []), dict(tables))


def _table_parts(
    source: CatalogueSource, mapping: ColumnMapping | None, folder: Path, told: Callable[[], None]
) -> Parts:
    chosen = mapping or ColumnMapping("none", {})
    assembler = Assembler(chosen)
    count = parcel_count(source.bytes)
    parcels = Parcels(folder / "rows", count + 1)

    def place(row: SourceRow) -> int:
        is_agency = assembler.kind_of(row.table) is TableKind.AGENCIES
        return 0 if is_agency else 1 + parcel_of(assembler.partition_key(row), count)

    if not parcels.is_done:
        kept = (row for row in source.stream() if assembler.kind_of(row.table) is not TableKind.IGNORED)
        parcels.sort(kept, place, told=told)
    tables = parcels.counts()
    ignored = frozenset(head.name for head in source.heads if assembler.kind_of(head.name) is TableKind.IGNORED)
    return Parts(count + 1, lambda number: assembler.rows(parcels.rows(number)), tables, ignored)
