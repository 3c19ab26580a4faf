"""Search over synthetic Chinese case titles: latency beside the recorded figures, and recall against a plain scan.

    python bench/search.py [COUNT]          100000 by default; 1000000 as in the recorded figures

Titles come from the corpora's ``bench/gen_titles.py`` (JINGUI_CORPORA). SQLite by default; with
JINGUI_DATABASE_URL the PostgreSQL index in a database of its own. Exit code 1 if a hit is missing or too many.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from jingui.adapters.search.postgres import PostgresSearchIndex
from jingui.adapters.search.sqlite_fts import SqliteSearchIndex
from jingui.ports import SearchDocument
from jingui.settings import database

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared"))
BATCH = 5000
REFERENCE = {  # SQLite FTS5 bigrams at 1M titles, p50 / p95 ms, as recorded with the corpora
    "company, top 20": "0.47 / 0.77",
    "person, top 20": "0.14 / 0.21",
    "item, top 20": "0.69 / 4.1",
    "district + item + agency, top 20": "14.8 / 93 (year instead of agency)",
    "one character, top 20": "-",
    "code beginning, top 20": "-",
}
Row = list[str]


def make_rows(folder: Path, count: int) -> list[Row]:
    """Let the generator write its file, and read it."""
    target = folder / "titles.tsv"
    line = [sys.executable, "gen_titles.py", str(target), str(count)]
    subprocess.run(line, cwd=CORPORA / "bench", check=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    return [text.split("\t") for text in target.read_text(encoding="utf-8").splitlines()]


def documents(rows: list[Row]) -> Iterator[SearchDocument]:
    """Make a search document of each row; its district stands for the agency."""
    for at, (number, title, item, company, person, district, *_) in enumerate(rows):
        fields = {"number": number, "title": title, "applicant": f"{company} {person}", "item": item}
        yield SearchDocument(f"{at:032x}", district, fields, "")


def build(index: SqliteSearchIndex | PostgresSearchIndex, rows: list[Row], commit: Callable[[], None]) -> None:
    """Fill the index in transactions of a batch each."""
    index.ensure()
    wanted = documents(rows)
    while batch := list(islice(wanted, BATCH)):
        index.put(batch)
        commit()


def questions(rows: list[Row]) -> dict[str, list[tuple[str, tuple[str, ...] | None]]]:
    """Choose what is asked, each time the same."""
    source = random.Random(7)
    pick = [rows[source.randrange(len(rows))] for _ in range(100)]
    return {
        "company, top 20": [(row[3][3:9].strip(), None) for row in pick],
        "person, top 20": [(row[4], None) for row in pick],
        "item, top 20": [(row[2], None) for row in pick[:60]],
        "district + item + agency, top 20": [(f"{row[5]} {row[2]}", (row[5],)) for row in pick],
        "one character, top 20": [(row[4][0], None) for row in pick[:20]],
        "code beginning, top 20": [(row[0][:14], None) for row in pick],
    }


def percentiles(index: SqliteSearchIndex | PostgresSearchIndex, asked: list[tuple[str, tuple[str, ...] | None]]) -> str:
    """Ask all and write p50 / p95 in ms (the capped count is part of every answer)."""
    times = []
    for text, agencies in asked:
        before = time.perf_counter()
        index.query(text, agency_keys=agencies, limit=20, offset=0)
        times.append((time.perf_counter() - before) * 1e3)
    times.sort()
    return f"{times[len(times) // 2]:.2f} / {times[int(len(times) * 0.95)]:.2f}"


def wrong_answers(index: SqliteSearchIndex | PostgresSearchIndex, rows: list[Row]) -> Iterator[str]:
    """Compare names and words with a plain scan of the text; yields every question that comes out differently."""
    source = random.Random(11)
    texts = ["\n".join([row[0], row[1], f"{row[3]} {row[4]}", row[2]]) for row in rows]
    names = [rows[source.randrange(len(rows))][4] for _ in range(20)]
    parts = [texts[source.randrange(len(texts))].split("\n")[1][at : at + 2] for at in range(3, 23)]
    for text in [word for word in names + parts if word.isalpha()]:
        expected = {f"{at:032x}" for at, whole in enumerate(texts) if text in whole}
        answer = index.query(text, agency_keys=None, limit=len(rows), offset=0)
        if set(answer.record_keys) != expected:
            yield f"{text}: {len(expected)} rows hold it, {len(answer.record_keys)} found"


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the address of an empty database: PostgreSQL if one is named, else "" for SQLite."""
    server = os.environ.get("JINGUI_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"bench_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(connection: BaseDatabaseWrapper, rows: list[Row]) -> list[str]:
    """Build the index, ask, compare and print; returns what came out wrong."""
    index = SqliteSearchIndex(connection) if connection.vendor == "sqlite" else PostgresSearchIndex(connection)
    before = os.times()
    connection.set_autocommit(False)
    build(index, rows, connection.commit)
    connection.set_autocommit(True)
    index.optimize()
    after = os.times()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    print(
        f"{connection.vendor}, {len(rows)} titles; every answer is a page and a count up to 10 000 (the recorded ones: a page only)"
    )
    print(f"build: {after.user + after.system - before.user - before.system:.1f} s CPU of this process")
    for label, asked in questions(rows).items():
        print(f"  {label:34s} p50 / p95 ms {percentiles(index, asked):18s} recorded: {REFERENCE[label]}", flush=True)
    wrong = list(wrong_answers(index, rows))
    print("recall against a plain scan: " + ("; ".join(wrong) or "exact"))
    return wrong


def main(arguments: list[str]) -> int:
    """Make a database for the time of the measurement."""
    settings.configure()
    django.setup()
    with tempfile.TemporaryDirectory(prefix="jingui-bench-") as name, fresh_database() as url:
        rows = make_rows(Path(name), int(arguments[0]) if arguments else 100_000)
        connection = ConnectionHandler({"default": database(url, Path(name))})["default"]
        wrong = measure(connection, rows)
        connection.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
