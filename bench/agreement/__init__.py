"""Agreement with the corpora: per folder, what is expected of every file beside what the product finds.

One module per folder of the corpora. It offers ``FOLDER`` (its name under ``data``), optionally ``TITLE`` (what is compared),
and ``rows(folder, pick)``, which yields a ``Row`` for everything that is expected; ``pick(name)`` says whether a file is
of the sample asked for, so that dear work on the others is spared. Modules of this package are found by themselves: a
folder joins by adding a file. Disagreements are explained in ``explanations/<module>.json``: a list of
``{"file": pattern, "expected": pattern, "found": pattern, "why": text}``, patterns being regular expressions that must
match the whole (absent: anything). The level that the suite keeps stands in ``levels.json``.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

HERE = Path(__file__).resolve().parent
Pick = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One expectation: of which file, what was expected, what was found, and why they differ where they do.

    ``agrees`` is the comparison of the module's own making: a finer finding may agree with a coarser expectation.
    """

    file: str
    expected: str
    found: str
    agrees: bool
    explanation: str = ""


class Corpus(Protocol):
    """What a module of this package offers."""

    FOLDER: str

    def rows(self, folder: Path, pick: Pick) -> Iterable[Row]:
        """Yield what is expected beside what is found."""
        ...


def corpora() -> dict[str, Corpus]:
    """Return the modules of this package by name."""
    names = sorted(found.name for found in pkgutil.iter_modules([str(HERE)]) if not found.name.startswith("_"))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def compare(name: str, corpus: Corpus, data: Path, *, share: int = 1) -> Iterator[Row]:
    """Yield the rows of a corpus, the disagreements with their explanations; ``share``: every n-th file only."""
    reasons = _explanations(name)
    for row in corpus.rows(data / corpus.FOLDER, sampled(share)):
        yield row if row.agrees else replace(row, explanation=row.explanation or _why(row, reasons))


def sampled(share: int) -> Pick:
    """Pick every ``share``-th file by its name alone, so that the choice does not move when files are added."""
    return lambda name: zlib.crc32(name.encode()) % share == 0


def level(name: str) -> float:
    """Return the share of agreeing rows that a corpus must keep, of 1."""
    return float(json.loads((HERE / "levels.json").read_text(encoding="utf-8")).get(name, 1.0))


def _explanations(name: str) -> list[dict[str, str]]:
    path = HERE / "explanations" / f"{name}.json"
    loaded: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    return loaded


def _why(row: Row, reasons: list[dict[str, str]]) -> str:
    for reason in reasons:
        pairs = (
            (reason.get("file"), row.file),
            (reason.get("expected"), row.expected),
            (reason.get("found"), row.found),
        )
        if all(pattern is None or re.fullmatch(pattern, value, re.DOTALL) for pattern, value in pairs):
            return reason["why"]
    return ""
