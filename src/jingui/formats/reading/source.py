"""What every reader is handed, and what it hands back."""

from __future__ import annotations

import mmap
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from jingui.domain.records.facts import SignatureFact
from jingui.formats.identification import Identification
from jingui.formats.reading.limits import Limits

CONTROL = bytes(set(range(32)) - {9, 10})
NO_CHARACTERS = ("\ufeff", "\ufffe", "\uffff")


@dataclass(frozen=True, slots=True)
class Source:
    """An opened, non-empty file with its edges (4 KiB each) and what it was identified as."""

    path: Path
    name: str
    size: int
    head: bytes
    tail: bytes
    found: Identification
    stream: BinaryIO
    limits: Limits
    archive: zipfile.ZipFile | None = None  # already opened if it is a sound-looking ZIP

    @contextmanager
    def mapped(self) -> Iterator[mmap.mmap]:
        """Map the whole file into memory, read-only; no view of it may outlive the block."""
        with mmap.mmap(self.stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            yield data

    def whole(self) -> bytes:
        """Return all bytes. Raises ValueError above the limit for parsed content."""
        if self.size > self.limits.parsed_bytes:
            message = f"{self.size} bytes are more than the {self.limits.parsed_bytes} that are parsed"
            raise ValueError(message)
        self.stream.seek(0)
        return self.stream.read()


@dataclass(slots=True)
class Outcome:
    """What a reader gathers; ``identification`` replaces the first one where the reader knows better."""

    reader: str
    is_readable: bool | None = None
    page_count: int | None = None
    is_encrypted: bool = False
    identification: Identification | None = None
    text: str = ""
    defects: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    signatures: tuple[SignatureFact, ...] | None = None

    def defect(self, code: str, detail: str = "") -> None:
        """Add a defect once per code and detail."""
        if (code, detail[:200]) not in self.defects:
            self.defects.append((code, detail[:200]))
        self.is_encrypted = self.is_encrypted or code == "encrypted"

    def note(self, code: str, detail: str = "") -> None:
        """Add a note: its code, and after a colon its detail."""
        note = f"{code}: {detail[:200]}" if detail else code
        if note not in self.notes:
            self.notes.append(note)

    def refuse(self, code: str, detail: str = "") -> Outcome:
        """Add the defect that makes the file unreadable, and return itself."""
        self.defect(code, detail)
        self.is_readable = False
        return self

    def has(self, *codes: str) -> bool:
        """Say whether one of these defects was found."""
        return any(code in codes for code, _ in self.defects)


def clean_text(text: str, limit: int) -> str:
    """Cap a text and drop what databases and indexes refuse: control characters, NUL, lone surrogates."""
    plain = text[:limit].replace("\r\n", "\n").replace("\r", "\n")
    for mark in NO_CHARACTERS:
        plain = plain.replace(mark, "")
    # Through UTF-8, since deleting from bytes is ten times as fast and surrogates fall out on the way.
    return plain.encode("utf-8", "ignore").translate(None, CONTROL).decode("utf-8")
