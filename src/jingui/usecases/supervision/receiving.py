"""Taking a source's daily ledger (办件台账): whole or in parts, once, and never in place of an earlier one."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.keys import new_key
from jingui.db.models import DayClosing, Ledger, LedgerBlock, LedgerLine, LedgerPart
from jingui.db.nonces import take_nonces
from jingui.db.queries.rows import lock_name
from jingui.domain.audit.events import Event
from jingui.domain.errors import Refused
from jingui.domain.records.canonical import canonical_json
from jingui.domain.supervision.certificates import moment
from jingui.domain.supervision.ledgers import LedgerPart as Part
from jingui.domain.supervision.terms import LedgerForm
from jingui.ports import Octets, Signer
from jingui.usecases.supervision.reading import BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class LedgerSender:
    """The source whose signature the message bears."""

    source_key: UUID
    source_name: str
    key_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class LedgerArrival:
    """A checked message of a ledger: which part, how written, what it digests to, its lines counted, its bytes."""

    part: Part
    form: LedgerForm
    sha256: str
    bytes: int
    lines: int
    pieces: Iterable[Octets]


@dataclass(frozen=True, slots=True)
class LedgerTaken:
    """The answer: a signed receipt, and whether this very message had been taken before."""

    answer: dict[str, Any]
    is_repeat: bool


@transaction.atomic
def receive_ledger(*, arrival: LedgerArrival, sender: LedgerSender, signer: Signer, now: datetime) -> LedgerTaken:
    """Take one message of a ledger. When its last part is there, the closing of the day is asked for.

    The same message again changes nothing, of whichever version it is. A different one begins the next version; all
    of its parts have to be sent. What was sent before stays.

    Raises:
        Refused: ``nonce_reused``, the request has been played before.
    """
    if not take_nonces([(sender.key_id, sender.nonce)], now=now):
        raise Refused("nonce_reused")
    lock_name(f"ledger:{sender.source_key.hex}:{arrival.part.day.isoformat()}")
    known = list(Ledger.objects.filter(source_id=sender.source_key, day=arrival.part.day).order_by("-version"))
    newest = known[0] if known else None
    if newest is None or not _is_open_for(newest, arrival):
        same = _same_message(known, arrival)
        if same:
            return LedgerTaken(_receipt(same, sender, signer), is_repeat=True)
    ledger, is_new = (
        (newest, False)
        if newest and _is_open_for(newest, arrival)
        else (_ledger(arrival, sender, newest.version + 1 if newest else 1, now), True)
    )
    part = _keep(ledger, arrival, sender, is_new=is_new, now=now)
    if ledger.completed_at:
        _ask_for_closing(ledger, now)
    return LedgerTaken(_receipt(part, sender, signer), is_repeat=False)


def _is_open_for(ledger: Ledger, arrival: LedgerArrival) -> bool:
    """Say whether the ledger still lacks this part."""
    lacks = ledger.completed_at is None and ledger.parts == arrival.part.parts
    return lacks and not LedgerPart.objects.filter(ledger=ledger, number=arrival.part.number).exists()


def _same_message(known: list[Ledger], arrival: LedgerArrival) -> LedgerPart | None:
    same = LedgerPart.objects.filter(
        ledger__in=[ledger for ledger in known if ledger.parts == arrival.part.parts],
        number=arrival.part.number,
        sha256=arrival.sha256,
        form=arrival.form.value,
    )
    return same.select_related("ledger").order_by("-ledger__version").first()


def _ledger(arrival: LedgerArrival, sender: LedgerSender, version: int, now: datetime) -> Ledger:
    return Ledger(
        source_id=sender.source_key,
        day=arrival.part.day,
        version=version,
        parts=arrival.part.parts,
        begun_at=now,
    )


def _keep(ledger: Ledger, arrival: LedgerArrival, sender: LedgerSender, *, is_new: bool, now: datetime) -> LedgerPart:
    part = LedgerPart(
        key=new_key(),
        ledger=ledger,
        number=arrival.part.number,
        form=arrival.form.value,
        sha256=arrival.sha256,
        bytes=arrival.bytes,
        lines=arrival.lines,
        key_id=sender.key_id,
        received_at=now,
    )
    ledger.lines += arrival.lines
    have = 0 if is_new else LedgerPart.objects.filter(ledger=ledger).count()
    ledger.completed_at = now if have + 1 == ledger.parts else None
    blocks = [
        LedgerBlock(part=part, number=number, content=zlib.compress(piece))
        for number, piece in enumerate(_sliced(arrival.pieces))
    ]
    facts = {
        "source": sender.source_name, "day": ledger.day.isoformat(), "version": ledger.version, "part": part.number,
        "parts": ledger.parts, "lines": part.lines, "sha256": part.sha256, "is_replacement": ledger.version > 1,
    }  # fmt: skip
    entry = journal.Entry(Event.LEDGER_RECEIVED, f"source:{sender.source_name}", now, facts=facts)
    new = [ledger, part, *blocks] if is_new else [part, *blocks]
    journal.record(entry, new=new, changed=[] if is_new else [ledger])
    return part


def _sliced(pieces: Iterable[bytes]) -> Iterator[bytes]:
    kept = bytearray()
    for piece in pieces:
        kept += piece
        while len(kept) >= BLOCK_BYTES:
            yield bytes(kept[:BLOCK_BYTES])
            del kept[:BLOCK_BYTES]
    if kept:
        yield bytes(kept)


def _ask_for_closing(ledger: Ledger, now: datetime) -> None:
    """Ask the worker for the closing; lines of an earlier version are thrown away, its bytes stay."""
    before = DayClosing.objects.filter(source_id=ledger.source_id, day=ledger.day).first()
    if before and before.ledger_id:
        LedgerLine.objects.filter(ledger_id=before.ledger_id).delete()
    DayClosing.objects.update_or_create(
        source_id=ledger.source_id,
        day=ledger.day,
        defaults={"ledger": ledger, "loaded_lines": 0, "is_loaded": False, "due_at": now, "pruned_at": None},
    )


def _receipt(part: LedgerPart, sender: LedgerSender, signer: Signer) -> dict[str, Any]:
    """Return the receipt of a message; the same row always gives the same answer, because Ed25519 is deterministic."""
    ledger = part.ledger
    body = {
        "v": 1,
        "kind": "ledger_received",
        "receipt_id": part.key.hex,
        "source": sender.source_name,
        "at": moment(part.received_at),
        "subject": {
            "day": ledger.day.isoformat(),
            "version": ledger.version,
            "part": part.number,
            "parts": ledger.parts,
            "lines": part.lines,
            "bytes": part.bytes,
            "sha256": part.sha256,
        },
    }
    made = signer.sign(canonical_json(body))
    value = base64.b64encode(made.value).decode()
    return {"receipt": body, "signature": {"algorithm": made.algorithm, "key_id": made.key_id, "value": value}}
