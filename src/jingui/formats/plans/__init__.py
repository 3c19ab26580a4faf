"""Forms about archiving plans: the scope-and-retention table as PDF and workbook, and long tables of any length."""

from __future__ import annotations

from jingui.formats.plans.long_tables import MOST_ROWS, write_csv, write_long_workbook
from jingui.formats.plans.scope_pdf import ScopeForm, ScopeLine, scope_pdf

__all__ = ["MOST_ROWS", "ScopeForm", "ScopeLine", "scope_pdf", "write_csv", "write_long_workbook"]
