"""Column mappings (列对应): which column of a foreign list is which field, kept by name so that the next list needs no work."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jingui.domain.catalogue.profiles import OPEN, PROFILES
from jingui.domain.catalogue.targets import BY_PATH, TARGETS, TableKind, folded
from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import FieldReader, printable_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAPPING_FORMAT = "jingui-mapping/1"
MAPPING_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "mapping_malformed": (),
    "mapping_target_unknown": ("target",),
    "mapping_without_items": (),
    "mapping_kind_unknown": ("kind",),
    "mapping_profile_unknown": ("profile",),
}
ANY_TABLE = "*"
KEPT = ""
"""A column that is no field of ours: its value is kept with the item as a further fact."""
DROPPED = "-"
"""A column that is left out on purpose."""

_NAME_LIMIT = 60
_TABLES_LIMIT = 50
_COLUMNS_LIMIT = 400
# Columns that an error file adds; they are nobody's data when it comes back.
ADDED_COLUMNS = ("原因", "原行号")


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What a table is, and header → field (``KEPT`` or ``DROPPED`` for none)."""

    kind: TableKind
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How the tables of a list are read. ``constants`` are fields that every row has; ``profile`` what it may leave out.

    ``tables`` are by name in lower case; ``ANY_TABLE`` stands for the only table of a file.
    """

    name: str
    tables: Mapping[str, TableMapping]
    constants: Mapping[str, str] = field(default_factory=dict)
    profile: str = OPEN.name

    def table(self, name: str) -> TableMapping | None:
        """Return how the named table is read."""
        return self.tables.get(name.lower()) or self.tables.get(ANY_TABLE)


@dataclass(frozen=True, slots=True)
class TableHead:
    """A table of a file: its name, its headers, and some of its rows for people to look at."""

    name: str
    headers: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...] = ()


def mapping_to_dict(mapping: ColumnMapping) -> dict[str, object]:
    """Return a mapping as JSON values."""
    return {
        "format": MAPPING_FORMAT,
        "name": mapping.name,
        "profile": mapping.profile,
        "constants": dict(mapping.constants),
        "tables": {name: {"kind": t.kind.value, "columns": dict(t.columns)} for name, t in mapping.tables.items()},
    }


def mapping_from_dict(raw: object) -> ColumnMapping:
    """Read a mapping.

    Raises:
        Invalid: with every problem: a field or kind that there is none of, or no table of items.
    """
    fields = FieldReader(raw)
    if fields.take("format") != MAPPING_FORMAT:
        fields.fault("format", "mapping_malformed")
    mapping = ColumnMapping(
        name=fields.text("name", limit=_NAME_LIMIT, is_required=True).strip(),
        tables=_tables(fields),
        constants=_constants(fields),
        profile=fields.text("profile", limit=_NAME_LIMIT) or OPEN.name,
    )
    fields.refuse_unknown()
    if mapping.profile not in PROFILES:
        fields.fault("profile", "mapping_profile_unknown", profile=printable_name(mapping.profile))
    if not any(table.kind is TableKind.ITEMS for table in mapping.tables.values()):
        fields.fault("tables", "mapping_without_items")
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return mapping


def _tables(fields: FieldReader) -> dict[str, TableMapping]:
    raw = fields.nested("tables")
    tables = {}
    for name, _ in raw.unknown()[:_TABLES_LIMIT]:
        table = raw.nested(str(name))
        tables[str(name).lower()] = _table(table)
    raw.refuse_unknown()
    return tables


def _table(fields: FieldReader) -> TableMapping:
    kind = _kind(fields)
    raw = fields.nested("columns")
    columns = {}
    for header, _ in raw.unknown()[:_COLUMNS_LIMIT]:
        columns[str(header)] = raw.text(str(header), limit=100)
        if columns[str(header)] not in {KEPT, DROPPED, *BY_PATH[kind]}:
            raw.fault(printable_name(header), "mapping_target_unknown", target=printable_name(columns[str(header)]))
    raw.refuse_unknown()
    fields.refuse_unknown()
    return TableMapping(kind, columns)


def _kind(fields: FieldReader) -> TableKind:
    told = fields.text("kind", limit=20, is_required=True)
    if told in TableKind._value2member_map_:
        return TableKind(told)
    if told:
        fields.fault("kind", "mapping_kind_unknown", kind=printable_name(told))
    return TableKind.IGNORED


def _constants(fields: FieldReader) -> dict[str, str]:
    raw = fields.nested("constants")
    told = {}
    for name, _ in raw.unknown():
        told[str(name)] = raw.text(str(name), limit=1000)
        if name not in BY_PATH[TableKind.ITEMS]:
            raw.fault(printable_name(name), "mapping_target_unknown", target=printable_name(name))
    return {name: value for name, value in told.items() if value}


_KIND_OF_NAME: tuple[tuple[str, TableKind], ...] = (
    ("material", TableKind.MATERIALS), ("材料", TableKind.MATERIALS), ("situation", TableKind.SITUATIONS),
    ("scene", TableKind.SITUATIONS), ("情形", TableKind.SITUATIONS), ("step", TableKind.STEPS),
    ("process", TableKind.STEPS), ("环节", TableKind.STEPS), ("agenc", TableKind.AGENCIES), ("机构", TableKind.AGENCIES),
    ("extend", TableKind.EXTENSIONS), ("扩展", TableKind.EXTENSIONS), ("result", TableKind.RESULTS),
    ("结果", TableKind.RESULTS),
)  # fmt: skip
_ITEM_SIGNS = frozenset({"item_name", "item_code", "task_code", "handling_code"})


def guess_mapping(heads: Sequence[TableHead], *, name: str = "guess") -> ColumnMapping:
    """Guess by table names and headers what each column is; what is not recognised is kept as a further fact."""
    if len(heads) == 1:
        return ColumnMapping(name, {ANY_TABLE: guess_table(heads[0], TableKind.ITEMS)})
    return ColumnMapping(name, {head.name.lower(): guess_table(head, _guessed_kind(head)) for head in heads})


def _guessed_kind(head: TableHead) -> TableKind:
    told = next((kind for sign, kind in _KIND_OF_NAME if sign in head.name.lower()), None)
    if told:
        return told
    guessed = guess_table(head, TableKind.ITEMS)
    is_items = "item_name" in guessed.columns.values() and _ITEM_SIGNS & set(guessed.columns.values())
    return TableKind.ITEMS if is_items else TableKind.IGNORED


def guess_table(head: TableHead, kind: TableKind) -> TableMapping:
    """Guess the columns of a table of the given kind; each field is given once, to the first column that fits."""
    taken: set[str] = set()
    columns: dict[str, str] = {}
    for header in head.headers:
        columns[header] = DROPPED if header in ADDED_COLUMNS else _free_target(header, kind, taken)
        taken.add(columns[header])
    return TableMapping(kind, columns)


def _free_target(header: str, kind: TableKind, taken: set[str]) -> str:
    wanted = folded(header)
    exact = [t.path for t in TARGETS[kind] if wanted in {folded(t.path), folded(t.title)}]
    known = [t.path for t in TARGETS[kind] if wanted in {folded(alias) for alias in t.aliases}]
    return next((path for path in (*exact, *known) if wanted and path not in taken), KEPT)


def edited(mapping: ColumnMapping, table: str, kind: TableKind, columns: Mapping[str, str]) -> ColumnMapping:
    """Return the mapping with one table as a person has set it; a field that the kind does not have is kept."""
    good = {h: path if path in {DROPPED, *BY_PATH[kind]} else KEPT for h, path in columns.items()}
    return replace(mapping, tables={**mapping.tables, table: TableMapping(kind, good)})
