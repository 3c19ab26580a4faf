"""Catalogue files (事项清单): our own JSON, published lists, and Excel workbooks, all read into raw rows."""

from __future__ import annotations

from jingui.formats.catalogues.excel import read_excel_catalogue
from jingui.formats.catalogues.json_lists import CATALOGUE_FORMAT, read_json_catalogue
from jingui.formats.catalogues.reading import CATALOGUE_FILE_PROBLEM_CODES, read_catalogue
from jingui.formats.catalogues.template import write_template
from jingui.formats.catalogues.workbooks import write_workbook

__all__ = [
    "CATALOGUE_FILE_PROBLEM_CODES",
    "CATALOGUE_FORMAT",
    "read_catalogue",
    "read_excel_catalogue",
    "read_json_catalogue",
    "write_template",
    "write_workbook",
]
