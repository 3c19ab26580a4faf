"""What is packed: a case with its codes, its files in archival order, and what was found out about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from jingui.domain.records.facts import CaseFact, FileFact, Plan


@dataclass(frozen=True, slots=True)
class ArrangedFile:
    """A file in its archival place: ``sequence`` from 1 without gaps, ``folder`` and ``stored_name`` in the package."""

    sequence: int
    folder: str
    stored_name: str
    fact: FileFact

    @property
    def path(self) -> str:
        """Return where the file lies in the package."""
        return f"{self.folder}/{self.stored_name}"


@dataclass(frozen=True, slots=True)
class FileSignature:
    """An electronic signature found in a file, and what its inspection said (``outcome``: an ``Outcome`` value)."""

    file_key: str
    kind: str
    algorithm: str
    signer: str
    signed_at: datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class ArchivedRecord:
    """One case as it is archived in one version.

    ``base_elements`` are (identifier, Chinese title, value) in the order of the metadata profile; ``report`` is
    the inspection report as it is kept; ``flags`` say what is unusual, such as late material.
    """

    case: CaseFact
    plan: Plan
    archival_code: str
    record_code: str
    version: int
    files: tuple[ArrangedFile, ...]
    base_elements: tuple[tuple[str, str, str], ...]
    report: bytes
    packaged_at: datetime
    inspected_at: datetime | None = None
    flags: tuple[str, ...] = ()
    file_signatures: tuple[FileSignature, ...] = ()
    system_name: str = "金匮"
    system_version: str = ""
