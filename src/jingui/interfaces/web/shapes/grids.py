"""Rows of the library, with the part of each code that its neighbour shares apart, and names masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jingui.interfaces.web.shapes.masks import applicant_of, masked, masked_title


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row: the case (or file) with what is derived for showing it."""

    row: Any
    title: str
    code_prefix: str
    code_rest: str


def case_rows(cases: Sequence[Any]) -> list[GridRow]:
    """Return the rows of cases; the dimmed prefix of a code is what all codes of its fonds on the page share."""
    prefixes = _prefixes([case.archival_code for case in cases if case.archival_code])
    return [GridRow(case, masked_title(case), *_cut(case.archival_code or "", prefixes)) for case in cases]


def file_rows(files: Sequence[Any]) -> list[GridRow]:
    """Return the rows of files under their cases."""
    prefixes = _prefixes([file.case.archival_code for file in files if file.case.archival_code])
    return [
        GridRow(
            file,
            masked(file.title or file.name, applicant_of(file.case)),
            *_cut(file.case.archival_code or "", prefixes),
        )
        for file in files
    ]


def _prefixes(codes: Sequence[str]) -> dict[str, str]:
    groups: dict[str, set[str]] = {}
    for code in codes:
        groups.setdefault(code.partition("-")[0], set()).add(code)
    found = {}
    for fonds, members in groups.items():
        shared = _shared(min(members), max(members))
        found[fonds] = shared[: shared.rfind("-") + 1]
    return found


def _shared(first: str, last: str) -> str:
    """Return the beginning that two texts share; of the first and last in order, all between share it too."""
    pairs = enumerate(zip(first, last, strict=False))
    return first[: next((at for at, (one, other) in pairs if one != other), min(len(first), len(last)))]


def _cut(code: str, prefixes: dict[str, str]) -> tuple[str, str]:
    prefix = prefixes.get(code.partition("-")[0], "")
    return (prefix, code[len(prefix) :]) if prefix and code.startswith(prefix) else ("", code)
