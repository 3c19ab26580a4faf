"""The tables of words, by kind of code: code → (Chinese, English)."""

from __future__ import annotations

TABLES: dict[str, dict[str, tuple[str, str]]] = {"errors": {}, "problems": {}, "findings": {}}
