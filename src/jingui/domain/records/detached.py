"""Detached signatures (分离的电子签名): which file of a record a signature file belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jingui.domain.records.facts import Digests, Reading

FORMAT = "cms"
"""The format name of a signature file: a CMS value of its own."""

KIND = "cms"
"""The kind under which its signatures are told."""

STATED = "signed_digest"
"""The note of its reading that states what it signs: algorithm and digest."""


@dataclass(frozen=True, slots=True)
class PairingFile:
    """A file of a record, as far as pairing asks."""

    key: str
    name: str
    digests: Digests
    reading: Reading | None

    @property
    def is_signature(self) -> bool:
        """Whether it is a signature file."""
        return is_signature(self.reading)

    @property
    def stated(self) -> frozenset[tuple[str, str]]:
        """What a signature file states to sign: (algorithm, digest)."""
        notes = (note.partition(": ") for note in (self.reading.notes if self.reading else ()))
        pairs = (detail.partition(" ") for code, _, detail in notes if code == STATED)
        return frozenset((algorithm, digest) for algorithm, _, digest in pairs)

    @property
    def known(self) -> frozenset[tuple[str, str]]:
        """The digests that its bytes have."""
        told = self.digests
        return frozenset({("sha256", told.sha256), ("sm3", told.sm3), ("sha512", told.sha512)})


@dataclass(frozen=True, slots=True)
class SignaturePair:
    """A signature file and the file it signs, by key; ``content`` is ``""`` where no file of the record is that."""

    signature: str
    content: str


def is_signature(reading: Reading | None) -> bool:
    """Say whether a file is a signature over another one."""
    return reading is not None and reading.format_name == FORMAT


def pair(members: Sequence[PairingFile]) -> tuple[SignaturePair, ...]:
    """Find for every signature file what it signs.

    A file whose digest is the stated one counts before one that the name alone points to: ``X.pdf.p7s`` belongs to
    ``X.pdf``, and ``X.p7s`` to a file called ``X`` with any ending. Of several equal files the one with the name is taken.
    """
    others = [member for member in members if not member.is_signature]
    return tuple(SignaturePair(member.key, _content_of(member, others)) for member in members if member.is_signature)


def _content_of(signature: PairingFile, others: Sequence[PairingFile]) -> str:
    named = list(_named(signature.name, others))
    stated = signature.stated
    same = [other for other in (*named, *others) if stated & other.known]
    return next((other.key for other in (*same, *named)), "")


def _named(name: str, others: Iterable[PairingFile]) -> Iterable[PairingFile]:
    stem = PurePosixPath(name).stem.casefold()
    known = list(others)
    yield from (other for other in known if other.name.casefold() == stem)
    yield from (other for other in known if PurePosixPath(other.name).stem.casefold() == stem)
