"""The claim itself, and what every rule is handed."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pikepdf
from lxml import etree

from jingui.formats.reading.pdf_names import name_text

Node: TypeAlias = Any
"""An object of a PDF: what it holds may be anything, and is asked before it is used."""

CLAIM = re.compile(r"([1-3])([a-z]?)")
LEVELS = {1: "ab", 2: "abu", 3: "abu"}
MAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """Part of ISO 19005 and level of conformance, in lower case (``""``: none told)."""

    part: int
    level: str

    @property
    def is_first(self) -> bool:
        """Whether it is PDF/A-1, which allows far less."""
        return self.part == 1


def claim_of(version: str) -> Claim | None:
    """Read a claim such as ``1b``; ``None`` if it is none that is known here: part 4 is not."""
    found = CLAIM.fullmatch(version)
    return Claim(int(found[1]), found[2]) if found else None


@dataclass(slots=True)
class Checked:
    """One PDF under examination, and the faults found: clause and what is wrong, once each."""

    pdf: pikepdf.Pdf
    data: mmap.mmap | bytes
    claim: Claim
    xmp: bytes
    tree: etree._Element | None = None
    faults: list[tuple[str, str]] = field(default_factory=list)
    borrowing: frozenset[tuple[int, int]] = frozenset()

    def fault(self, first: str, later: str, what: str) -> None:
        """Add a fault under the clause of part 1 or of parts 2 and 3; an empty clause: no rule of that part."""
        clause = first if self.claim.is_first else later
        if clause and len(self.faults) < MAX_FAULTS and (clause, what) not in self.faults:
            self.faults.append((clause, what))


def dictionary(value: object) -> Node:
    """Return a dictionary or the dictionary of a stream, nothing else."""
    return value if isinstance(value, pikepdf.Dictionary | pikepdf.Stream) else None


def name_of(value: object) -> str:
    """Return a name without its slash; ``""`` for anything else."""
    return name_text(value)


def names_of(value: object) -> list[str]:
    """Return one name or an array of names as a list."""
    if isinstance(value, pikepdf.Array):
        return [name_of(one) for one in value]
    return [name_of(value)] if isinstance(value, pikepdf.Name) else []


def is_text(name: object) -> bool:
    """Say whether a name is UTF-8 once its escapes are written out."""
    try:
        return isinstance(name, pikepdf.Name) and bool(str(name).encode("utf-8") or True)
    except UnicodeError:
        return False
