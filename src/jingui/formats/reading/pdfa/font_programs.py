"""What embedded font programs tell of their glyphs: which there are, by which codes and names, and how wide they are.

Only what metrics need is read: outlines are never drawn. Whatever a program does not tell is left unknown, so that it can be
held against nobody.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

MAX_PROGRAM_BYTES = 32 * 1024**2
MAX_TABLES, MAX_CMAPS, MAX_GROUPS = 64, 32, 20_000
Widths = Callable[[int], "float | None"]
BROKEN_PROGRAM = (struct.error, IndexError, ValueError, KeyError, ZeroDivisionError, OverflowError, RecursionError)


class BadProgramError(ValueError):
    """The program is none that can be read here."""


@dataclass(slots=True)
class Program:
    """A font program: number of glyphs, glyphs by name, by character of the collection and by code.

    ``width`` gives thousandths of the text size, ``None`` where it cannot be told. ``cids`` is ``None`` in fonts that are not
    keyed by characters of a collection. ``has_names`` says that glyphs can be found by names that are not read here.
    """

    glyph_count: int
    width: Widths
    names: dict[str, int] = field(default_factory=dict)
    cids: dict[int, int] | None = None
    builtin: dict[int, str] = field(default_factory=dict)
    cmaps: dict[tuple[int, int], Callable[[int], int]] = field(default_factory=dict)
    has_names: bool = False
    is_drawn: Callable[[int], bool] = bool
    """Whether a glyph has an outline of its own and stands for itself, not for a part of another."""


def read_true_type(data: bytes) -> Program:
    """Read a TrueType or OpenType program with ``glyf`` outlines. Raises BadProgramError."""
    try:
        return _TrueType(data).program()
    except BROKEN_PROGRAM as error:
        raise BadProgramError(str(error)) from None


class _TrueType:
    def __init__(self, data: bytes) -> None:
        self.data = data
        count = min(struct.unpack_from(">H", data, 4)[0], MAX_TABLES)
        self.tables = {
            data[at : at + 4]: struct.unpack_from(">II", data, at + 8) for at in range(12, 12 + 16 * count, 16)
        }
        self.units: int = self._number(b"head", 18, ">H")
        self.is_long = bool(self._number(b"head", 50, ">h"))
        self.metrics: int = self._number(b"hhea", 34, ">H")
        self.glyphs: int = self._number(b"maxp", 4, ">H")
        if not self.units:
            raise BadProgramError("no units")

    def _number(self, table: bytes, offset: int, layout: str) -> int:
        return int(struct.unpack_from(layout, self.data, self.tables[table][0] + offset)[0])

    def program(self) -> Program:
        has_names = b"post" in self.tables and self._number(b"post", 0, ">I") != 0x00030000  # noqa: PLR2004 - no names
        return Program(
            self.glyphs,
            self.width,
            cmaps=self._cmaps() if b"cmap" in self.tables else {},
            has_names=has_names,
            is_drawn=self._drawn(),
        )

    def width(self, glyph: int) -> float | None:
        start, size = self.tables[b"hmtx"]
        at = 4 * min(glyph, self.metrics - 1)
        if glyph >= self.glyphs or at < 0 or at + 2 > size or start + at + 2 > len(self.data):
            return None
        return float(struct.unpack_from(">H", self.data, start + at)[0]) * 1000 / self.units

    def _span(self, glyph: int) -> tuple[int, int]:
        start = self.tables[b"loca"][0]
        if self.is_long:
            first, last = struct.unpack_from(">II", self.data, start + 4 * glyph)
            return int(first), int(last)
        first, last = struct.unpack_from(">HH", self.data, start + 2 * glyph)
        return 2 * int(first), 2 * int(last)

    def _drawn(self) -> Callable[[int], bool]:
        if b"loca" not in self.tables or b"glyf" not in self.tables:
            return bool
        glyf = self.tables[b"glyf"][0]
        parts = {part for glyph in range(self.glyphs) for part in self._parts(glyph, glyf)}
        return lambda glyph: glyph not in parts and self._span(glyph)[1] > self._span(glyph)[0]

    def _parts(self, glyph: int, glyf: int) -> set[int]:
        """The glyphs that a composite one is made of (``glyf``: numberOfContours below 0)."""
        first, last = self._span(glyph)
        found: set[int] = set()
        if last - first < 12 or struct.unpack_from(">h", self.data, glyf + first)[0] >= 0:  # noqa: PLR2004 - a header
            return found
        at = glyf + first + 10
        for _ in range(64):
            flags, part = struct.unpack_from(">HH", self.data, at)
            found.add(part)
            if not flags & 0x20:
                break
            scales = 2 if flags & 0x08 else 4 if flags & 0x40 else 8 if flags & 0x80 else 0
            at += 4 + (4 if flags & 1 else 2) + scales
        return found

    def _cmaps(self) -> dict[tuple[int, int], Callable[[int], int]]:
        start = self.tables[b"cmap"][0]
        found: dict[tuple[int, int], Callable[[int], int]] = {}
        for at in range(min(self._number(b"cmap", 2, ">H"), MAX_CMAPS)):
            platform, kind, offset = struct.unpack_from(">HHI", self.data, start + 4 + 8 * at)
            reader = FORMATS.get(struct.unpack_from(">H", self.data, start + offset)[0], _unread)
            found[(platform, kind)] = reader(self.data, start + offset)
        return found


def _bytes_map(data: bytes, at: int) -> Callable[[int], int]:
    glyphs = data[at + 6 : at + 262]
    return lambda code: glyphs[code] if 0 <= code < len(glyphs) else 0


def _trimmed_map(data: bytes, at: int) -> Callable[[int], int]:
    first, count = struct.unpack_from(">HH", data, at + 6)
    glyphs = struct.unpack_from(f">{count}H", data, at + 10)
    return lambda code: glyphs[code - first] if first <= code < first + count else 0


def _segment_map(data: bytes, at: int) -> Callable[[int], int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts, deltas, shifts = (
        struct.unpack_from(f">{count}H", data, at + 16 + 2 * count * number) for number in (1, 2, 3)
    )

    def glyph(code: int) -> int:
        segment = next((number for number, end in enumerate(ends) if code <= end), None)
        if segment is None or code < starts[segment]:
            return 0
        if not shifts[segment]:
            return int(code + deltas[segment]) & 0xFFFF
        spot = at + 16 + 6 * count + 2 * segment + shifts[segment] + 2 * (code - starts[segment])
        if spot + 2 > len(data):
            return 0
        found = struct.unpack_from(">H", data, spot)[0]
        return int(found + deltas[segment]) & 0xFFFF if found else 0

    return glyph


def _group_map(data: bytes, at: int) -> Callable[[int], int]:
    count = min(struct.unpack_from(">I", data, at + 12)[0], MAX_GROUPS)
    groups = [struct.unpack_from(">III", data, at + 16 + 12 * number) for number in range(count)]
    return lambda code: next((glyph + code - first for first, last, glyph in groups if first <= code <= last), 0)


def _unread(_data: bytes, _at: int) -> Callable[[int], int]:
    return lambda _code: -1


FORMATS = {0: _bytes_map, 4: _segment_map, 6: _trimmed_map, 12: _group_map}
