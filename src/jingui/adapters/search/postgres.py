"""The index inside PostgreSQL: token vectors with positions, one or more parts for each document, under GIN.

PostgreSQL keeps positions up to 16,383 and 255 of one lexeme, so a long text is cut into parts that overlap by the
longest phrase a query can ask for: nothing is lost at a cut. Who may see a document is a lexeme of each part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from jingui.adapters.search.hits import MAX_COUNTED, NO_HITS, Connection, Cursor, counted
from jingui.formats.tokens import MAX_PHRASE_TOKENS, Phrase, document_tokens, query_phrases, scope_token
from jingui.ports import SearchDocument, SearchHits

MAX_POSITION = 12_000
MAX_REPEATS = 250

_MAKE_DOCUMENTS = (
    "CREATE TABLE IF NOT EXISTS jingui_search_doc ("
    "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, record_key text NOT NULL UNIQUE)"
)
_MAKE_PARTS = (
    "CREATE TABLE IF NOT EXISTS jingui_search_part ("
    "doc_id bigint NOT NULL REFERENCES jingui_search_doc ON DELETE CASCADE, part integer NOT NULL, "
    "tokens tsvector NOT NULL, PRIMARY KEY (doc_id, part))"
)
_MAKE_INDEX = "CREATE INDEX IF NOT EXISTS jingui_search_part_tokens ON jingui_search_part USING gin (tokens)"
# The no-change update gives the id of a row that is there already, and makes two writers of one record take turns.
_PUT = (
    "INSERT INTO jingui_search_doc(record_key) VALUES (%s) "
    "ON CONFLICT (record_key) DO UPDATE SET record_key = excluded.record_key RETURNING id"
)
_ADD_PART = "INSERT INTO jingui_search_part(doc_id, part, tokens) VALUES (%s, %s, %s::tsvector)"
_HIT = "SELECT doc_id FROM jingui_search_part WHERE tokens @@ %s::tsquery"
# MATERIALIZED: the planner would otherwise walk all documents from the newest, hoping for an early match; and the
# page and the count share one scan.
_ANSWER = (
    "WITH hit AS MATERIALIZED ({hits}), "
    "page AS (SELECT doc_id FROM hit ORDER BY doc_id DESC LIMIT %s OFFSET %s), "
    "total AS (SELECT count(*) AS count FROM (SELECT 1 FROM hit LIMIT %s) AS counted) "
    "SELECT total.count, d.record_key FROM total "
    "LEFT JOIN (page JOIN jingui_search_doc d ON d.id = page.doc_id) ON true ORDER BY d.id DESC"
)


class PostgresSearchIndex:
    """Full-text search in Chinese with tsvector. Writes belong into a transaction of the caller."""

    def __init__(self, connection: Connection) -> None:
        """Keep the connection; nothing is asked of it yet."""
        self._connection = connection

    def ensure(self) -> None:
        """Make the tables where they are missing. The index can be thrown away, so no migration knows it."""
        with self._connection.cursor() as cursor:
            for statement in (_MAKE_DOCUMENTS, _MAKE_PARTS, _MAKE_INDEX):
                cursor.execute(statement)

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace documents, in the caller's transaction. A replaced one keeps its place in the order."""
        with self._connection.cursor() as cursor:
            for document in documents:
                self._put_one(cursor, document)

    def remove(self, record_keys: Iterable[str]) -> None:
        """Remove documents, in the caller's transaction; unknown keys change nothing."""
        with self._connection.cursor() as cursor:
            cursor.execute("DELETE FROM jingui_search_doc WHERE record_key = ANY(%s)", [list(record_keys)])

    def clear(self) -> None:
        """Throw the whole index away, in the caller's transaction."""
        with self._connection.cursor() as cursor:
            cursor.execute("TRUNCATE jingui_search_part, jingui_search_doc")

    def optimize(self) -> None:
        """Work off the list of new entries, after a rebuild, instead of waiting for the next vacuum."""
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('jingui_search_part_tokens'::regclass)")

    def query(self, text: str, *, agency_keys: tuple[str, ...] | None, limit: int = 20, offset: int = 0) -> SearchHits:
        """Find what the holder of these agencies may know of (``None``: all), newest first.

        Any text is accepted; one without a searchable character finds nothing.
        """
        phrases = query_phrases(text)
        if not phrases or agency_keys == ():
            return NO_HITS
        # Two words may stand in two parts of one document, so each is asked for by itself; UNION would keep doubles.
        hits = (
            " INTERSECT ".join([_HIT] * len(phrases)) if len(phrases) > 1 else _HIT.replace("SELECT", "SELECT DISTINCT")
        )
        values = [_tsquery(phrase, agency_keys) for phrase in phrases]
        with self._connection.cursor() as cursor:
            cursor.execute(_ANSWER.format(hits=hits), [*values, max(0, limit), max(0, offset), MAX_COUNTED + 1])
            rows = cursor.fetchall()
        record_keys = [record_key for _, record_key in rows if record_key is not None]
        return counted(record_keys=record_keys, count=rows[0][0])

    def _put_one(self, cursor: Cursor, document: SearchDocument) -> None:
        cursor.execute(_PUT, [document.record_key])
        [(doc_id,)] = cursor.fetchall()
        cursor.execute("DELETE FROM jingui_search_part WHERE doc_id = %s", [doc_id])
        scope = scope_token(document.agency_key)
        parts = _parts(document_tokens([*document.fields.values(), document.text]))
        cursor.executemany(_ADD_PART, [(doc_id, at, _tsvector(part, scope)) for at, part in enumerate(parts)])


def _parts(tokens: Iterable[str]) -> Iterator[list[str]]:
    """Cut tokens where PostgreSQL would begin to forget positions, with an overlap of the longest phrase."""
    part: list[str] = []
    repeats: defaultdict[str, int] = defaultdict(int)
    for token in tokens:
        part.append(token)
        repeats[token] += 1
        if len(part) >= MAX_POSITION or repeats[token] >= MAX_REPEATS:
            yield part
            part = part[-MAX_PHRASE_TOKENS:]
            repeats.clear()
            for kept in part:
                repeats[kept] += 1
    yield part


def _tsvector(tokens: list[str], scope: str) -> str:
    """Write the literal: every lexeme with its positions from 1, and the scope without any.

    Tokens hold letters, figures and Han only, so that quotes need no escape.
    """
    positions: defaultdict[str, list[str]] = defaultdict(list)
    for at, token in enumerate(tokens, start=1):
        positions[token].append(str(at))
    lexemes = (f"'{token}':{','.join(places)}" for token, places in positions.items())
    return " ".join([*lexemes, f"'{scope}'"])


def _tsquery(phrase: Phrase, agency_keys: tuple[str, ...] | None) -> str:
    """Write the query literal of one phrase with the permission beside it."""
    words = " <-> ".join(f"'{token}'" for token in phrase.tokens) + (":*" if phrase.is_prefix else "")
    if agency_keys is None:
        return words
    scopes = " | ".join(f"'{scope_token(key)}'" for key in dict.fromkeys(agency_keys))
    return f"({words}) & ({scopes})"
