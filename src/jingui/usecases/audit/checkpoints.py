"""Checkpoints of the log: what each one states, and whether it is still what we have signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache

from jingui.db.models import JournalCheckpoint
from jingui.domain.audit import checkpoint as notes
from jingui.domain.errors import DomainError
from jingui.ports import Signer
from jingui.usecases.audit.reading import chunks, rows_by_key


@dataclass(frozen=True, slots=True)
class Judged:
    """A checkpoint row. ``stated`` is what was signed, if the row still says the same; else ``fault`` says why not."""

    size: int
    stated: notes.Checkpoint | None
    fault: str | None = None


def judged_checkpoints(signers: Sequence[Signer]) -> Iterator[Judged]:
    """Stream the checkpoints in the order of their sizes."""
    verify = _verifier(signers)
    sizes = JournalCheckpoint.objects.order_by("size").values_list("size", flat=True)
    for chunk in chunks(sizes.iterator(chunk_size=2000)):
        rows = rows_by_key(JournalCheckpoint, chunk)
        for size in chunk:
            yield _judged(size, rows.get(size), verify)


Verifier = Callable[[notes.SignedNote, str], bool]


def _judged(size: int, row: JournalCheckpoint | None, verify: Verifier) -> Judged:
    if row is None:
        return Judged(size, None, "checkpoint_altered")
    try:
        note = notes.parse_note(row.note)
        stated = notes.parse_checkpoint(note.text)
    except (DomainError, TypeError, AttributeError):
        return Judged(size, None, "checkpoint_malformed")
    if not verify(note, stated.origin):
        return Judged(size, None, "checkpoint_signature_wrong")
    time = f"time {row.at.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}"
    is_same = (stated.size, stated.root.hex(), stated.extensions) == (size, row.root, (time,))
    return Judged(size, stated) if is_same else Judged(size, None, "checkpoint_altered")


def _verifier(signers: Sequence[Signer]) -> Verifier:
    by_algorithm = {signer.algorithm: signer for signer in signers}

    # The origin is taken from the signed text: what the database says of it is the business of the row check.
    @lru_cache(maxsize=8)
    def keys(origin: str) -> tuple[notes.NoteKey, ...]:
        return tuple(
            notes.note_key(name=origin, algorithm=s.algorithm, public_key_pem=s.public_key_pem) for s in signers
        )

    def is_sound(note: notes.SignedNote, origin: str) -> bool:
        try:
            known = keys(origin)
        except DomainError:
            return False
        check = notes.check_note(
            note, keys=known, verify=lambda key, message, value: by_algorithm[key.algorithm].verify(message, value)
        )
        return check.is_sound and not check.unknown and len(check.verified) == len(known)

    return is_sound
