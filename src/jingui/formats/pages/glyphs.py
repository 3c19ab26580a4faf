"""Which characters the font of made documents can show; the others are written as their code point.

PDF/A wants every character to have its picture and its meaning, so one without a glyph may not simply stand there. Signs
that have no picture of their own (control, direction, zero width) could hide or reverse text and are written out too.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache

from jingui.formats.typesetting import FONT_FOLDER

FONT = FONT_FOLDER / "NotoSansSC-Regular.otf"
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FORMAT_12 = 12


def shown(text: str) -> str:
    """Return text in which every character but the end of a line has a picture; ``〔U+20BB7〕`` stands for others."""
    if text.isascii() and text.isprintable():
        return text
    known = covered()
    return "".join(sign if _is_shown(sign, known) else f"〔U+{ord(sign):04X}〕" for sign in text)


def searchable(text: str) -> str:
    """Return text as every database can keep it: without NUL and halves of pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _is_shown(sign: str, known: frozenset[int]) -> bool:
    return sign == "\n" or (ord(sign) in known and unicodedata.category(sign) not in _UNSHOWN)


@cache
def covered() -> frozenset[int]:
    """Return the code points that the font has a glyph for.

    Raises:
        ValueError: the font file has no character map of format 12 (OpenType ``cmap``).
    """
    return frozenset(_mapped(FONT.read_bytes()))


def _mapped(font: bytes) -> Iterator[int]:
    table = _character_map(font)
    (count,) = struct.unpack_from(">H", font, table + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, table + 4 + 8 * number + 4)
        (form,) = struct.unpack_from(">H", font, table + offset)
        if form == _FORMAT_12:
            yield from _groups(font, table + offset)
            return
    raise ValueError("no character map of format 12")


def _character_map(font: bytes) -> int:
    (tables,) = struct.unpack_from(">H", font, 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("no character map")


def _groups(font: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from (code for code in range(first, last + 1) if glyph + code - first)
