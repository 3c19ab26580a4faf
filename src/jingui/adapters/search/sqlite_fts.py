"""The index inside SQLite: an FTS5 table of our own tokens beside a small table of documents.

The FTS table keeps no content (it would triple the size). SQLite 3.40 deletes from such a table only when told the
very tokens that went in, so each document row carries them compressed. Who may see a document is a token of
its row: permission is part of the match. The tokenizer ``ascii`` leaves our tokens alone; ``unicode61`` would drop
characters newer than Unicode 6.1. Newest first is the order of row ids, which FTS5 reads without sorting.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from jingui.adapters.search.hits import MAX_COUNTED, NO_HITS, Connection, Cursor, counted
from jingui.formats.tokens import Phrase, document_tokens, query_phrases, scope_token
from jingui.ports import SearchDocument, SearchHits

_MAKE_DOCUMENTS = (
    "CREATE TABLE IF NOT EXISTS jingui_search_doc ("
    "id INTEGER PRIMARY KEY, record_key TEXT NOT NULL UNIQUE, tokens BLOB NOT NULL)"
)
_MAKE_TOKENS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS jingui_search_fts USING fts5("
    "tokens, content='', tokenize='ascii', columnsize=0, prefix='1')"
)
_FIND = "SELECT id, tokens FROM jingui_search_doc WHERE record_key = %s"
_DROP_TOKENS = "INSERT INTO jingui_search_fts(jingui_search_fts, rowid, tokens) VALUES ('delete', %s, %s)"
_ADD_TOKENS = "INSERT INTO jingui_search_fts(rowid, tokens) VALUES (%s, %s)"
_PUT = (
    "INSERT INTO jingui_search_doc(record_key, tokens) VALUES (%s, %s) "
    "ON CONFLICT (record_key) DO UPDATE SET tokens = excluded.tokens RETURNING id"
)
# CROSS JOIN pins the order: with a plain JOIN the planner may walk the documents and probe the index.
_PAGE = (
    "SELECT d.record_key FROM jingui_search_fts f CROSS JOIN jingui_search_doc d ON d.id = f.rowid "
    "WHERE f.tokens MATCH %s ORDER BY f.rowid DESC LIMIT %s OFFSET %s"
)
_COUNT = "SELECT count(*) FROM (SELECT 1 FROM jingui_search_fts WHERE tokens MATCH %s LIMIT %s)"


class SqliteSearchIndex:
    """Full-text search in Chinese with FTS5. Writes belong into a transaction of the caller."""

    def __init__(self, connection: Connection) -> None:
        """Keep the connection; nothing is asked of it yet."""
        self._connection = connection

    def ensure(self) -> None:
        """Make the tables where they are missing. The index can be thrown away, so no migration knows it."""
        with self._connection.cursor() as cursor:
            for statement in (_MAKE_DOCUMENTS, _MAKE_TOKENS):
                cursor.execute(statement)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace documents, in the caller's transaction. A replaced one keeps its place in the order."""
        with self._connection.cursor() as cursor:
            for document in documents:
                self._put_one(cursor, document)

    def remove(self, record_keys: Iterable[str]) -> None:
        """Remove documents, in the caller's transaction; unknown keys change nothing."""
        with self._connection.cursor() as cursor:
            for record_key in record_keys:
                self._forget(cursor, record_key)
                cursor.execute("DELETE FROM jingui_search_doc WHERE record_key = %s", [record_key])

    def clear(self) -> None:
        """Throw the whole index away, in the caller's transaction."""
        with self._connection.cursor() as cursor:
            cursor.execute("INSERT INTO jingui_search_fts(jingui_search_fts) VALUES ('delete-all')")
            cursor.execute("DELETE FROM jingui_search_doc")

    def optimize(self) -> None:
        """Merge the index into one piece, after a rebuild; queries then take about half the time."""
        with self._connection.cursor() as cursor:
            cursor.execute("INSERT INTO jingui_search_fts(jingui_search_fts) VALUES ('optimize')")

    def query(self, text: str, *, agency_keys: tuple[str, ...] | None, limit: int = 20, offset: int = 0) -> SearchHits:
        """Find what the holder of these agencies may know of (``None``: all), newest first.

        Any text is accepted; one without a searchable character finds nothing.
        """
        match = _match(query_phrases(text), agency_keys)
        if not match:
            return NO_HITS
        with self._connection.cursor() as cursor:
            cursor.execute(_PAGE, [match, max(0, limit), max(0, offset)])
            record_keys = [row[0] for row in cursor.fetchall()]
            cursor.execute(_COUNT, [match, MAX_COUNTED + 1])
            return counted(record_keys=record_keys, count=cursor.fetchone()[0])

    def _put_one(self, cursor: Cursor, document: SearchDocument) -> None:
        words = document_tokens([*document.fields.values(), document.text])
        tokens = " ".join([*words, scope_token(document.agency_key)])
        self._forget(cursor, document.record_key)
        cursor.execute(_PUT, [document.record_key, zlib.compress(tokens.encode("utf-8"), 1)])
        [(row_id,)] = cursor.fetchall()
        cursor.execute(_ADD_TOKENS, [row_id, tokens])

    def _forget(self, cursor: Cursor, record_key: str) -> None:
        cursor.execute(_FIND, [record_key])
        for row_id, tokens in cursor.fetchall():
            cursor.execute(_DROP_TOKENS, [row_id, zlib.decompress(tokens).decode("utf-8")])


def _match(phrases: tuple[Phrase, ...], agency_keys: tuple[str, ...] | None) -> str:
    """Write the FTS5 expression; empty if nothing can be found."""
    if not phrases or agency_keys == ():
        return ""
    parts = [f'"{" ".join(phrase.tokens)}"{" *" if phrase.is_prefix else ""}' for phrase in phrases]
    if agency_keys is not None:
        parts.append("(" + " OR ".join(f'"{scope_token(key)}"' for key in dict.fromkeys(agency_keys)) + ")")
    return " AND ".join(parts)
