"""Signed checkpoints of the log: the text of C2SP tlog-checkpoint inside a C2SP signed-note.

A checkpoint says: this log (``origin``) had this size and this root. Its text is signed by Ed25519
(signature type 0x01 of signed-note) and, as a second line, by SM2 with SM3. signed-note has no type for SM2;
as it recommends, ours is 0xff followed by ``SM2_TYPE_NAME``, and the key is the point without its leading 04,
64 bytes. Verifiers that do not know it pass over the line.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from jingui.domain.audit.merkle import HASH_BYTES
from jingui.domain.errors import Invalid, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ED25519 = "Ed25519"
SM2 = "SM2-SM3"
SM2_TYPE_NAME = b"jingui-sm2-sm3-note-v1"
MAX_NOTE_CHARACTERS = 64 * 1024
MAX_SIGNATURES = 32

_TYPE_BYTES = {ED25519: b"\x01", SM2: b"\xff" + SM2_TYPE_NAME}
_PUBLIC_BYTES = {ED25519: 32, SM2: 64}
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<value>[A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log. ``extensions`` are further non-empty lines, such as ``time 2026-01-01T00:00:00Z``."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Return the text that is signed, with its final newline. The same checkpoint gives the same bytes."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode("ascii"), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that signs notes. ``public`` are 32 bytes for Ed25519 and 64 (x, y) for SM2."""

    name: str
    algorithm: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Return the four bytes by which a signature line names this key."""
        return sha256(self.name.encode() + b"\n" + _TYPE_BYTES[self.algorithm] + self.public).digest()[:4]


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text with its signature lines; nothing is verified yet."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True)
class NoteCheck:
    """What the known keys say. A note may be trusted if one verified and none failed."""

    verified: tuple[NoteKey, ...]
    failed: tuple[NoteKey, ...]
    unknown: tuple[NoteSignature, ...]

    @property
    def is_sound(self) -> bool:
        """Say whether at least one known key signed this text and no known key disagrees."""
        return bool(self.verified) and not self.failed


def note_key(*, name: str, algorithm: str, public_key_pem: str) -> NoteKey:
    """Make a note key from a PEM SubjectPublicKeyInfo, whose tail is the raw key for both algorithms.

    Raises:
        Invalid: the name has a space or a plus sign, or the algorithm or the key is not one of ours.
    """
    if algorithm not in _TYPE_BYTES or not re.fullmatch(r"[^\s+]+", name):
        raise _invalid("note_key_invalid", name)
    body = "".join(line for line in public_key_pem.split("\n") if not line.startswith("-----"))
    public = _decode(body)[-_PUBLIC_BYTES[algorithm] :]
    if len(public) != _PUBLIC_BYTES[algorithm]:
        raise _invalid("note_key_invalid", name)
    return NoteKey(name, algorithm, public)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint; only the exact form that ``Checkpoint.text`` gives is accepted.

    Raises:
        Invalid: ``checkpoint_malformed``.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() != "" or "" in lines or _CONTROL.search(text):  # noqa: PLR2004
        raise _invalid("checkpoint_malformed", "lines")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise _invalid("checkpoint_malformed", "size")
    digest = _decode(root)
    if len(digest) != HASH_BYTES:
        raise _invalid("checkpoint_malformed", "root")
    return Checkpoint(origin, int(size), digest, tuple(extensions))


def signature_line(key: NoteKey, value: bytes) -> str:
    """Return the signature line for a signature of the note's text (UTF-8)."""
    return f"— {key.name} {base64.b64encode(key.key_hash + value).decode('ascii')}\n"


def signed_note(text: str, lines: Iterable[str]) -> str:
    """Put a text and its signature lines together."""
    return text + "\n" + "".join(lines)


def parse_note(note: str) -> SignedNote:
    """Take a signed note apart.

    Raises:
        Invalid: ``note_malformed``.
    """
    text, blank, tail = note.rpartition("\n\n")
    lines = tail.split("\n")
    if not blank or lines.pop() != "" or len(note) > MAX_NOTE_CHARACTERS or _CONTROL.search(note):
        raise _invalid("note_malformed", "note")
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise _invalid("note_malformed", "signatures")
    return SignedNote(text + "\n", tuple(_parse_line(line) for line in lines))


def check_note(
    note: SignedNote, *, keys: Iterable[NoteKey], verify: Callable[[NoteKey, bytes, bytes], bool]
) -> NoteCheck:
    """Ask ``verify(key, message, signature)`` about each signature line of a known key."""
    known = {(key.name, key.key_hash): key for key in keys}
    message = note.text.encode()
    verified: list[NoteKey] = []
    failed: list[NoteKey] = []
    unknown: list[NoteSignature] = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_hash))
        if key is None:
            unknown.append(signature)
        else:
            (verified if verify(key, message, signature.value) else failed).append(key)
    return NoteCheck(tuple(verified), tuple(failed), tuple(unknown))


def _parse_line(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    value = _decode(match["value"]) if match else b""
    if match is None or len(value) <= 4:  # noqa: PLR2004 the key hash and at least a byte
        raise _invalid("note_malformed", "signature line")
    return NoteSignature(match["name"], value[:4], value[4:])


def _decode(text: str) -> bytes:
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise _invalid("note_malformed", "base64") from error
    if base64.b64encode(value).decode("ascii") != text:
        raise _invalid("note_malformed", "base64")
    return value


def _invalid(code: str, location: str) -> Invalid:
    return Invalid((Problem(location, code),), code)
