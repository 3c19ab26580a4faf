"""What is packed: a case with its codes, its files in archival order, and what was found out about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from jingui.domain.packaging.packages import PackageFile
    from jingui.domain.records.conversions import ConversionFact
    from jingui.domain.records.facts import CaseFact, FileFact, Plan
    from jingui.domain.records.origins import FileOrigin, MadeKind, ThemeRelation


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document that the archive makes for a record: its bytes, what it says, and the file it stands ``beside``.

    ``fact`` describes it as any other file; nobody sent it, so its key is one that no file of the case has.
    ``conversion`` is set for a file converted into another format.
    """

    kind: MadeKind
    fact: FileFact
    data: bytes
    text: str
    beside: str = ""
    conversion: ConversionFact | None = None


@dataclass(frozen=True, slots=True)
class ArrangedFile:
    """A file in its archival place: ``sequence`` from 1 without gaps, ``folder`` and ``stored_name`` in the package.

    ``made`` is set for a document that the archive made itself.
    """

    sequence: int
    folder: str
    stored_name: str
    fact: FileFact
    made: MadeDocument | None = None

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
    the inspection report as it is kept; ``flags`` say what is unusual, such as late material. ``origins`` tell, by file
    key, where a file was called or shared from; ``theme`` is what the case is part of, as known when it was packed.
    ``reporter`` finishes the report, as JSON and as XML, when all that it is about is laid out; without one ``report`` is
    kept as it is. ``evidence`` are the files that prove the checks of signatures, by their place below the folder for it.
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
    origins: Mapping[str, FileOrigin] = field(default_factory=dict)
    theme: ThemeRelation | None = None
    reporter: Callable[[Sequence[PackageFile]], tuple[bytes, bytes]] | None = None
    evidence: Mapping[str, bytes] = field(default_factory=dict)
    system_name: str = "金匮"
    system_version: str = ""
