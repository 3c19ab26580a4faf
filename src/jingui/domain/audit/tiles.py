"""How the Merkle log is stored: tiles of up to 256 hashes, after the idea of C2SP tlog-tiles.

A tile at level L holds the nodes of tree level 8·L from ``index`` · 256 on, so that only the tree levels 0, 8,
16 … are stored and what lies between is computed inside one tile. A full tile never changes. Only the last
tile of a level may be partial; it is written again as it grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from jingui.domain.audit import merkle
from jingui.domain.errors import PermanentFailure

HEIGHT = 8
WIDTH = 1 << HEIGHT

TileReader = Callable[[int, int], Sequence[bytes]]
"""Gives the hashes of the stored tile at (level, index), left to right; it may hold more than a smaller tree had."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One stored tile."""

    level: int
    index: int
    hashes: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """Return the hashes one after the other, 32 bytes each."""
        return b"".join(self.hashes)


@dataclass(frozen=True, slots=True)
class Growth:
    """What appending changes: the tiles to write (new ones and grown ones) and the new head of the log."""

    size: int
    root: bytes
    tiles: tuple[Tile, ...]


def tile_from_data(level: int, index: int, data: bytes) -> Tile:
    """Rebuild a tile from its stored bytes.

    Raises:
        PermanentFailure: the bytes are no whole number of hashes, or too many or none.
    """
    count, rest = divmod(len(data), merkle.HASH_BYTES)
    if rest or not 1 <= count <= WIDTH:
        raise PermanentFailure("journal_tile_damaged", f"tile {level}/{index}: {len(data)} bytes")
    return Tile(level, index, tuple(data[at : at + merkle.HASH_BYTES] for at in range(0, len(data), merkle.HASH_BYTES)))


def grow(size: int, leaves: Sequence[bytes], *, read_tile: TileReader) -> Growth:
    """Plan the appending of leaf hashes to a log of ``size`` leaves.

    Reads one partial tile per level and costs in proportion to the new leaves.

    Raises:
        PermanentFailure: a stored tile holds less than the size needs.
    """
    written: dict[tuple[int, int], Tile] = {}
    level, count, fresh = 0, size, list(leaves)
    while fresh:
        tiles = _fill(level, count, fresh, read_tile)
        written.update({(tile.level, tile.index): tile for tile in tiles})
        fresh = [merkle.root_of(tile.hashes) for tile in tiles if len(tile.hashes) == WIDTH]
        level, count = level + 1, count // WIDTH

    def read(tile_level: int, index: int) -> Sequence[bytes]:
        tile = written.get((tile_level, index))
        return tile.hashes if tile else read_tile(tile_level, index)

    total = size + len(leaves)
    return Growth(total, root(total, read_tile=read), tuple(written.values()))


def root(size: int, *, read_tile: TileReader) -> bytes:
    """Return the root of the first ``size`` leaves, from the stored tiles.

    Raises:
        PermanentFailure: a tile holds less than the size needs.
    """
    return merkle.subtree_root(0, size, hash_at=node_reader(read_tile))


def inclusion_proof(index: int, size: int, *, read_tile: TileReader) -> tuple[bytes, ...]:
    """Prove a leaf from the stored tiles; see ``merkle.inclusion_proof``."""
    return merkle.inclusion_proof(index, size, hash_at=node_reader(read_tile))


def consistency_proof(old: int, new: int, *, read_tile: TileReader) -> tuple[bytes, ...]:
    """Prove from the stored tiles that nothing was rewritten; see ``merkle.consistency_proof``."""
    return merkle.consistency_proof(old, new, hash_at=node_reader(read_tile))


def node_reader(read_tile: TileReader) -> merkle.NodeReader:
    """Turn a reader of tiles into a reader of nodes; each tile is read once."""
    held: dict[tuple[int, int], Sequence[bytes]] = {}

    def hash_at(level: int, index: int) -> bytes:
        tile_level, height = divmod(level, HEIGHT)
        first = index << height
        place = (tile_level, first // WIDTH)
        if place not in held:
            held[place] = read_tile(*place)
        return merkle.root_of(_slice(place, held[place], first % WIDTH, 1 << height))

    return hash_at


def disagreeing_tiles(size: int, *, read_tile: TileReader) -> Iterator[tuple[int, int]]:
    """Name the full tiles ``(level, index)`` whose root is not what the tile above them says.

    Reads every tile of the log once for its own sake and holds one path of them.

    Raises:
        PermanentFailure: a tile holds less than the size needs.
    """
    level, full = 0, size // WIDTH
    while full:
        yield from _disagreeing(level, full, read_tile)
        level, full = level + 1, full // WIDTH


def _disagreeing(level: int, full: int, read_tile: TileReader) -> Iterator[tuple[int, int]]:
    above: Sequence[bytes] = ()
    for index in range(full):
        parent, at = divmod(index, WIDTH)
        if at == 0:
            above = read_tile(level + 1, parent)
        own = _slice((level, index), read_tile(level, index), 0, WIDTH)
        if merkle.root_of(own) != _slice((level + 1, parent), above, at, 1)[0]:
            yield level, index


def _fill(level: int, count: int, fresh: Sequence[bytes], read_tile: TileReader) -> list[Tile]:
    """Put fresh nodes behind the ``count`` that the level has."""
    index, used = divmod(count, WIDTH)
    held = list(_slice((level, index), read_tile(level, index), 0, used)) if used else []
    held.extend(fresh)
    return [Tile(level, index + at // WIDTH, tuple(held[at : at + WIDTH])) for at in range(0, len(held), WIDTH)]


def _slice(place: tuple[int, int], hashes: Sequence[bytes], start: int, count: int) -> Sequence[bytes]:
    if len(hashes) < start + count:
        raise PermanentFailure(
            "journal_tile_damaged", f"tile {place[0]}/{place[1]}: {len(hashes)} hashes, {start + count} needed"
        )
    return hashes[start : start + count]
