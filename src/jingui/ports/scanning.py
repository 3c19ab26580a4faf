"""Scans of paper and the text that is read from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jingui.domain.capture.pages import PageFacts, PagePart, RecognisedText
from jingui.formats.scanning.placing import Placement
from jingui.ports.octets import Octets


class TextRecogniser(Protocol):
    """Reads the text of a page image (OCR)."""

    @property
    def engine(self) -> str:
        """Name of the engine, kept with every result; ``none`` where there is none."""
        ...

    @property
    def version(self) -> str:
        """Version of engine and models."""
        ...

    @property
    def is_available(self) -> bool:
        """Whether this installation can recognise at all; an optional set of packages."""
        ...

    def recognise(self, image: bytes, *, part: PagePart) -> RecognisedText:
        """Read a JPEG or PNG. Raises PermanentFailure (``recogniser_missing`` or what the image is at fault for)."""
        ...


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """One page of a scan: what was measured, and the upright picture of it, JPEG, made for eyes and recogniser."""

    facts: PageFacts
    upright: Octets


class ScanDesk(Protocol):
    """Opens scans (TIFF, JPEG, PNG, PDF) safely, outside the service's own process, a page at a time."""

    def count_pages(self, path: Path) -> int:
        """Count the pages. Raises Invalid for what is no scan, is broken or asks for too much."""
        ...

    def pages(self, path: Path) -> Iterator[PreparedPage]:
        """Measure and prepare one page after another, one in memory. Raises Invalid."""
        ...

    def page(self, path: Path, number: int) -> PreparedPage:
        """Measure and prepare one page (from 0). Raises Invalid."""
        ...

    def assemble(self, pages: Iterable[Placement], *, title: str) -> bytes:
        """Put pages of scans into one PDF without encoding any picture anew. Raises Invalid."""
        ...
