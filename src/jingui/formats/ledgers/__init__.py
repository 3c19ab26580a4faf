"""Ledgers of cases as sources write them: a small JSON document, JSON lines, or a table (CSV)."""

from __future__ import annotations

from jingui.formats.ledgers.reading import MAX_DOCUMENT_BYTES, MAX_LINE_BYTES, LedgerRow, read_rows

__all__ = ["MAX_DOCUMENT_BYTES", "MAX_LINE_BYTES", "LedgerRow", "read_rows"]
