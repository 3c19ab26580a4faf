"""Opens a catalogue file of any form: our own, published lists, the template, or foreign tables in Excel, CSV, JSON, SQL.

The first three are known and whole; foreign tables are streams that a column mapping makes sense of.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast

from python_calamine import CalamineError, CalamineWorkbook

from jingui.domain.catalogue import SourceRow
from jingui.domain.catalogue.cells import plain_text
from jingui.domain.catalogue.mappings import TableHead
from jingui.formats.catalogues.delimited import DELIMITED_PROBLEM_CODES, DelimitedTable, cells_of, clean_headers, refuse
from jingui.formats.catalogues.excel import read_excel_catalogue
from jingui.formats.catalogues.json_lists import JSON_PROBLEM_CODES, load_json, read_known_json
from jingui.formats.catalogues.sql_dumps import DUMP_PROBLEM_CODES, SqlDump
from jingui.formats.catalogues.template import ITEM_COLUMNS, ITEM_SHEET
from jingui.formats.catalogues.workbook_guard import WORKBOOK_PROBLEM_CODES, check_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from jingui.domain.catalogue import RawRow

SOURCE_PROBLEM_CODES: dict[str, tuple[str, ...]] = (
    {"catalogue_file_too_large": ("limit",), "catalogue_file_unknown": (), "archive_broken": ()}
    | DELIMITED_PROBLEM_CODES
    | DUMP_PROBLEM_CODES
    | JSON_PROBLEM_CODES
    | WORKBOOK_PROBLEM_CODES
)

WHOLE_LIMIT = 64 * 1024 * 1024
"""Largest file, in bytes, of the forms that are read whole (JSON, Excel)."""
_SAMPLES = 5
_SAMPLE_LIMIT = 80
_PROBE = 1 << 16
_UNPACKED_LIMIT = 64 * 2**30
_PARTS_LIMIT = 100
_ZIP_HEAD = b"PK\x03\x04"
REPORT_SHEETS = ("未收", "提示")
"""Sheets of an error file that tell reasons and hold no rows to be read again."""


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """A catalogue file. Either ``known`` rows, or tables: ``heads`` and a function that streams their rows anew."""

    known: tuple[RawRow, ...] | None = None
    heads: tuple[TableHead, ...] = ()
    stream: Callable[[], Iterator[SourceRow]] = lambda: iter(())
    bytes: int = 0


def open_source(path: Path) -> CatalogueSource:
    """Open a file or a folder of CSV files.

    Raises:
        Invalid: it is of no form that we know, or cannot be read.
        OSError: it is not there.
    """
    if path.is_dir():
        files = sorted(each for each in path.iterdir() if each.suffix.lower() in {".csv", ".txt", ".tsv"})
        return _delimited([DelimitedTable(each.stem.lower(), _opener(each)) for each in files], _size(files))
    with path.open("rb") as file:
        head = file.read(_PROBE)
    for looks_like, read in _FORMS:
        if looks_like(head, path):
            return read(path)
    raise refuse("catalogue_file_unknown")


def reading_size(path: Path) -> int:
    """Return how many bytes reading a file goes through: of an archive (XLSX, zip) those it says it has unpacked.

    Raises:
        OSError: it is not there.
    """
    with path.open("rb") as file:
        is_archive = file.read(len(_ZIP_HEAD)) == _ZIP_HEAD
    size = path.stat().st_size
    try:
        with zipfile.ZipFile(path) if is_archive else nullcontext() as archive:
            return max(size, sum(entry.file_size for entry in archive.infolist())) if archive else size
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return size  # its reader finds that out as soon


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _size(files: Sequence[Path]) -> int:
    return sum(each.stat().st_size for each in files)


def _whole(path: Path) -> bytes:
    if path.stat().st_size > WHOLE_LIMIT:
        raise refuse("catalogue_file_too_large", limit=str(WHOLE_LIMIT))
    return path.read_bytes()


def _tables(tables: dict[str, list[dict[str, object]]], size: int, *, first: int = 1) -> CatalogueSource:
    rows = [SourceRow(name, n, row) for name, listed in tables.items() for n, row in enumerate(listed, first) if row]
    return CatalogueSource(heads=_heads(rows), stream=lambda: iter(rows), bytes=size)


def _heads(rows: Sequence[SourceRow]) -> tuple[TableHead, ...]:
    """Return the tables of rows in memory; the samples of a column are its first values, wherever they stand."""
    told: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        columns = told.setdefault(row.table, {})
        for header, cell in row.cells.items():
            samples = columns.setdefault(header, [])
            if len(samples) < _SAMPLES and cell not in (None, ""):
                samples.append(plain_text(cell)[:_SAMPLE_LIMIT])
    return tuple(
        TableHead(name, tuple(columns), tuple(zip_longest(*columns.values(), fillvalue="")))
        for name, columns in told.items()
    )


def _head(name: str, headers: tuple[str, ...], rows: Sequence[SourceRow]) -> TableHead:
    lines = tuple(tuple(plain_text(row.cells.get(header))[:_SAMPLE_LIMIT] for header in headers) for row in rows)
    return TableHead(name, headers, lines)


def _json(path: Path) -> CatalogueSource:
    data = _whole(path)
    raw = load_json(data)
    known = read_known_json(raw)
    if known is not None:
        return CatalogueSource(known=known, bytes=len(data))
    lists = {"items": raw} if isinstance(raw, list) else {}
    if isinstance(raw, dict) and "format" not in raw:
        lists = {str(name): value for name, value in raw.items() if isinstance(value, list)}
    found = {name: rows for name, rows in lists.items() if rows and all(isinstance(row, dict) for row in rows)}
    if not found:
        raise refuse("unknown_catalogue_format", "format", known="jingui-catalogue/1, published list")
    return _tables(cast("dict[str, list[dict[str, object]]]", found), len(data))


def _excel(path: Path) -> CatalogueSource:
    data = _whole(path)
    check_workbook(data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}
    except (CalamineError, OSError, ValueError, OverflowError) as failure:
        raise refuse("workbook_unreadable") from failure
    if _is_template(sheets.get(ITEM_SHEET)):
        return CatalogueSource(known=read_excel_catalogue(data), bytes=len(data))
    tables = {name: _sheet(name, lines) for name, lines in sheets.items() if name not in REPORT_SHEETS}
    found = {name: rows for name, rows in tables.items() if rows}
    if not found:
        raise refuse("table_without_header", table=next(iter(sheets), ""))
    return _tables(found, len(data), first=2)


def _is_template(lines: Sequence[Sequence[object]] | None) -> bool:
    header = {plain_text(cell) for cell in lines[0]} if lines else set()
    return all(column.header in header for column in ITEM_COLUMNS if column.is_required)


def _sheet(name: str, lines: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    """Return the rows below the header; an empty one stays in the list, so that numbers are those Excel shows."""
    cells = [[plain_text(cell) for cell in line] for line in lines]
    if not cells or not any(cells[0]):
        return []
    headers = clean_headers(cells[0], table=name)
    return [cells_of(headers, line) if any(line) else {} for line in cells[1:]]


def _sql(path: Path) -> CatalogueSource:
    dump = SqlDump(_opener(path))
    heads: dict[str, list[SourceRow]] = {}
    headers: dict[str, dict[str, None]] = {}
    for count, row in enumerate(dump.rows()):
        headers.setdefault(row.table, {}).update(dict.fromkeys(row.cells))
        if len(told := heads.setdefault(row.table, [])) < _SAMPLES:
            told.append(row)
        if count >= _LOOKED_AT:
            break
    if not heads:
        raise refuse("dump_without_tables")
    known = tuple(_head(name, tuple(headers[name]), rows) for name, rows in heads.items())
    return CatalogueSource(heads=known, stream=dump.rows, bytes=path.stat().st_size)


_LOOKED_AT = 200_000
"""How many rows of a dump are looked at for what tables it has; a table that comes later is mapped by its name alone."""


def _csv(path: Path) -> CatalogueSource:
    return _delimited([DelimitedTable(path.stem.lower(), _opener(path))], path.stat().st_size)


def _zip(path: Path) -> CatalogueSource:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [each for each in archive.infolist() if _is_table(each.filename)]
            if len(parts) > _PARTS_LIMIT or sum(each.file_size for each in parts) > _UNPACKED_LIMIT:
                raise refuse("archive_broken")
            tables = [DelimitedTable(PurePosixPath(e.filename).stem.lower(), _part_opener(path, e)) for e in parts]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as failure:
        raise refuse("archive_broken") from failure
    return _delimited(tables, sum(each.file_size for each in parts))


def _is_table(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in {".csv", ".txt", ".tsv"}


def _part_opener(path: Path, entry: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    def opened() -> IO[bytes]:
        with zipfile.ZipFile(path) as archive:
            return archive.open(entry)

    return opened


def _delimited(tables: list[DelimitedTable], size: int) -> CatalogueSource:
    if not tables:
        raise refuse("catalogue_file_unknown")

    def stream() -> Iterator[SourceRow]:
        for table in tables:
            yield from table.rows()

    return CatalogueSource(heads=tuple(map(_delimited_head, tables)), stream=stream, bytes=size)


def _delimited_head(table: DelimitedTable) -> TableHead:
    rows = [row for _, row in zip(range(_SAMPLES), table.rows(), strict=False)]
    return _head(table.name, table.headers, rows)


def _starts_json(head: bytes, path: Path) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["} or path.suffix.lower() == ".json"


def _is_sql(head: bytes, path: Path) -> bool:
    upper = head.upper()
    return path.suffix.lower() == ".sql" or any(
        sign in upper for sign in (b"INSERT INTO ", b"CREATE TABLE ", b"\nCOPY ")
    )


def _is_csv(head: bytes, path: Path) -> bool:
    first = head.partition(b"\n")[0]
    is_named = path.suffix.lower() in {".csv", ".tsv", ".txt"}
    return b"\x00" not in head and bool(first.strip()) and (is_named or any(sign in first for sign in b",\t;|"))


_FORMS: tuple[tuple[Callable[[bytes, Path], bool], Callable[[Path], CatalogueSource]], ...] = (
    (lambda head, path: head.startswith(_ZIP_HEAD) and _holds_workbook(path), _excel),
    (lambda head, _: head.startswith(_ZIP_HEAD), _zip),
    (lambda head, _: head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), _excel),
    (_starts_json, _json),
    (_is_sql, _sql),
    (_is_csv, _csv),
)


def _holds_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return not any(_is_table(name) for name in archive.namelist())
    except zipfile.BadZipFile:
        return True  # the reader of workbooks says what is wrong
