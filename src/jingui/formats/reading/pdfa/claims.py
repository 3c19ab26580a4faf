"""The claim itself, and what every rule is handed."""

from __future__ import annotations

import mmap
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pikepdf
from lxml import etree

from jingui.formats.reading.pdf_names import name_text
from jingui.formats.reading.pdfa.clauses import FOURTH

Node: TypeAlias = Any
"""An object of a PDF: what it holds may be anything, and is asked before it is used."""

CLAIM = re.compile(r"([1-4])([a-z]?)")
LEVELS = {1: ("a", "b"), 2: ("a", "b", "u"), 3: ("a", "b", "u"), 4: ("", "e", "f")}
MAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Claim:
    """Part of ISO 19005 and level of conformance, in lower case (``""``: none told, as is right in part 4)."""

    part: int
    level: str

    @property
    def is_first(self) -> bool:
        """Whether it is PDF/A-1, which allows far less."""
        return self.part == 1

    @property
    def is_fourth(self) -> bool:
        """Whether it is PDF/A-4, which stands on PDF 2.0 and has clauses of its own."""
        return self.part == 4  # noqa: PLR2004 - as the property says

    @property
    def kind(self) -> str:
        """What tells apart what is allowed: ``1``, ``2`` for parts 2 and 3, ``4``, ``4e`` or ``4f``."""
        if self.is_fourth:
            return f"4{self.level}" if self.level in LEVELS[4] else "4"
        return "1" if self.is_first else "2"


def claim_of(version: str) -> Claim | None:
    """Read a claim such as ``1b`` or ``4f``; ``None`` if there is no such part."""
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

    def fault(self, first: str, later: str, what: str, *, fourth: str | None = None) -> None:
        """Add a fault under the clause of part 1 or of the later parts; an empty clause: no rule of that part.

        The clause of part 4 is the counterpart of that of part 2, unless it is told as ``fourth``.
        """
        clause = first if self.claim.is_first else later
        if self.claim.is_fourth:
            clause = FOURTH.get(later, "") if fourth is None else fourth
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
