"""Decides what a whole catalogue changes: added, changed, unchanged, refused. No row is silently taken or dropped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from jingui.domain.catalogue.drafts import AgencyDraft, CatalogueDefaults, ItemDraft, agency_digest, item_digest
from jingui.domain.catalogue.rows import check_agency_row, check_item_row
from jingui.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

IMPORT_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "agency_unknown": ("agency",),
    "row_twice": ("first_row",),
    "version_not_increased": ("version",),
    "version_older": ("version", "known_version"),
    "fonds_exhausted": (),
    "material_of_unknown_item": ("item_code",),
}
"""Codes of problems between rows, beside those of single rows."""

Table = Literal["agencies", "items", "materials"]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as read: which table and row number (as a person sees it), and its values under our names.

    ``places`` tells for parts of the values (``plan.materials[0]``) the table and row they came from, if another.
    """

    table: Table
    number: int
    values: Mapping[str, object]
    places: Mapping[str, tuple[Table, int]] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One reason why a row is refused: where it stands, which field, and what is wrong."""

    table: Table
    row: int
    field: str
    code: str
    params: dict[str, str] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken, with every reason; ``key`` is its code as far as it could be read."""

    table: Table
    row: int
    key: str
    problems: tuple[RowProblem, ...]


@dataclass(frozen=True, slots=True)
class KnownItem:
    """The newest stored version of an item and the digest of what it says (``item_digest``)."""

    version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Existing:
    """What the catalogue holds: items by code, agencies by credit code."""

    items: Mapping[str, KnownItem] = attribute(default_factory=dict)
    agencies: Mapping[str, AgencyDraft] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do. ``changed`` items are new versions; changed agencies replace what was said of them."""

    added: tuple[ItemDraft, ...]
    changed: tuple[ItemDraft, ...]
    unchanged: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    agencies_added: tuple[AgencyDraft, ...]
    agencies_changed: tuple[AgencyDraft, ...]
    agencies_unchanged: tuple[str, ...]


class _Import:
    """The state of one import while its rows are read in order."""

    def __init__(self, existing: Existing, defaults: CatalogueDefaults) -> None:
        self.defaults = defaults
        self.items = dict(existing.items)
        self.agencies = dict(existing.agencies)
        self.rows_of: dict[tuple[str, str], int] = {}
        self.refused: list[RefusedRow] = []
        self.items_by: dict[str, list[ItemDraft]] = {"added": [], "changed": [], "unchanged": []}
        self.agencies_by: dict[str, list[AgencyDraft]] = {"added": [], "changed": [], "unchanged": []}
        self.fonds = _free_fonds(defaults.fonds_prefixes, set())

    def refuse(self, row: RawRow, key: str, problems: Iterable[Problem]) -> None:
        """Keep a refused row; problems of its parts keep the row they came from."""
        found = tuple(_row_problem(row, problem) for problem in problems)
        self.refused.append(RefusedRow(row.table, row.number, key, found))

    def is_repeated(self, row: RawRow, key: str) -> bool:
        """Refuse a row whose key stood in an earlier row of the same table."""
        first = self.rows_of.setdefault((row.table, key), row.number)
        if first == row.number:
            return False
        self.refuse(row, key, [Problem("", "row_twice", {"first_row": str(first)})])
        return True

    def take_agency(self, row: RawRow) -> None:
        """Place one agency row."""
        draft, problems = check_agency_row(row.values)
        if draft is None:
            self.refuse(row, _key(row, "code"), problems)
        elif not self.is_repeated(row, draft.code):
            self.place_agency(row, draft)

    def place_agency(self, row: RawRow, draft: AgencyDraft) -> None:
        """Compare an agency with the known one; a missing fonds number is kept or allotted."""
        known = self.agencies.get(draft.code)
        if not draft.fonds:
            fonds = known.fonds if known else next(self.fonds, "")
            if not fonds:
                self.refuse(row, draft.code, [Problem("fonds", "fonds_exhausted")])
                return
            draft = replace(draft, fonds=fonds, is_provisional=known.is_provisional if known else True)
        is_same = known is not None and agency_digest(known) == agency_digest(draft)
        self.agencies_by["unchanged" if is_same else "changed" if known else "added"].append(draft)
        self.agencies[draft.code] = draft

    def take_item(self, row: RawRow) -> None:
        """Place one item row."""
        draft, problems = check_item_row(row.values, defaults=self.defaults)
        if draft is None:
            self.refuse(row, _key(row, "item_code"), problems)
        elif draft.agency not in self.agencies:
            self.refuse(row, draft.item_code, [Problem("agency", "agency_unknown", {"agency": draft.agency})])
        elif not self.is_repeated(row, f"{draft.item_code} {draft.item_version}"):
            self.place_item(row, draft)

    def place_item(self, row: RawRow, draft: ItemDraft) -> None:
        """Compare an item with its newest known version: what a version says never changes."""
        known, digest = self.items.get(draft.item_code), item_digest(draft)
        if known is None or draft.item_version > known.version:
            self.items_by["changed" if known else "added"].append(draft)
            self.items[draft.item_code] = KnownItem(draft.item_version, digest)
        elif draft.item_version < known.version:
            versions = {"version": str(draft.item_version), "known_version": str(known.version)}
            self.refuse(row, draft.item_code, [Problem("item_version", "version_older", versions)])
        elif digest != known.digest:
            version = {"version": str(known.version)}
            self.refuse(row, draft.item_code, [Problem("item_version", "version_not_increased", version)])
        else:
            self.items_by["unchanged"].append(draft)

    def take_orphan(self, row: RawRow) -> None:
        """Refuse a material row whose item stands nowhere."""
        code = _key(row, "item_code")
        self.refuse(row, code, [Problem("item_code", "material_of_unknown_item", {"item_code": code})])


def _row_problem(row: RawRow, problem: Problem) -> RowProblem:
    for place, (table, number) in row.places.items():
        if problem.location == place or problem.location.startswith(f"{place}."):
            rest = problem.location.removeprefix(place).lstrip(".")
            return RowProblem(table, number, rest, problem.code, problem.params)
    return RowProblem(row.table, row.number, problem.location, problem.code, problem.params)


def _key(row: RawRow, name: str) -> str:
    value = row.values.get(name)
    return value[:64] if isinstance(value, str) and value.isprintable() else ""


def _free_fonds(prefixes: str, taken: set[str]) -> Iterator[str]:
    for prefix in prefixes:
        for number in range(1, 1000):
            if f"{prefix}{number:03}" not in taken:
                yield f"{prefix}{number:03}"


def _named_fonds(rows: Iterable[RawRow]) -> set[str]:
    return {str(row.values.get("fonds")) for row in rows if row.table == "agencies"}


def plan_import(
    rows: Iterable[RawRow], *, existing: Existing | None = None, defaults: CatalogueDefaults | None = None
) -> ImportPlan:
    """Read all rows, agencies first, and decide about each: every row is in exactly one list of the plan."""
    known, everything = existing or Existing(), list(rows)
    work = _Import(known, defaults or CatalogueDefaults())
    taken = {agency.fonds for agency in known.agencies.values()} | _named_fonds(everything)
    work.fonds = _free_fonds(work.defaults.fonds_prefixes, taken)
    steps = {"agencies": work.take_agency, "items": work.take_item, "materials": work.take_orphan}
    for table, take in steps.items():
        for row in everything:
            if row.table == table:
                take(row)
    return ImportPlan(
        added=tuple(work.items_by["added"]),
        changed=tuple(work.items_by["changed"]),
        unchanged=tuple(item.item_code for item in work.items_by["unchanged"]),
        refused=tuple(work.refused),
        agencies_added=tuple(work.agencies_by["added"]),
        agencies_changed=tuple(work.agencies_by["changed"]),
        agencies_unchanged=tuple(agency.code for agency in work.agencies_by["unchanged"]),
    )
