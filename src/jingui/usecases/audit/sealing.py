"""Putting journal events in order and sealing them into the Merkle log (RFC 6962), with a signed checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django.db import connection, transaction

from jingui.db.models import Installation, JournalCheckpoint, JournalEvent, JournalTile
from jingui.domain.audit import checkpoint as notes
from jingui.domain.audit import merkle, tiles
from jingui.domain.errors import PermanentFailure
from jingui.ports import Signer
from jingui.usecases.audit.tile_check import stored_tile

BATCH = 2000


@transaction.atomic
def seal_journal(*, signers: Sequence[Signer], now: datetime, limit: int = BATCH) -> JournalCheckpoint | None:
    """Give the next events their places in the log and sign its new head; nothing to do gives nothing.

    Raises:
        PermanentFailure: the stored log is not what was signed; nothing more is signed on it.

    Events that commit late keep their number but get the next free place: the order of the log is the order of
    sealing, and an event never moves once it has a place.
    """
    origin = Installation.objects.select_for_update().values_list("origin", flat=True).first()
    if origin is None:
        return None
    events = list(JournalEvent.objects.filter(leaf_index__isnull=True).order_by("id").only("id", "payload")[:limit])
    if not events:
        return None
    size = _sound_size()
    leaves = [merkle.leaf_hash(event.payload.encode()) for event in events]
    growth = tiles.grow(size, leaves, read_tile=read_tile)
    _place(events, size)
    for tile in growth.tiles:
        JournalTile.objects.update_or_create(level=tile.level, index=tile.index, defaults={"hashes": tile.data})
    note = _sign(origin, growth, signers, now)
    return JournalCheckpoint.objects.create(size=growth.size, root=growth.root.hex(), at=now, note=note)


def seal_everything(*, signers: Sequence[Signer], clock: Callable[[], datetime]) -> int:
    """Seal batch after batch until no event is left; return the size of the log."""
    while seal_journal(signers=signers, now=clock()):
        pass
    return log_size()


def log_size() -> int:
    """Return how many events the last checkpoint covers."""
    last = JournalCheckpoint.objects.order_by("-size").values_list("size", flat=True).first()
    return last or 0


def _sound_size() -> int:
    """Return the size of the log, whose stored tiles must still give the root that was signed last.

    Raises:
        PermanentFailure: ``journal_log_damaged``; nothing more is signed on a log that has been changed.
    """
    last = JournalCheckpoint.objects.order_by("-size").values_list("size", "root").first()
    size, root = last or (0, merkle.EMPTY_ROOT.hex())
    if tiles.root(size, read_tile=read_tile).hex() != root:
        raise PermanentFailure("journal_log_damaged", f"size {size}")
    return size


def read_tile(level: int, index: int) -> tuple[bytes, ...]:
    """Return the hashes of a stored tile.

    Raises:
        PermanentFailure: the tile is missing or damaged.
    """
    data = stored_tile(level, index)
    if data is None:
        raise PermanentFailure("journal_tile_missing", f"{level}/{index}")
    return tiles.tile_from_data(level, index, data).hashes


def _place(events: Sequence[JournalEvent], size: int) -> None:
    rows = [(size + offset, event.id) for offset, event in enumerate(events)]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE jingui_journal_event SET leaf_index = %s WHERE id = %s", rows)


def _sign(origin: str, growth: tiles.Growth, signers: Sequence[Signer], now: datetime) -> str:
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    text = notes.Checkpoint(origin, growth.size, growth.root, (f"time {time}",)).text
    lines = []
    for signer in signers:
        key = notes.note_key(name=origin, algorithm=signer.algorithm, public_key_pem=signer.public_key_pem)
        lines.append(notes.signature_line(key, signer.sign(text.encode()).value))
    return notes.signed_note(text, lines)
