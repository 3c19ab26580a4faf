"""Character maps embedded in PDFs: from codes to characters of a collection, or to Unicode (ISO 32000-1 §9.7.5, §9.10.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_MAP_BYTES = 2 * 1024**2
BLOCK = re.compile(rb"begin(codespacerange|cidrange|cidchar|bfrange|bfchar)(.*?)end\1", re.DOTALL)
TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\d{1,10})|([\[\]])")
LARGEST_CID = 65_535
Token = bytes | int | list[bytes]


@dataclass(slots=True)
class CharacterMap:
    """What a map tells: lengths of codes in bytes, ranges of codes to characters, and single codes to Unicode."""

    lengths: set[int] = field(default_factory=set)
    cid_ranges: list[tuple[int, int, int]] = field(default_factory=list)
    texts: list[tuple[int, int, bytes]] = field(default_factory=list)
    listed: dict[int, bytes] = field(default_factory=dict)

    def cid(self, code: int) -> int | None:
        """Return the character that a code stands for."""
        return next((first + code - low for low, high, first in self.cid_ranges if low <= code <= high), None)

    def text(self, code: int) -> str | None:
        """Return the text that a code stands for, ``None`` if the map tells none."""
        if code in self.listed:
            return _decoded(self.listed[code])
        for low, high, start in self.texts:
            if low <= code <= high and len(start) > 1:
                last = int.from_bytes(start[-2:]) + code - low
                return _decoded(start[:-2] + (last & 0xFFFF).to_bytes(2))
        return None

    @property
    def largest_cid(self) -> int:
        """The largest character that the map names."""
        return max((first + high - low for low, high, first in self.cid_ranges), default=0)


def read_map(data: bytes) -> CharacterMap:
    """Read a map as far as it can be followed; anything else in it is left out."""
    found = CharacterMap()
    for kind, body in BLOCK.findall(data[:MAX_MAP_BYTES]):
        READERS[kind](found, _tokens(body))
    return found


def _decoded(data: bytes) -> str:
    return data.decode("utf-16-be", "replace")


def _tokens(body: bytes) -> list[Token]:
    found: list[Token] = []
    inner: list[bytes] | None = None
    for digits, number, bracket in TOKEN.findall(body):
        if bracket == b"[":
            inner = []
        elif bracket == b"]":
            found.append(inner or [])
            inner = None
        elif number:
            found.append(int(number))
        else:
            plain = re.sub(rb"\s", b"", digits)
            value = bytes.fromhex((plain + b"0" * (len(plain) % 2)).decode())
            found.append(value) if inner is None else inner.append(value)
    return found


def _codes(found: CharacterMap, tokens: list[Token]) -> None:
    found.lengths |= {len(one) for one in tokens if isinstance(one, bytes)}


def _cid_range(found: CharacterMap, tokens: list[Token]) -> None:
    for low, high, first in zip(*[iter(tokens)] * 3, strict=False):
        if isinstance(low, bytes) and isinstance(high, bytes) and isinstance(first, int):
            found.cid_ranges.append((int.from_bytes(low), int.from_bytes(high), first))


def _cid_char(found: CharacterMap, tokens: list[Token]) -> None:
    for code, number in zip(*[iter(tokens)] * 2, strict=False):
        if isinstance(code, bytes) and isinstance(number, int):
            found.cid_ranges.append((int.from_bytes(code), int.from_bytes(code), number))


def _text_range(found: CharacterMap, tokens: list[Token]) -> None:
    for low, high, start in zip(*[iter(tokens)] * 3, strict=False):
        if not isinstance(low, bytes) or not isinstance(high, bytes):
            continue
        if isinstance(start, bytes):
            found.texts.append((int.from_bytes(low), int.from_bytes(high), start))
        elif isinstance(start, list):
            found.listed |= {int.from_bytes(low) + at: text for at, text in enumerate(start)}


def _text_char(found: CharacterMap, tokens: list[Token]) -> None:
    for code, text in zip(*[iter(tokens)] * 2, strict=False):
        if isinstance(code, bytes) and isinstance(text, bytes):
            found.listed[int.from_bytes(code)] = text


READERS = {
    b"codespacerange": _codes,
    b"cidrange": _cid_range,
    b"cidchar": _cid_char,
    b"bfrange": _text_range,
    b"bfchar": _text_char,
}
