"""Nobody writes while a cursor of the same connection stays open; see ``db.queries.paging`` for what would happen."""

from __future__ import annotations

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "jingui"

ONLY_READ = {
    "db/queries/documents.py": "texts of one case",
    "db/queries/format_migrations.py": "counts comparisons",
    "db/queries/items.py": "codes are put on disk before anything is written",
    "db/queries/plan_layers.py": "fills a shelf in memory",
    "interfaces/cli/plans.py": "an exported table",
    "interfaces/web/views/coverage.py": "a downloaded table",
    "interfaces/web/views/levels.py": "a downloaded table",
    "usecases/audit/checkpoints.py": "verification writes nothing",
    "usecases/audit/journal_check.py": "verification writes nothing",
    "usecases/audit/object_check.py": "verification writes nothing",
    "usecases/audit/reading.py": "verification writes nothing",
    "usecases/audit/row_check.py": "verification writes nothing",
    "usecases/catalogue/plan_proof.py": "adds findings to a report in memory",
    "usecases/inspection/tallies.py": "within one transaction, which has the turn to write from its beginning",
    "usecases/preservation/inventory_digests.py": "digests what it reads",
    "usecases/supervision/loading.py": "compares lines",
    "usecases/supervision/sheets.py": "an exported table",
}
"""Modules that read from an open cursor, and why nothing is written meanwhile. Everybody else reads in pages."""


def _has_iterator(path: Path) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "iterator"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


def test_only_readers_leave_a_cursor_open() -> None:
    found = {path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if _has_iterator(path)}
    assert found == set(ONLY_READ)
