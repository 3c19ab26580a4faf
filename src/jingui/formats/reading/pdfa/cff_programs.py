"""Font programs in CFF (Adobe Technical Notes 5176 and 5177): glyphs by name or character, and their widths."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from math import prod

from jingui.formats.reading.pdfa.font_programs import BROKEN_PROGRAM, BadProgramError, Program
from jingui.formats.reading.pdfa.glyph_names import STANDARD_ENCODING, STANDARD_NAMES

STANDARD_STRINGS = 391
CHARSET, ENCODING, CHAR_STRINGS, PRIVATE = 15, 16, 17, 18
SUBRS, DEFAULT_WIDTH, NOMINAL_WIDTH = 19, 20, 21
MATRIX, ROS, FD_ARRAY, FD_SELECT = 1207, 1230, 1236, 1237
MAX_GLYPHS = 65_536
MAX_STEPS = 2_000
MAX_CALLS = 10
Numbers = list[float]


def read_cff(data: bytes) -> Program:
    """Read a bare CFF program, or the one in an OpenType file. Raises BadProgramError."""
    try:
        return _Cff(_bare(data)).program()
    except BROKEN_PROGRAM as error:
        raise BadProgramError(str(error)) from None


def _bare(data: bytes) -> bytes:
    if data[:4] != b"OTTO":
        return data
    for at in range(12, 12 + 16 * min(struct.unpack_from(">H", data, 4)[0], 64), 16):
        if data[at : at + 4] == b"CFF ":
            offset, size = struct.unpack_from(">II", data, at + 8)
            return data[offset : offset + size]
    raise BadProgramError("no CFF table")


@dataclass(frozen=True, slots=True)
class _Private:
    """What the widths of a font's (or of one of its parts') glyphs are counted from, and its subroutines."""

    default: float
    nominal: float
    subroutines: list[tuple[int, int]]
    scale: float


class _Cff:
    def __init__(self, data: bytes) -> None:
        self.data = data
        names_end = self._index(data[2])[1]
        tops, strings_at = self._index(names_end)
        self.strings, globals_at = self._index(strings_at)
        self.globals = self._index(globals_at)[0]
        self.top = self._dictionary(*tops[0])
        self.glyphs = self._index(int(self.top[CHAR_STRINGS][0]))[0][:MAX_GLYPHS]
        self.is_keyed = ROS in self.top
        self.parts = [self._private(self._dictionary(*span)) for span in self._spans(FD_ARRAY)] if self.is_keyed else []
        self.private = None if self.is_keyed else self._private(self.top)

    def _spans(self, key: int) -> list[tuple[int, int]]:
        return self._index(int(self.top[key][0]))[0] if key in self.top else []

    def _index(self, at: int) -> tuple[list[tuple[int, int]], int]:
        """Return where the objects of an INDEX begin and end, and where the INDEX ends."""
        count = struct.unpack_from(">H", self.data, at)[0]
        if not count:
            return [], at + 2
        width = self.data[at + 2]
        base = at + 3 + width * (count + 1) - 1
        if not 1 <= width <= 4 or base > len(self.data):  # noqa: PLR2004 - bytes of an offset
            raise BadProgramError("offsets of an INDEX")
        offsets = [
            base + int.from_bytes(self.data[at + 3 + width * number : at + 3 + width * (number + 1)])
            for number in range(count + 1)
        ]
        return list(pairwise(offsets)), offsets[-1]

    def _dictionary(self, at: int, end: int) -> dict[int, Numbers]:
        found: dict[int, Numbers] = {}
        operands: Numbers = []
        while at < end:
            first = self.data[at]
            if first <= 21:  # noqa: PLR2004 - operators
                key = first if first != 12 else 1200 + self.data[at + 1]  # noqa: PLR2004 - escape
                at += 1 if first != 12 else 2  # noqa: PLR2004 - escape
                found[key], operands = operands, []
            else:
                value, at = self._operand(at)
                operands.append(value)
        return found

    def _operand(self, at: int) -> tuple[float, int]:
        first = self.data[at]
        if first == 28:  # noqa: PLR2004 - as the note numbers them
            return float(struct.unpack_from(">h", self.data, at + 1)[0]), at + 3
        if first == 29:  # noqa: PLR2004
            return float(struct.unpack_from(">i", self.data, at + 1)[0]), at + 5
        if first == 30:  # noqa: PLR2004
            return self._real(at + 1)
        return _small(self.data, at)

    def _real(self, at: int) -> tuple[float, int]:
        text = ""
        for byte in self.data[at : at + 32]:
            at += 1
            text += "".join(DIGITS[nibble] for nibble in (byte >> 4, byte & 15))
            if "f" in text:
                break
        return float(text.partition("f")[0] or 0), at

    def _private(self, holder: dict[int, Numbers]) -> _Private:
        size, at = (int(number) for number in holder.get(PRIVATE, [0.0, 0.0]))
        told = self._dictionary(at, at + size) if size else {}
        subroutines = self._index(at + int(told[SUBRS][0]))[0] if SUBRS in told else []
        # The matrix of a part stands before that of the whole font; where neither is told, a thousand units are the size.
        matrices = [one[MATRIX][0] for one in {id(one): one for one in (holder, self.top)}.values() if one.get(MATRIX)]
        scale = prod(matrices or [0.001]) * 1000
        default, nominal = (told.get(key, [0.0])[0] for key in (DEFAULT_WIDTH, NOMINAL_WIDTH))
        return _Private(default, nominal, subroutines, scale)

    def program(self) -> Program:
        identifiers = self._charset()
        if self.is_keyed:
            cids = {number: glyph for glyph, number in enumerate(identifiers)}
            return Program(len(self.glyphs), self._width, cids=cids)
        names = {self._name(number): glyph for glyph, number in enumerate(identifiers)}
        return Program(len(self.glyphs), self._width, names=names, builtin=self._encoding(identifiers))

    def _charset(self) -> list[int]:
        """Return the identifier of every glyph: of its name, or its character in keyed fonts."""
        at = int(self.top.get(CHARSET, [0.0])[0])
        count = len(self.glyphs)
        if at <= 2:  # noqa: PLR2004 - predefined
            return list(range(count))
        kind, at, found = self.data[at], at + 1, [0]
        if kind == 0:
            return [0, *struct.unpack_from(f">{count - 1}H", self.data, at)]
        layout = ">HB" if kind == 1 else ">HH"
        while len(found) < count:
            first, left = struct.unpack_from(layout, self.data, at)
            found += range(first, first + left + 1)
            at += struct.calcsize(layout)
        return found[:count]

    def _name(self, number: int) -> str:
        if number < len(STANDARD_NAMES):
            return STANDARD_NAMES[number]
        if number < STANDARD_STRINGS:
            return f"expert {number}"
        start, end = self.strings[number - STANDARD_STRINGS]
        return self.data[start:end].decode("latin-1")

    def _encoding(self, identifiers: list[int]) -> dict[int, str]:
        at = int(self.top.get(ENCODING, [0.0])[0])
        if at <= 1:
            return STANDARD_ENCODING if at == 0 else {}
        kind, count = self.data[at] & 0x7F, self.data[at + 1]
        if kind == 0:
            codes = list(self.data[at + 2 : at + 2 + count])
        else:
            pairs = zip(*[iter(self.data[at + 2 : at + 2 + 2 * count])] * 2, strict=False)
            codes = [code for first, left in pairs for code in range(first, first + left + 1)]
        return {code: self._name(number) for code, number in zip(codes, identifiers[1:], strict=False)}

    def _part_of(self, glyph: int) -> _Private:
        if self.private is not None:
            return self.private
        at = int(self.top[FD_SELECT][0])
        if self.data[at] == 0:
            return self.parts[self.data[at + 1 + glyph]]
        number = struct.unpack_from(">H", self.data, at + 1)[0]
        chosen = 0
        for step in range(number):
            first, part = struct.unpack_from(">HB", self.data, at + 3 + 3 * step)
            chosen = part if first <= glyph else chosen
        return self.parts[chosen]

    def _width(self, glyph: int) -> float | None:
        if not 0 <= glyph < len(self.glyphs):
            return None
        try:
            part = self._part_of(glyph)
            extra = _Run(self, part).width(*self.glyphs[glyph])
        except BROKEN_PROGRAM:
            return None
        if extra is None:
            return part.default * part.scale
        return (part.nominal + extra) * part.scale


class _Run:
    """A char string up to the operator that shows whether a width stands before its operands."""

    def __init__(self, font: _Cff, part: _Private) -> None:
        self.font, self.part = font, part
        self.stack: Numbers = []
        self.steps = 0

    def width(self, at: int, end: int) -> float | None:
        return self._walk(at, end, calls=0)[1]

    def _walk(self, at: int, end: int, *, calls: int) -> tuple[bool, float | None]:
        """Return whether the deciding operator was met, and the width before its operands if there is one."""
        while at < end:
            self.steps += 1
            if self.steps > MAX_STEPS or calls > MAX_CALLS:
                raise BadProgramError("a char string without end")
            first = self.font.data[at]
            if first == 28 or first >= 32:  # noqa: PLR2004 - numbers
                value, at = _operand_of_glyph(self.font.data, at)
                self.stack.append(value)
                continue
            at += 1
            if first in (10, 29):
                is_met, width = self._call(first == 10, calls)  # noqa: PLR2004 - own subroutine
                if is_met:
                    return is_met, width
            elif first == 11:  # noqa: PLR2004 - return
                return False, None
            else:
                return True, self._before(first)
        return False, None

    def _call(self, is_own: bool, calls: int) -> tuple[bool, float | None]:  # noqa: FBT001 - which list
        spans = self.part.subroutines if is_own else self.font.globals
        bias = 107 if len(spans) < 1240 else 1131 if len(spans) < 33900 else 32768  # noqa: PLR2004 - as the note says
        return self._walk(*spans[int(self.stack.pop()) + bias], calls=calls + 1)

    def _before(self, operator: int) -> float | None:
        if operator in STEMS:
            return self.stack[0] if len(self.stack) % 2 else None
        wanted = OPERANDS.get(operator)
        if wanted is None:
            raise BadProgramError(f"operator {operator} before any width")
        return self.stack[0] if len(self.stack) > wanted and len(self.stack) != wanted + 4 else None


def _small(data: bytes, at: int) -> tuple[float, int]:
    first = data[at]
    if 32 <= first <= 246:  # noqa: PLR2004 - as the note numbers them
        return float(first - 139), at + 1
    if 247 <= first <= 250:  # noqa: PLR2004
        return float((first - 247) * 256 + data[at + 1] + 108), at + 2
    if 251 <= first <= 254:  # noqa: PLR2004
        return float(-(first - 251) * 256 - data[at + 1] - 108), at + 2
    raise BadProgramError(f"operand {first}")


def _operand_of_glyph(data: bytes, at: int) -> tuple[float, int]:
    first = data[at]
    if first == 28:  # noqa: PLR2004 - as the note numbers them
        return float(struct.unpack_from(">h", data, at + 1)[0]), at + 3
    if first == 255:  # noqa: PLR2004 - 16.16
        return struct.unpack_from(">i", data, at + 1)[0] / 65536, at + 5
    return _small(data, at)


DIGITS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "E", "E-", "", "-", "f")
STEMS = frozenset((1, 3, 18, 19, 20, 23))  # hstem vstem hstemhm hintmask cntrmask vstemhm
OPERANDS = {14: 0, 4: 1, 22: 1, 21: 2}  # endchar, vmoveto, hmoveto, rmoveto
