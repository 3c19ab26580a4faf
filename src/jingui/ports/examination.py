"""What opens, scans, verifies and draws untrusted files, outside the service's own process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from jingui.domain.records.facts import MalwareResult, Reading
from jingui.domain.records.signatures import CertificateFact, Verification
from jingui.formats.signatures.trust import TrustEntry


class Examiner(Protocol):
    """Opens files safely, outside the service's own process, and says what they are."""

    def examine(
        self, files: Iterable[tuple[Path, str]], *, is_pronom_asked_for_all: bool = False
    ) -> Iterator[tuple[Reading, str]]:
        """For each (path, claimed name): a reading and the text of a born-digital file (``""`` if none).

        PRONOM is asked about what own rules leave open, or about every file as the format policy may want.

        Never raises for a bad file: a crash, a time-out or too much memory of a decoder is a defect.
        """
        ...


class MalwareScanner(Protocol):
    """Looks through files for malware, outside the service's own process."""

    @property
    def is_configured(self) -> bool:
        """Whether this installation has a scanner at all."""
        ...

    def version(self) -> str:
        """Return engine and definitions with their versions; ``""`` if it does not answer now."""
        ...

    def scan(self, path: Path) -> MalwareResult:
        """Look through a file. Never raises: what was not looked through is a problem of the result, never clean."""
        ...


@dataclass(frozen=True, slots=True)
class Signs:
    """What a detached signature signs: where that file is and what it is called. ``None``: nobody knows."""

    path: Path | None = None
    name: str = ""


class SignatureDesk(Protocol):
    """Checks signatures and reads certificates safely, outside the service's own process."""

    def check(
        self, path: Path, *, name: str, trusted: Sequence[TrustEntry], at: datetime, signs: Signs | None = None
    ) -> Verification:
        """Check the signatures in a file, or with ``signs`` a detached signature over another one; ``at`` is now.

        A bad signature is a verdict. Raises PermanentFailure if the file cannot be opened or broke the process.
        """
        ...

    def certificates(self, data: bytes) -> tuple[CertificateFact, ...]:
        """Read certificates in DER or PEM. Raises Invalid (``certificate_unreadable``)."""
        ...


class PageRenderer(Protocol):
    """Makes page images for the viewer."""

    def render(self, path: Path, format_name: str, *, page: int, width: int) -> bytes:
        """Return a PNG of a page (from 0), ``width`` pixels wide. Raises PermanentFailure if it cannot."""
        ...
