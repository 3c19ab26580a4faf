"""Proving the sealed log in one pass: events and tiles are two copies of its leaves, signed checkpoints decide.

Where the copies differ between two checkpoints, the choice that gives the signed root is the right one; so a
changed event is told from a changed tile, and neither casts doubt on the other. Memory holds one batch of leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from django.db.models import Count, Max

from jingui.db.models import JournalEvent
from jingui.domain.audit import merkle
from jingui.ports import Signer
from jingui.usecases.audit.checkpoints import Judged, judged_checkpoints
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.reading import values_by_key
from jingui.usecases.audit.tile_check import TileCheck, stored_leaves

CHUNK = 2000
MOST_UNCERTAIN = 10
"""Places of one batch where both copies may be wrong in turn; more than this are not tried one by one."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One place of the log: what its event digests to, and what its tile says. Either may be gone."""

    index: int
    event_id: int | None
    by_event: bytes | None
    by_tile: bytes | None

    @property
    def choices(self) -> tuple[bytes, ...]:
        """What this leaf may have been, the event's word first."""
        return tuple(dict.fromkeys(value for value in (self.by_event, self.by_tile) if value is not None))


@dataclass(slots=True)
class LogCheck:
    """Checks the log; afterwards it knows which events are not what was sealed, and how many are gone."""

    signers: Sequence[Signer]
    looked: Looked
    unproved: set[int] = field(default_factory=set)
    missing: int = 0
    _frontier: merkle.Frontier = field(default_factory=merkle.Frontier)
    _is_lost: bool = False

    def run(self) -> Iterator[HoldingsFinding]:
        """Name each altered or missing event, tile and checkpoint."""
        stored_tiles = TileCheck()
        newest_fault = 0
        for head in judged_checkpoints(self.signers):
            self.looked.checkpoints += 1
            if head.fault:
                newest_fault = head.size
                yield HoldingsFinding(Subject.LOG, f"checkpoint/{head.size}", head.fault)
            if head.stated is not None and head.stated.size > self._frontier.size:
                yield from self._settle(head.stated.size, head, stored_tiles)
        yield from self._beyond(stored_tiles, is_named=newest_fault > self._frontier.size)
        yield from stored_tiles.finish(is_sure=not self._is_lost)

    def _beyond(self, stored_tiles: TileCheck, *, is_named: bool) -> Iterator[HoldingsFinding]:
        """Take in places that no sound checkpoint covers; ``is_named``: that theirs is altered was said already."""
        covered = self._frontier.size
        rest = JournalEvent.objects.filter(leaf_index__gte=covered, leaf_index__lt=2**62)
        found = rest.aggregate(last=Max("leaf_index"), count=Count("id"))
        # A place far away that somebody has written by hand does not make the log longer.
        end = min((found["last"] or -1) + 1, covered + found["count"])
        if end > covered:
            if not is_named:
                yield HoldingsFinding(Subject.LOG, f"checkpoint/{end}", "checkpoint_missing")
            yield from self._settle(end, None, stored_tiles)

    def _settle(self, end: int, head: Judged | None, stored_tiles: TileCheck) -> Iterator[HoldingsFinding]:
        batch = list(leaves(self._frontier.size, end))
        root = head.stated.root if head and head.stated and not self._is_lost else None
        chosen = choose(self._frontier, batch, root)
        if chosen is None:
            self._is_lost = True
            yield HoldingsFinding(Subject.LOG, f"checkpoint/{end}", "log_root_differs")
            chosen = [leaf.by_tile or leaf.by_event or merkle.EMPTY_ROOT for leaf in batch]
        for leaf, right in zip(batch, chosen, strict=True):
            yield from self._judge(leaf, right)
        stored_tiles.add(chosen, is_sure=not self._is_lost)
        self._frontier = self._frontier.extend(chosen)

    def _judge(self, leaf: Leaf, right: bytes) -> Iterator[HoldingsFinding]:
        if leaf.event_id is None:
            self.missing += 1
            yield HoldingsFinding(Subject.EVENT, f"leaf/{leaf.index}", "event_missing")
        elif leaf.by_event != right:
            self.unproved.add(leaf.event_id)
            yield HoldingsFinding(Subject.EVENT, str(leaf.event_id), "event_altered")


def choose(frontier: merkle.Frontier, batch: Sequence[Leaf], root: bytes | None) -> list[bytes] | None:
    """Return the leaves that give the signed root; without a root, those of the tiles. Nothing if none gives it."""
    if any(not leaf.choices for leaf in batch):
        return None
    if root is None:
        return [leaf.choices[-1] for leaf in batch]
    uncertain = [place for place, leaf in enumerate(batch) if len(leaf.choices) > 1]
    for picks in _picks(len(uncertain)):
        chosen = [leaf.choices[0] for leaf in batch]
        for place, pick in zip(uncertain, picks, strict=True):
            chosen[place] = batch[place].choices[pick]
        if frontier.extend(chosen).root() == root:
            return chosen
    return None


def _picks(count: int) -> Iterator[tuple[int, ...]]:
    """Give the ways to believe one copy or the other: one of them throughout first, mixtures while they are few."""
    if count <= MOST_UNCERTAIN:
        yield from product((0, 1), repeat=count)
    else:
        yield (0,) * count
        yield (1,) * count


def leaves(start: int, end: int) -> Iterator[Leaf]:
    """Read the places of the log from ``start`` up to, not including, ``end``."""
    for first in range(start, end, CHUNK):
        last = min(first + CHUNK, end)
        events, by_tile = _events(first, last), stored_leaves(first, last)
        for index in range(first, last):
            event_id, by_event = events.get(index, (None, None))
            yield Leaf(index, event_id, by_event, by_tile.get(index))


def _events(first: int, last: int) -> dict[int, tuple[int, bytes | None]]:
    found = JournalEvent.objects.filter(leaf_index__gte=first, leaf_index__lt=last)
    places = list(found.values_list("leaf_index", "id"))
    payloads = values_by_key(JournalEvent, [event_id for _, event_id in places], "payload")
    return {index: (event_id, _leaf_hash(payloads.get(event_id))) for index, event_id in places if index is not None}


def _leaf_hash(payload: object) -> bytes | None:
    try:
        return merkle.leaf_hash(payload.encode()) if isinstance(payload, str) else None
    except UnicodeEncodeError:
        return None
