"""Commands do not start on tables of another version: half of what they do would fail."""

from __future__ import annotations

from jingui.db.schema import waiting_migrations
from jingui.interfaces.cli.output import Out

_OUTDATED = "数据库表还是旧版本（{count} 项升级未做），没有执行，没有数据变化。请先用原来的版本备份，再运行 jingui init，然后重新启动。"


def refuse_old_tables(out: Out) -> int:
    """Refuse while tables of this version are not made; return the exit code, 0 if they are."""
    count = waiting_migrations()
    return out.refuse("tables_outdated", _OUTDATED.format(count=count)) if count else 0
