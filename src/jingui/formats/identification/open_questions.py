"""What the own rules leave open, so that PRONOM is asked, and whose answer counts then."""

from __future__ import annotations

import re
from collections.abc import Container

from jingui.formats.identification.extensions import GENERIC, claims_plainly
from jingui.formats.identification.names import Identification

# Families of which PRONOM tells members apart that the own rules do not.
FAMILIES = GENERIC | {"tiff", "wav", "mp3", "mp4", "ole2", "doc", "xls", "ppt", "rtf", "bmp", "eml", "jp2"}
# Keys of ISO 15930 (PDF/X), ISO 24517 (PDF/E) and ISO 32000 (collections).
MARK = re.compile(rb"GTS_PDFX|PDFEVersion|/Collection\b")
UNKNOWN_TO_PRONOM = frozenset(("ofd", "uof", "cms"))
# Told here by two bytes only: what PRONOM finds by more counts for the whole file.
WEAK = frozenset(("mp3",))


def is_left_open(name: str, found: Identification) -> bool:
    """Say whether PRONOM is to be asked: an unknown or generic kind, a family, or a name that says something else."""
    if found.format_name in UNKNOWN_TO_PRONOM:
        return False
    is_finer_there = found.format_name in FAMILIES - {"text", "xml", "json"}
    return is_finer_there or not found.pronom_id or not is_left_plain(name, found)


def is_marked(found: Identification, *edges: bytes) -> bool:
    """Say whether a PDF bears in plain sight the mark of a kind that PRONOM tells apart: PDF/X, PDF/E, a portfolio."""
    return found.format_name == "pdf" and any(MARK.search(edge) for edge in edges)


def is_left_plain(name: str, found: Identification) -> bool:
    """Say whether the name plainly claims what was found."""
    return claims_plainly(name, found.format_name)


def is_family(found: Identification) -> bool:
    """Say whether the own rules know only the family."""
    return found.format_name in FAMILIES or not found.pronom_id


def is_coarser(told: Identification, found: Identification) -> bool:
    """Say whether PRONOM saw only the container or the text in which the own rules recognised more."""
    return told.format_name in GENERIC and found.format_name not in GENERIC


def replaces(told: Identification, found: Identification, *, known: Container[str]) -> bool:
    """Say whether the answer of PRONOM counts instead: of the unknown, the generic that it knows better, and the weak."""
    if not found.format_name:
        return True
    is_same = told.format_name == found.format_name and not told.version
    is_better = told.format_name in known and not is_same and not is_coarser(told, found)
    return (found.format_name in GENERIC and is_better) or (
        found.format_name in WEAK and told.format_name != found.format_name
    )
