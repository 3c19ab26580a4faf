"""A database of a source: configured views or queries, read only, each from its watermark on (a column that only grows).

Rows with the same watermark are told apart by a key. Each row becomes a JSON document with ``_query`` beside its
columns, from which the mapping makes messages. All queries of a slice see one snapshot, and each is read to its end
before the next, so what closes a case is not read before the files that belong to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from jingui.adapters.sources.databases import connected, source_failures, url_problems
from jingui.adapters.sources.opening import Opening, ReaderKind
from jingui.adapters.sources.paths import open_path
from jingui.adapters.sources.queries import Query, page, query_problems, read_query
from jingui.adapters.sources.watermarks import earlier, read, written
from jingui.domain.capture.incoming import Arrival, ContentLocation, Lot, Unreadable
from jingui.domain.errors import Invalid, NotFound, PermanentFailure, Problem, Refused
from jingui.domain.metadata.fields import FieldReader
from jingui.formats.mappings import arrivals_of, compile_mapping
from jingui.formats.mappings.applying import CompiledMapping

BLOB = "blob:"
PATH = "path:"
BLOB_LIMIT = 64 * 2**20
_MOST_QUERIES = 20


def check_database(configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the configuration of a database connection."""
    fields = FieldReader(configuration)
    url = fields.text("url", limit=500, is_required=True)
    fields.problems += url_problems(url) if url else ()
    fields.text("password_secret", limit=60)
    fields.text("files_folder", limit=1000)
    fields.whole("interval_seconds", minimum=1, maximum=86400)
    rows = fields.rows("queries", limit=_MOST_QUERIES)
    if not rows:
        fields.fault("queries", "required")
    for row in rows:
        query_problems(row)
    fields.refuse_unknown()
    try:
        compile_mapping(mapping)
    except Invalid as invalid:
        return (*fields.problems, *invalid.problems)
    return tuple(fields.problems)


@dataclass(slots=True)
class DatabaseReader:
    """Reads a database in one snapshot, from its opening to ``close``."""

    connect: Callable[[], Any]
    queries: tuple[Query, ...]
    mapping: CompiledMapping
    files_folder: Path | None = None
    _stack: ExitStack = field(default_factory=ExitStack)
    _connection: sa.Connection | None = None

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield pages of each query in turn. After a rest it begins a little earlier, for rows that were late to be seen."""
        marks: dict[str, Any] = dict(cursor.get("marks", {}))
        is_rested = bool(cursor.get("rested"))
        for query in self.queries:
            mark = _begin(query, marks.get(query.name), is_rested=is_rested)
            while rows := self._page(query, mark):
                mark = (rows[-1][query.watermark], rows[-1][query.key])
                marks = {**marks, query.name: [written(mark[0]), written(mark[1])]}
                yield Lot(tuple(self._items(query, rows)), {"marks": marks, "rested": False})
        if not is_rested or marks != cursor.get("marks", {}):
            yield Lot((), {"marks": marks, "rested": True})
        self._refuse_nothing()

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a column or of a file in the folder of the source."""
        if content.address.startswith(BLOB):
            return self._blob(content.address.removeprefix(BLOB))
        if content.address.startswith(PATH) and self.files_folder:
            return open_path(self.files_folder, content.address.removeprefix(PATH))
        raise Refused("address_not_allowed", address=content.address[:200], reason="unknown_kind")

    def again(self, reference: str, raw: str) -> Lot:
        """Read a row that was kept by the mapping of today; a row that was mended comes by its watermark."""
        return Lot(tuple(arrivals_of(raw.encode(), self.mapping, reference=reference)))

    def acknowledge(self, lot: Lot) -> None:
        """Tell nobody: the source is only read."""

    def close(self) -> None:
        """End the transaction and the connection."""
        self._stack.close()
        self._connection = None

    def _open(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._stack.enter_context(self.connect())
        return self._connection

    def _run(self, statement: sa.Select[Any]) -> list[dict[str, Any]]:
        with source_failures():
            return [dict(row) for row in self._open().execute(statement).mappings()]

    def _page(self, query: Query, mark: tuple[Any, Any] | None) -> list[dict[str, Any]]:
        return self._run(page(query, mark))

    def _value(self, statement: sa.Select[Any]) -> Any:  # noqa: ANN401 - whatever the column holds
        return next((next(iter(row.values())) for row in self._run(statement)), None)

    def _refuse_nothing(self) -> None:
        """Ring the alarm for rows that no watermark will ever reach; what could be read has been read before."""
        for query in self.queries:
            if self._run(query.unreachable()):
                raise PermanentFailure("watermark_empty", query.name)

    def _items(self, query: Query, rows: list[dict[str, Any]]) -> Iterator[Arrival | Unreadable]:
        for row in rows:
            document = json.dumps(_document(query, row), ensure_ascii=False).encode("utf-8", "backslashreplace")
            yield from arrivals_of(document, self.mapping, reference=f"{query.name} {query.key}={row[query.key]}"[:500])

    def _blob(self, address: str) -> Iterator[bytes]:
        name, _, key = address.partition(":")
        query = next((query for query in self.queries if query.name == name and query.blob), None)
        if query is None:
            raise Refused("address_not_allowed", address=address[:200], reason="unknown_kind")
        value = read(json.loads(key))
        size = self._value(query.blob_size(value))
        if size is None:
            raise NotFound("content_missing", address=address[:200])
        if size > BLOB_LIMIT:
            raise Refused("file_too_large", limit=str(BLOB_LIMIT))
        yield bytes(self._value(query.blob_value(value)))


def _begin(query: Query, told: list[list[str]] | None, *, is_rested: bool) -> tuple[Any, Any] | None:
    """Return behind which row to go on; a key of ``None`` means from the watermark itself."""
    if told is None:
        return None
    mark, key = read(told[0]), read(told[1])
    return (earlier(mark, query.overlap), None) if is_rested and query.overlap else (mark, key)


def _document(query: Query, row: Mapping[str, Any]) -> dict[str, Any]:
    document = {name: _plain(value) for name, value in row.items() if name != query.blob}
    if query.blob and row[query.blob] is not None:
        document[query.blob] = f"{BLOB}{query.name}:{json.dumps(written(row[query.key]))}"
    return {**document, "_query": query.name}


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value) if isinstance(value, Decimal | UUID | float) else value


def open_database(opening: Opening) -> DatabaseReader:
    """Open a reader of a database; it connects when it is first asked."""
    given = opening.configuration
    secret = str(given.get("password_secret") or "")
    folder = given.get("files_folder")
    return DatabaseReader(
        connect=lambda: connected(str(given["url"]), password=opening.secret(secret) if secret else ""),
        queries=tuple(read_query(row) for row in given["queries"]),
        mapping=compile_mapping(opening.mapping),
        files_folder=Path(folder) if folder else None,
    )


DATABASE = ReaderKind(check_database, open_database)
