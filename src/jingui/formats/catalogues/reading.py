"""Picks the reader of a catalogue file by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.errors import Invalid, Problem
from jingui.formats.catalogues.excel import EXCEL_PROBLEM_CODES, read_excel_catalogue
from jingui.formats.catalogues.json_lists import JSON_PROBLEM_CODES, read_json_catalogue

if TYPE_CHECKING:
    from jingui.domain.catalogue import RawRow

CATALOGUE_FILE_PROBLEM_CODES: dict[str, tuple[str, ...]] = (
    {"catalogue_file_too_large": ("limit",)} | JSON_PROBLEM_CODES | EXCEL_PROBLEM_CODES
)
"""Codes of problems with whole catalogue files, with the names of what their wording needs."""

FILE_LIMIT = 64 * 1024 * 1024
_EXCEL_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def read_catalogue(data: bytes) -> tuple[RawRow, ...]:
    """Read a catalogue file of any form that we know.

    Raises:
        Invalid: the file as a whole cannot be read; problems of single rows come later, from ``plan_import``.
    """
    if len(data) > FILE_LIMIT:
        raise Invalid((Problem("", "catalogue_file_too_large", {"limit": str(FILE_LIMIT)}),))
    return read_excel_catalogue(data) if data.startswith(_EXCEL_HEADS) else read_json_catalogue(data)
