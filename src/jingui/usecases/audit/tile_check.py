"""Comparing the stored tiles of the log with those that its proved leaves make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError

from jingui.db.models import JournalTile
from jingui.domain.audit import merkle, tiles
from jingui.usecases.audit.findings import HoldingsFinding, Subject
from jingui.usecases.audit.reading import refuse_absence


def stored_tile(level: int, index: int) -> bytes | None:
    """Return a tile as it is stored: nothing if it is gone, no bytes if it is none at all."""
    try:
        row = JournalTile.objects.filter(level=level, index=index).values_list("hashes", flat=True).first()
    except DatabaseError as error:
        refuse_absence(error)
        return b""
    if row is None:
        return None
    return bytes(row) if isinstance(row, bytes | memoryview) else b""


def stored_leaves(first: int, last: int) -> dict[int, bytes]:
    """Return what the tiles say of the leaves from ``first`` up to ``last``; those that are gone are left out."""
    found: dict[int, bytes] = {}
    for tile in range(first // tiles.WIDTH, (last - 1) // tiles.WIDTH + 1):
        data, start = stored_tile(0, tile) or b"", tile * tiles.WIDTH
        for offset in range(max(first - start, 0), min(last - start, len(data) // merkle.HASH_BYTES)):
            at = offset * merkle.HASH_BYTES
            found[start + offset] = data[at : at + merkle.HASH_BYTES]
    return found


@dataclass(slots=True)
class TileCheck:
    """Builds each tile anew from the proved leaves and compares it; holds one tile of each level."""

    _open: dict[int, list[bytes]] = field(default_factory=dict)
    _done: dict[int, int] = field(default_factory=dict)
    _findings: list[HoldingsFinding] = field(default_factory=list)

    def add(self, leaves: Sequence[bytes], *, is_sure: bool) -> None:
        """Take in the next leaves; ``is_sure``: a signed checkpoint says that they are right."""
        for leaf in leaves:
            self._push(0, leaf, is_sure=is_sure)

    def finish(self, *, is_sure: bool) -> Iterator[HoldingsFinding]:
        """Compare the last tiles and name all that are wrong."""
        for level, hashes in sorted(self._open.items()):
            if hashes:
                self._close(level, hashes, is_sure=is_sure)
        yield from self._findings
        yield from self._strangers()

    def _push(self, level: int, value: bytes, *, is_sure: bool) -> None:
        hashes = self._open.setdefault(level, [])
        hashes.append(value)
        if len(hashes) == tiles.WIDTH:
            self._close(level, hashes, is_sure=is_sure)
            self._open[level] = []
            self._push(level + 1, merkle.root_of(hashes), is_sure=is_sure)

    def _close(self, level: int, hashes: list[bytes], *, is_sure: bool) -> None:
        index = self._done.get(level, 0)
        self._done[level] = index + 1
        data = stored_tile(level, index) if is_sure else b"".join(hashes)
        if data != b"".join(hashes):
            code = "journal_tile_missing" if data is None else "tile_altered"
            self._findings.append(HoldingsFinding(Subject.LOG, f"tile/{level}/{index}", code))

    def _strangers(self) -> Iterator[HoldingsFinding]:
        if JournalTile.objects.count() == sum(self._done.values()):
            return
        for level, index in JournalTile.objects.order_by("level", "index").values_list("level", "index"):
            if not (isinstance(index, int) and 0 <= index < self._done.get(level, 0)):
                yield HoldingsFinding(Subject.LOG, f"tile/{level}/{index}", "tile_unknown")
