"""What goes into an import and what comes out: rows as told, what is known, and what is decided of each row."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as attribute
from typing import TYPE_CHECKING, Literal

from jingui.domain.catalogue.drafts import AgencyDraft, ItemDraft, Lifetime

if TYPE_CHECKING:
    from collections.abc import Mapping

Table = Literal["agencies", "items", "materials"]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row as its file tells it: table, row number (as a person sees it), header → cell."""

    table: str
    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row under our names: which table and row number (as a person sees it), and its values.

    ``places`` tells for parts of the values (``plan.materials[0]``) the table and row they came from, if another.
    ``origin`` are the rows of the file that it is made of, for those who want them back.
    """

    table: Table
    number: int
    values: Mapping[str, object]
    places: Mapping[str, tuple[str, int]] = attribute(default_factory=dict)
    origin: tuple[SourceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with a row: where it stands, which field, and what it is."""

    table: str
    row: int
    field: str
    code: str
    params: dict[str, str] = attribute(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowReport:
    """A row that is not taken, or that is taken although something is wrong, with every problem.

    ``key`` is its code as far as it could be read; ``origin`` are the rows of the file that it came from.
    """

    table: str
    row: int
    key: str
    problems: tuple[RowProblem, ...]
    origin: tuple[SourceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownItem:
    """The newest stored version of an item, the digest of what it says (``item_digest``), its lifetime and its agency."""

    version: int
    digest: str
    lifetime: Lifetime = attribute(default_factory=Lifetime)
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Existing:
    """What the catalogue holds: items by code, agencies by credit code, and fonds numbers that are taken."""

    items: Mapping[str, KnownItem] = attribute(default_factory=dict)
    agencies: Mapping[str, AgencyDraft] = attribute(default_factory=dict)
    fonds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do: each row of items is in exactly one of the first five.

    ``changed`` items are new versions; ``restated`` ones say the same but begin, end or are in force otherwise;
    changed agencies replace what was said of them; ``noted`` rows are taken although something is wrong.
    """

    added: tuple[ItemDraft, ...]
    changed: tuple[ItemDraft, ...]
    restated: tuple[ItemDraft, ...]
    unchanged: tuple[str, ...]
    refused: tuple[RowReport, ...]
    noted: tuple[RowReport, ...]
    agencies_added: tuple[AgencyDraft, ...]
    agencies_changed: tuple[AgencyDraft, ...]
    agencies_unchanged: tuple[str, ...]
