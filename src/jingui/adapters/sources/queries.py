"""Statements on a view or query of a source: a page behind a watermark, rows that have none, the bytes of one row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from jingui.domain.metadata.fields import FieldReader

_SQL_LIMIT = 20_000
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_READS = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)
DEFAULT_BATCH = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A view (``view``) or statement (``sql``) with the column that only grows, the key, and the column of bytes if any.

    ``columns`` are all that is read when there is a column of bytes, so that those are not read with every page.
    """

    name: str
    sql: str
    watermark: str
    key: str
    blob: str = ""
    columns: tuple[str, ...] = ()
    overlap: int = 0
    batch: int = DEFAULT_BATCH

    def rows(self) -> sa.TextClause:
        """Return the query as a table to select from."""
        return sa.text(f"({self.sql.replace(':', chr(92) + ':')}) source_rows")

    def unreachable(self) -> sa.Select[Any]:
        """Return the statement that finds a row without watermark or key."""
        has_none = sa.or_(sa.column(self.watermark).is_(None), sa.column(self.key).is_(None))
        return sa.select(sa.literal(1)).select_from(self.rows()).where(has_none).limit(1)

    def blob_size(self, key: object) -> sa.Select[Any]:
        """Return the statement for the size of a row's bytes."""
        return self._of(key, sa.func.length(sa.column(self.blob)))

    def blob_value(self, key: object) -> sa.Select[Any]:
        """Return the statement for a row's bytes."""
        return self._of(key, sa.column(self.blob))

    def _of(self, key: object, wanted: sa.ColumnElement[Any]) -> sa.Select[Any]:
        return sa.select(wanted).select_from(self.rows()).where(sa.column(self.key) == key)


def page(query: Query, mark: tuple[Any, Any] | None) -> sa.Select[Any]:
    """Return the statement of the next page behind a mark (watermark, key); a key of ``None``: from the watermark on."""
    watermark: sa.ColumnElement[Any] = sa.column(query.watermark)
    key: sa.ColumnElement[Any] = sa.column(query.key)
    rows = sa.select(*_columns(query)).select_from(query.rows())
    if mark is None:
        chosen = sa.and_(watermark.is_not(None), key.is_not(None))
    elif mark[1] is None:
        chosen = watermark >= mark[0]
    else:
        chosen = sa.or_(watermark > mark[0], sa.and_(watermark == mark[0], key > mark[1]))
    return rows.where(chosen).order_by(watermark, key).limit(query.batch)


def _columns(query: Query) -> list[Any]:
    if not query.columns:
        return [sa.text("*")]
    names = dict.fromkeys((*query.columns, query.watermark, query.key))
    plain: list[Any] = [sa.column(name) for name in names if name != query.blob]
    is_there = sa.case((sa.column(query.blob).is_not(None), 1), else_=None).label(query.blob)
    return [*plain, is_there] if query.blob else plain


def query_problems(row: FieldReader) -> None:
    """Find every fault of a configured query; they are kept in ``row``."""
    name = row.text("name", limit=40, is_required=True)
    if name and not _NAME.fullmatch(name):
        row.fault("name", "name_malformed")
    view, sql = row.text("view", limit=200), row.text("sql", limit=_SQL_LIMIT, is_multiline=True)
    if bool(view) == bool(sql):
        row.fault("sql", "rule_malformed")
    if sql and (not _READS.match(sql) or ";" in sql):
        row.fault("sql", "statement_not_reading")
    if view and not all(_NAME.fullmatch(part) for part in view.split(".")):
        row.fault("view", "name_malformed")
    row.key("watermark", limit=100)
    row.key("key", limit=100)
    if row.text("blob", limit=100) and not row.texts("columns", limit=100, count=200):
        row.fault("columns", "required")
    row.texts("columns", limit=100, count=200)
    row.whole("overlap", minimum=0, maximum=10**9)
    row.whole("batch", minimum=1, maximum=2000)
    row.refuse_unknown()


def read_query(row: Mapping[str, Any]) -> Query:
    """Return a query of a configuration that has been checked."""
    sql = row.get("sql") or f"SELECT * FROM {row['view']}"
    return Query(
        name=row["name"],
        sql=sql,
        watermark=row["watermark"],
        key=row["key"],
        blob=row.get("blob", ""),
        columns=tuple(row.get("columns", ())),
        overlap=int(row.get("overlap", 0)),
        batch=int(row.get("batch", DEFAULT_BATCH)),
    )
