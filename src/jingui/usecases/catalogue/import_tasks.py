"""What an import is asked to do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jingui.domain.catalogue.drafts import CatalogueDefaults
from jingui.domain.catalogue.mappings import ColumnMapping, mapping_to_dict
from jingui.domain.catalogue.profiles import OPEN, PROFILES, STRICT
from jingui.domain.records.canonical import canonical_sha256
from jingui.usecases.catalogue.completeness import CompleteScope
from jingui.usecases.catalogue.reports import ReportFile


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What is imported and how.

    ``complete``: the list is declared complete for this scope; ``None``: it is not. ``within``: the agencies of whoever
    imports, whose rows alone are taken; ``None``: every agency's.
    """

    file_name: str
    file_sha256: str
    mapping: ColumnMapping | None = None
    profile: str = ""
    complete: CompleteScope | None = None
    within: tuple[str, ...] | None = None

    def told(self) -> dict[str, Any]:
        """Return the task as JSON values."""
        told = {
            "file": self.file_sha256,
            "mapping": mapping_to_dict(self.mapping) if self.mapping else None,
            "profile": self.profile,
            "complete": self.complete.told() if self.complete else None,
        }
        return told if self.within is None else told | {"within": sorted(self.within)}

    @property
    def identity(self) -> str:
        """The digest by which this import is known: the same file read the same way is the same import."""
        return canonical_sha256(self.told())

    def defaults(self, *, is_known: bool) -> CatalogueDefaults:
        """Return what is assumed: the profile that was chosen, else the mapping's, else strict for forms of ours."""
        of_mapping = self.mapping.profile if self.mapping else OPEN.name
        name = self.profile or (STRICT.name if is_known else of_mapping)
        return CatalogueDefaults(profile=PROFILES[name])


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """What an import does or did: counts by kind, rows by table, tables left out, and where its report lies.

    ``is_mapped``: a column mapping says how the list is read.
    """

    counts: dict[str, int]
    tables: dict[str, int]
    ignored: frozenset[str]
    report: ReportFile
    is_mapped: bool = False

    @property
    def is_balanced(self) -> bool:
        """Whether every row of items that was read is in exactly one of the counts."""
        count = self.counts.get
        placed = sum(count(name, 0) for name in ("added", "changed", "restated", "unchanged", "refused_items"))
        return count("item_rows", 0) == placed

    @property
    def has_anything(self) -> bool:
        """Whether importing changes anything."""
        names = ("added", "changed", "restated", "withdrawn", "agencies_added", "agencies_changed")
        return any(self.counts.get(name) for name in names)
