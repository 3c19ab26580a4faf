"""Damages a copy of an instance and asks whether ``jingui verify`` names exactly what was damaged.

    PYTHONPATH=src python bench/tamper.py HOME [--share 0.01] [--rows 10] [--seed 1]

``share`` of all stored bytes, chosen at random over the whole storage root, are changed, and rows of different
protected tables are changed by SQL. Works on a copy; the instance itself is left alone (SQLite instances only).
Exit codes: 0 exactly those are named, 1 anything else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

# A column of each protected table that may hold any text, or a number to be moved by one.
TEXT_COLUMNS = {
    "jingui_case": "title",
    "jingui_case_file": "name",
    "jingui_case_step": "name",
    "jingui_closure": "message",
    "jingui_receipt": "body",
    "jingui_service_item": "name",
    "jingui_archiving_plan": "content",
    "jingui_inspection": "outcome",
    "jingui_package_version": "inventory_sha512",
    "jingui_code_sequence": "scope",
    "jingui_agency": "name",
}


def damage_bytes(root: Path, *, share: float, rng: random.Random) -> set[str]:
    """Change that share of the bytes below ``root``; return the files that differ now, relative to it."""
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    sizes = [path.stat().st_size for path in files]
    places = rng.choices(range(len(files)), weights=sizes, k=int(sum(sizes) * share))
    hits: dict[int, set[int]] = defaultdict(set)
    for place in places:
        hits[place].add(rng.randrange(sizes[place]))
    for place, offsets in hits.items():
        with files[place].open("r+b") as stream:
            for offset in offsets:
                stream.seek(offset)
                old = stream.read(1)[0]
                stream.seek(offset)
                stream.write(bytes([old ^ rng.randrange(1, 256)]))
    return {files[place].relative_to(root).as_posix() for place in hits}


def damage_rows(database: Path, *, count: int, rng: random.Random) -> set[str]:
    """Change rows by SQL, each in another table as far as there are tables; return them as table/key."""
    changed = set()
    with sqlite3.connect(database) as connection:
        tables = [t for t in TEXT_COLUMNS if connection.execute(f"SELECT 1 FROM {t} LIMIT 1").fetchone()]
        for number in range(count):
            table = tables[number % len(tables)]
            column = TEXT_COLUMNS[table]
            keys = [row[0] for row in connection.execute(f"SELECT key FROM {table}")]
            key = rng.choice([key for key in keys if f"{table}/{key}" not in changed])
            connection.execute(f"UPDATE {table} SET {column} = {_changed(table, column)} WHERE key = ?", [key])
            changed.add(f"{table}/{key}")
    return changed


def _changed(table: str, column: str) -> str:
    return "json_set(content, '$.unit', 'XXXX')" if table == "jingui_archiving_plan" else f"{column} || 'x'"


def verify(home: Path) -> dict[str, set[str]]:
    """Run ``jingui verify --json`` and return the named locations by subject."""
    command = [sys.executable, "-m", "jingui.interfaces.cli.main", "verify", "--json", "--no-seal"]
    done = subprocess.run(command, env=os.environ | {"JINGUI_HOME": str(home)}, capture_output=True, check=False)
    named: dict[str, set[str]] = defaultdict(set)
    for finding in json.loads(done.stdout)["findings"]:
        named[finding["subject"]].add(finding["location"])
    return named


def main() -> int:
    """Damage, verify, compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--rows", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(given.home, home)
        before = verify(home)
        files = damage_bytes(home / "store", share=given.share, rng=rng)
        rows = damage_rows(home / "jingui.sqlite3", count=given.rows, rng=rng)
        named = verify(home)
    total = f"before: {sum(map(len, before.values()))} findings"
    wrong = {
        "file": named["file"] ^ files,
        "row": named["row"] ^ rows,
        "others": named["event"] | named["log"] | named["staged"],
    }
    print(
        f"{total}; damaged files {len(files)}, rows {len(rows)}; named files {len(named['file'])}, rows {len(named['row'])}"
    )
    for subject, differing in wrong.items():
        print(f"{subject}: {'exactly those' if not differing else sorted(differing)[:10]}")
    return 1 if before or any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
