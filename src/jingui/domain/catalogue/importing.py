"""Decides what a whole catalogue changes: added, changed, unchanged, refused. No row is silently taken or dropped."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.catalogue.drafts import (
    ALLOTTED,
    AgencyDraft,
    CatalogueDefaults,
    ItemDraft,
    ItemState,
    Lifetime,
    agency_digest,
    item_digest,
    with_version,
)
from jingui.domain.catalogue.import_facts import (
    Existing,
    ImportPlan,
    KnownItem,
    RawRow,
    RowProblem,
    RowReport,
    SourceRow,
)
from jingui.domain.catalogue.rows import check_agency_row, check_item_row
from jingui.domain.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

__all__ = [
    "IMPORT_PROBLEM_CODES",
    "Existing",
    "ImportPlan",
    "KnownItem",
    "RawRow",
    "RowProblem",
    "RowReport",
    "SourceRow",
    "plan_import",
]

IMPORT_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "agency_unknown": ("agency",),
    "row_twice": ("first_row",),
    "version_not_increased": ("version",),
    "version_older": ("version", "known_version"),
    "fonds_exhausted": (),
    "material_of_unknown_item": ("item_code",),
    "agency_named_differently": ("name",),
    "agency_out_of_reach": ("agency",),
}
"""Codes of problems between rows, beside those of single rows."""


class _Import:
    """The state of one import while its rows are placed in order."""

    def __init__(self, existing: Existing, defaults: CatalogueDefaults, within: Collection[str] | None) -> None:
        self.defaults = defaults
        self.within = within
        self.items = dict(existing.items)
        self.agencies = dict(existing.agencies)
        self.rows_of: dict[tuple[str, str], int] = {}
        self.refused: list[RowReport] = []
        self.noted: list[RowReport] = []
        self.items_by: dict[str, list[ItemDraft]] = {"added": [], "changed": [], "restated": [], "unchanged": []}
        self.agencies_by: dict[str, list[AgencyDraft]] = {"added": [], "changed": [], "unchanged": []}
        self.fonds = _free_fonds(defaults.fonds_prefixes, set())

    def refuse(self, row: RawRow, key: str, problems: Iterable[Problem]) -> None:
        """Keep a refused row; problems of its parts keep the row they came from."""
        self.refused.append(_report(row, key, problems))

    def note(self, row: RawRow, key: str, problems: Iterable[Problem]) -> None:
        """Keep what is wrong with a row that is taken."""
        if told := list(problems):
            self.noted.append(_report(row, key, told))

    def is_repeated(self, row: RawRow, key: str) -> bool:
        """Refuse a row whose key stood in an earlier row of the same table."""
        first = self.rows_of.setdefault((row.table, key), row.number)
        if first == row.number:
            return False
        self.refuse(row, key, [Problem("", "row_twice", {"first_row": str(first)})])
        return True

    def take_agency(self, row: RawRow, draft: AgencyDraft | None, problems: tuple[Problem, ...]) -> None:
        """Place one agency row."""
        if draft is None:
            self.refuse(row, _key(row, "code"), problems)
        elif not self.is_repeated(row, draft.code) and self.place_agency(row, draft):
            self.note(row, draft.code, problems)

    def reaches(self, row: RawRow, key: str, agency: str, place: str = "agency") -> bool:
        """Refuse a change to what belongs to an agency that whoever imports may not change."""
        if self.within is None or agency in self.within:
            return True
        self.refuse(row, key, [Problem(place, "agency_out_of_reach", {"agency": agency})])
        return False

    def place_agency(self, row: RawRow, draft: AgencyDraft) -> bool:
        """Compare an agency with the known one; a missing fonds number is kept or allotted."""
        known = self.agencies.get(draft.code)
        if known is None and not self.reaches(row, draft.code, draft.code, "code"):
            return False
        if not draft.fonds:
            fonds = known.fonds if known else next(self.fonds, "")
            if not fonds:
                self.refuse(row, draft.code, [Problem("fonds", "fonds_exhausted")])
                return False
            draft = replace(draft, fonds=fonds, is_provisional=known.is_provisional if known else True)
        is_same = known is not None and agency_digest(known) == agency_digest(draft)
        if not is_same and not self.reaches(row, draft.code, draft.code, "code"):
            return False
        self.agencies_by["unchanged" if is_same else "changed" if known else "added"].append(draft)
        self.agencies[draft.code] = draft
        return True

    def take_item(self, row: RawRow, draft: ItemDraft | None, problems: tuple[Problem, ...]) -> None:
        """Place one item row."""
        if draft is None:
            refusing = [problem for problem in problems if self.defaults.profile.refuses(problem.code)]
            allotted = [p.params["allotted"] for p in problems if p.code == "item_code_allotted"]
            told = (_key(row, name) for name in ("item_code", "handling_code", "task_code"))
            self.refuse(row, next((code for code in (*told, *allotted) if code), ""), refusing)
        elif self.is_repeated(row, f"{draft.item_code} {draft.item_version}"):
            return
        elif self.knows_agency(row, draft) and self.place_item(row, draft):
            self.note(row, draft.item_code, (*problems, *self.naming(draft)))

    def reaches_item(self, row: RawRow, draft: ItemDraft) -> bool:
        """Refuse an item of another agency, and one that another agency holds already under its code."""
        known, code = self.items.get(draft.item_code), draft.item_code
        holder = known.agency if known and known.agency else draft.agency
        return self.reaches(row, code, draft.agency) and self.reaches(row, code, holder)

    def knows_agency(self, row: RawRow, draft: ItemDraft) -> bool:
        """Say whether the agency of an item is known; one that the row itself names is entered."""
        if draft.agency in self.agencies:
            return True
        if not self.reaches(row, draft.item_code, draft.agency):
            return False
        hint = draft.agency_hint
        if not hint.name:
            self.refuse(row, draft.item_code, [Problem("agency", "agency_unknown", {"agency": draft.agency})])
            return False
        values = {"code": draft.agency, "name": hint.name, "region_code": hint.region_code or draft.agency[2:8]}
        agency, problems = check_agency_row(values, defaults=self.defaults)
        if agency is None:
            told = [Problem(_AGENCY_FIELDS.get(p.location, p.location), p.code, p.params) for p in problems]
            self.refuse(row, draft.item_code, told)
            return False
        return self.place_agency(row, agency)

    def naming(self, draft: ItemDraft) -> list[Problem]:
        """Tell where an item calls its agency otherwise than the catalogue does."""
        agency, told = self.agencies[draft.agency], draft.agency_hint.name
        is_same = told in {"", agency.name, agency.short_name}
        return [] if is_same else [Problem("agency_name", "agency_named_differently", {"name": agency.name})]

    def place_item(self, row: RawRow, draft: ItemDraft) -> bool:
        """Compare an item with its newest known version: what a version says never changes."""
        known = self.items.get(draft.item_code)
        draft = _allot(draft, known) if draft.item_version == ALLOTTED else draft
        draft = draft if draft.digest else replace(draft, digest=item_digest(draft))
        if known is None or draft.item_version > known.version:
            if not self.reaches_item(row, draft):
                return False
            self.items_by["changed" if known else "added"].append(draft)
            self.items[draft.item_code] = KnownItem(draft.item_version, draft.digest, draft.lifetime, draft.agency)
            return True
        problem = _conflict(draft, known)
        if problem:
            self.refuse(row, draft.item_code, [problem])
            return False
        return self.place_again(row, draft, known)

    def place_again(self, row: RawRow, draft: ItemDraft, known: KnownItem) -> bool:
        """Place an item that says what its newest version says; its lifetime may be another one."""
        lifetime = _lifetime_after(known.lifetime, draft.lifetime)
        is_same = lifetime == known.lifetime
        if not is_same and not self.reaches_item(row, draft):
            return False
        self.items_by["unchanged" if is_same else "restated"].append(replace(draft, lifetime=lifetime))
        self.items[draft.item_code] = replace(known, lifetime=lifetime)
        return True

    def take_orphan(self, row: RawRow) -> None:
        """Refuse a material row whose item stands nowhere."""
        code = _key(row, "item_code")
        self.refuse(row, code, [Problem("item_code", "material_of_unknown_item", {"item_code": code})])


# What an item row calls the fields of an agency.
_AGENCY_FIELDS = {"code": "agency", "name": "agency_name", "region_code": "agency_region"}


def _allot(draft: ItemDraft, known: KnownItem | None) -> ItemDraft:
    if known is None:
        return with_version(draft, 1)
    same = with_version(draft, known.version)
    digest = item_digest(same)
    return replace(same, digest=digest) if digest == known.digest else with_version(draft, known.version + 1)


def _conflict(draft: ItemDraft, known: KnownItem) -> Problem | None:
    if draft.item_version < known.version:
        versions = {"version": str(draft.item_version), "known_version": str(known.version)}
        return Problem("item_version", "version_older", versions)
    if draft.digest != known.digest:
        return Problem("item_version", "version_not_increased", {"version": str(known.version)})
    return None


def _lifetime_after(known: Lifetime, told: Lifetime) -> Lifetime:
    is_back = known.state is ItemState.WITHDRAWN and told.state is ItemState.IN_FORCE
    return Lifetime(told.state, told.begins or known.begins, told.ends or (None if is_back else known.ends))


def _report(row: RawRow, key: str, problems: Iterable[Problem]) -> RowReport:
    return RowReport(row.table, row.number, key, tuple(_row_problem(row, problem) for problem in problems), row.origin)


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
    rows: Iterable[RawRow],
    *,
    existing: Existing | Callable[[Collection[str], Collection[str]], Existing] | None = None,
    defaults: CatalogueDefaults | None = None,
    within: Collection[str] | None = None,
) -> ImportPlan:
    """Read all rows, agencies first, and decide about each: every row is in exactly one list of the plan.

    ``existing`` is what the catalogue holds, or a function that tells it of the items and agencies of these codes.
    Rows of agencies that are not ``within`` are refused (``None``: none is).
    """
    chosen, everything = defaults or CatalogueDefaults(), list(rows)
    agencies = [(r, *check_agency_row(r.values, defaults=chosen)) for r in everything if r.table == "agencies"]
    items = [(r, *check_item_row(r.values, defaults=chosen)) for r in everything if r.table == "items"]
    if callable(existing):
        named = {draft.code for _, draft, _ in agencies if draft} | {draft.agency for _, draft, _ in items if draft}
        existing = existing({draft.item_code for _, draft, _ in items if draft}, named)
    known = existing or Existing()
    work = _Import(known, chosen, within)
    taken = {agency.fonds for agency in known.agencies.values()} | known.fonds | _named_fonds(everything)
    work.fonds = _free_fonds(chosen.fonds_prefixes, taken)
    for row, agency, problems in agencies:
        work.take_agency(row, agency, problems)
    for row, item, problems in items:
        work.take_item(row, item, problems)
    for row in everything:
        if row.table == "materials":
            work.take_orphan(row)
    return _result(work)


def _result(work: _Import) -> ImportPlan:
    return ImportPlan(
        added=tuple(work.items_by["added"]),
        changed=tuple(work.items_by["changed"]),
        restated=tuple(work.items_by["restated"]),
        unchanged=tuple(item.item_code for item in work.items_by["unchanged"]),
        refused=tuple(work.refused),
        noted=tuple(work.noted),
        agencies_added=tuple(work.agencies_by["added"]),
        agencies_changed=tuple(work.agencies_by["changed"]),
        agencies_unchanged=tuple(agency.code for agency in work.agencies_by["unchanged"]),
    )
