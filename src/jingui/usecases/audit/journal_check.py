"""Proving the journal: every event against the sealed log, every checkpoint against its signature and the tiles."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from functools import lru_cache
from typing import Any

from jingui.db.models import Installation, JournalCheckpoint, JournalEvent
from jingui.domain.audit import checkpoint as notes
from jingui.domain.audit import merkle, tiles
from jingui.domain.errors import DomainError, PermanentFailure
from jingui.ports import Signer
from jingui.usecases.audit.findings import HoldingsFinding, Looked, Subject
from jingui.usecases.audit.sealing import log_size, read_tile

CHUNK = 2000


def check_log(*, signers: Sequence[Signer], looked: Looked) -> Iterator[HoldingsFinding]:
    """Check tiles against each other and every checkpoint against the tiles and its signatures."""
    size = log_size()
    reader = lru_cache(maxsize=4096)(read_tile)
    bad_tiles: list[tuple[int, int]] = []
    try:
        bad_tiles = list(tiles.disagreeing_tiles(size, read_tile=reader))
    except PermanentFailure as failure:
        yield HoldingsFinding(Subject.LOG, "tile", failure.code, failure.detail)
        return
    for level, index in bad_tiles:
        yield HoldingsFinding(Subject.LOG, f"tile/{level}/{index}", "tile_altered")
    yield from _check_checkpoints(signers, reader, looked)


def _check_checkpoints(
    signers: Sequence[Signer], reader: tiles.TileReader, looked: Looked
) -> Iterator[HoldingsFinding]:
    installation = Installation.objects.first()
    origin = installation.origin if installation else ""
    verify = _verifier(origin, signers)
    for row in JournalCheckpoint.objects.order_by("size").iterator(chunk_size=CHUNK):
        looked.checkpoints += 1
        code = _checkpoint_fault(row, verify, reader)
        if code:
            yield HoldingsFinding(Subject.LOG, f"checkpoint/{row.size}", code)


def _verifier(origin: str, signers: Sequence[Signer]) -> Callable[[str], str | None]:
    by_algorithm = {signer.algorithm: signer for signer in signers}
    keys = [notes.note_key(name=origin, algorithm=s.algorithm, public_key_pem=s.public_key_pem) for s in signers]

    def fault(note: str) -> str | None:
        try:
            parsed = notes.parse_note(note)
        except DomainError:
            return "checkpoint_malformed"
        check = notes.check_note(
            parsed, keys=keys, verify=lambda key, message, value: by_algorithm[key.algorithm].verify(message, value)
        )
        return None if check.is_sound else "checkpoint_signature_wrong"

    return fault


def _checkpoint_fault(
    row: JournalCheckpoint, signature_fault: Callable[[str], str | None], reader: tiles.TileReader
) -> str | None:
    fault = signature_fault(row.note)
    if fault:
        return fault
    stated = notes.parse_checkpoint(notes.parse_note(row.note).text)
    if (stated.size, stated.root.hex()) != (row.size, row.root):
        return "checkpoint_altered"
    try:
        root = tiles.root(row.size, read_tile=reader)
    except PermanentFailure:
        return "log_tile_missing"
    return None if root == stated.root else "log_root_differs"


def check_events(looked: Looked) -> Iterator[tuple[JournalEvent, dict[str, Any] | None, HoldingsFinding | None]]:
    """Stream every event in order with its parsed payload, or with a finding where it is not what was sealed."""
    reader = lru_cache(maxsize=64)(read_tile)
    for event in JournalEvent.objects.order_by("id").iterator(chunk_size=CHUNK):
        looked.events += 1
        fault = _event_fault(event, reader)
        if fault:
            yield event, None, HoldingsFinding(Subject.EVENT, str(event.id), fault, event.kind)
        else:
            yield event, json.loads(event.payload), None


def _event_fault(event: JournalEvent, reader: tiles.TileReader) -> str | None:
    if event.leaf_index is not None:
        index, offset = divmod(event.leaf_index, tiles.WIDTH)
        try:
            sealed = reader(0, index)
        except PermanentFailure:
            return "log_tile_missing"
        if offset >= len(sealed) or sealed[offset] != merkle.leaf_hash(event.payload.encode()):
            return "event_altered"
    return None if _columns_agree(event) else "event_columns_altered"


def _columns_agree(event: JournalEvent) -> bool:
    try:
        payload = json.loads(event.payload)
        stated = (payload["kind"], payload["actor"], payload["case"], payload["at"])
    except (ValueError, KeyError, TypeError):
        return False
    at = event.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    case = event.case_key.hex if event.case_key else None
    return stated == (event.kind, event.actor, case, at)


def missing_events(size: int) -> Iterator[HoldingsFinding]:
    """Name the places of the log whose events are gone."""
    present = JournalEvent.objects.filter(leaf_index__isnull=False)
    if present.count() == size:
        return
    expected = 0
    for found in present.order_by("leaf_index").values_list("leaf_index", flat=True).iterator(chunk_size=CHUNK):
        index = found or 0  # the filter leaves no empty one
        for gap in range(expected, index):
            yield HoldingsFinding(Subject.EVENT, f"leaf/{gap}", "event_missing")
        expected = index + 1
    for gap in range(expected, size):
        yield HoldingsFinding(Subject.EVENT, f"leaf/{gap}", "event_missing")
