"""Sorts the rows of a large list into parcels on disk, all rows of one item in the same, so that each fits into memory.

A parcel is a file of JSON lines ``[head, number, cells]``; the heads stand in a file of their own. How many there are
depends on the size of the list alone, so the same list always falls into the same parcels. Every few megabytes it is
noted how far the list is sorted, so that one that was broken off goes on there.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from jingui.domain.catalogue import SourceRow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

PARCEL_BYTES = 1 << 20
_MOST_PARCELS = 1 << 14
_HELD_BYTES = 6 << 20
_DONE = "done.json"
_REACHED = "reached.json"


def parcel_count(size: int) -> int:
    """Return into how many parcels a list of so many bytes is sorted."""
    return max(1, min(_MOST_PARCELS, size // PARCEL_BYTES + 1))


def parcel_of(key: str, count: int) -> int:
    """Return the parcel of a key."""
    return zlib.crc32(key.encode("utf-8", "replace")) % count


class Parcels:
    """The parcels of one list in a folder."""

    def __init__(self, folder: Path, count: int) -> None:
        """Use the folder; nothing is written yet."""
        self.folder = folder
        self.count = count
        self._heads: dict[tuple[str, tuple[str, ...]], int] = {}
        self._known: list[tuple[str, list[str]]] = []
        self._sizes: dict[int, int] = {}

    @property
    def is_done(self) -> bool:
        """Whether the list has been sorted to its end."""
        return (self.folder / _DONE).is_file()

    def clear(self) -> None:
        """Throw away what an earlier run left."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def sort(
        self,
        rows: Iterable[SourceRow],
        place_of: Callable[[SourceRow], int],
        *,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        """Sort the rows, each into the parcel that ``place_of`` names; one that was broken off goes on behind what is kept.

        ``told`` is called each time some rows are kept; it may break off by raising.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        reached = self._go_on()
        held: dict[int, list[str]] = defaultdict(list)
        counts: dict[str, int] = defaultdict(int)
        size = 0
        for place, row in enumerate(rows, 1):
            head = self._head(row)
            counts[row.table] += 1
            if place <= reached:
                continue
            line = json.dumps([head, row.number, list(row.cells.values())], ensure_ascii=False)
            held[place_of(row)].append(line)
            size += len(line)
            if size > _HELD_BYTES:
                self._write(held)
                self._note(place)
                told()
                size = 0
        self._write(held)
        done = {"heads": [[table, list(headers)] for table, headers in self._heads], "counts": counts}
        (self.folder / _DONE).write_text(json.dumps(done, ensure_ascii=False), encoding="utf-8")

    def _head(self, row: SourceRow) -> int:
        return self._heads.setdefault((row.table, tuple(row.cells)), len(self._heads))

    def _write(self, held: dict[int, list[str]]) -> None:
        for number, lines in held.items():
            with self._path(number).open("a", encoding="utf-8", errors="surrogatepass") as file:
                file.write("\n".join(lines) + "\n")
                self._sizes[number] = file.tell()
        held.clear()

    def _note(self, rows: int) -> None:
        made = self.folder / f"{_REACHED}.new"
        made.write_text(json.dumps({"rows": rows, "sizes": self._sizes}), encoding="utf-8")
        made.replace(self.folder / _REACHED)

    def _go_on(self) -> int:
        """Cut the parcels back to what was noted last, and return how many rows that were; 0: begin anew."""
        note = self.folder / _REACHED
        noted: dict[str, Any] = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
        self._sizes = {int(number): size for number, size in noted.get("sizes", {}).items()}
        if any(not self._cut(number, size) for number, size in self._sizes.items()):
            self._sizes, noted = {}, {}
        for path in self.folder.glob("*.jsonl"):
            if int(path.stem) not in self._sizes:
                path.unlink()
        return int(noted.get("rows", 0))

    def _cut(self, number: int, size: int) -> bool:
        path = self._path(number)
        if not path.is_file() or path.stat().st_size < size:
            return False  # the machine lost what it had promised
        os.truncate(path, size)
        return True

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:05}.jsonl"

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        told: dict[str, int] = json.loads((self.folder / _DONE).read_text(encoding="utf-8"))["counts"]
        return told

    def rows(self, number: int) -> Iterator[SourceRow]:
        """Yield the rows of one parcel in the order of the list."""
        if not self._known:
            self._known = json.loads((self.folder / _DONE).read_text(encoding="utf-8"))["heads"]
        if not self._path(number).is_file():
            return
        with self._path(number).open(encoding="utf-8", errors="surrogatepass") as file:
            for line in file:
                head, row, cells = json.loads(line)
                table, headers = self._known[head]
                yield SourceRow(table, row, dict(zip(headers, cells, strict=True)))
