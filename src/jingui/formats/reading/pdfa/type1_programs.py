"""Type 1 font programs (Adobe Type 1 Font Format): names of glyphs, own encoding and widths."""

from __future__ import annotations

import re

from jingui.formats.reading.pdfa.font_programs import BadProgramError, Program
from jingui.formats.reading.pdfa.glyph_names import STANDARD_ENCODING

CODE = re.compile(rb"dup\s+(\d{1,3})\s*/([^\s/{}\[\]()<>]+)\s+put")
MATRIX = re.compile(rb"/FontMatrix\s*\[\s*([-+0-9.eE]+)")
LEAD = re.compile(rb"/lenIV\s+(\d+)")
GLYPH = re.compile(rb"/([^\s/{}\[\]()<>]+)\s+(\d{1,5})\s+(?:RD|-\||\S{1,3})[ ]")
HEXADECIMAL = re.compile(rb"[0-9A-Fa-f\s]+")
MAX_GLYPHS = 10_000
SIDE, SIDE_AND_WIDTH = 13, 7
EXECUTED, STRING = 55665, 4330


def read_type1(data: bytes) -> Program:
    """Read a Type 1 program. Raises BadProgramError."""
    clear, encrypted = _halves(data)
    told = MATRIX.search(clear)
    scale = float(told[1]) * 1000 if told else 1.0
    private = _decrypted(encrypted, EXECUTED)[4:]
    found = LEAD.search(private)
    strings = _char_strings(private)
    if not strings:
        raise BadProgramError("no char strings")
    # Glyphs of Type 1 have no numbers; .notdef is given 0, as everywhere else.
    strings = {".notdef": strings.pop(".notdef", b""), **strings}
    names = {name: number for number, name in enumerate(strings)}
    glyphs = list(strings.values())
    lead = int(found[1]) if found else 4

    def width(glyph: int) -> float | None:
        told = _width(_decrypted(glyphs[glyph], STRING)[lead:]) if 0 <= glyph < len(glyphs) else None
        return None if told is None else told * scale

    builtin = STANDARD_ENCODING if b"StandardEncoding def" in clear else _codes(clear)
    return Program(len(names), width, names=names, builtin=builtin)


def _codes(clear: bytes) -> dict[int, str]:
    return {int(code): name.decode("latin-1") for code, name in CODE.findall(clear)}


def _halves(data: bytes) -> tuple[bytes, bytes]:
    """Part the clear text from the encrypted one, whatever the lengths in the PDF say."""
    if data[:1] == b"\x80":
        data = _without_segments(data)
    at = data.find(b"eexec")
    if at < 0:
        raise BadProgramError("no encrypted part")
    start = at + 5
    while data[start : start + 1] in (b" ", b"\r", b"\n", b"\t") and start < at + 8:
        start += 1
    encrypted = data[start:]
    if HEXADECIMAL.fullmatch(encrypted[:8]):
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", encrypted)
        encrypted = bytes.fromhex(digits[: len(digits) // 2 * 2].decode())
    return data[:at], encrypted


def _without_segments(data: bytes) -> bytes:
    parts, at = [], 0
    while data[at : at + 1] == b"\x80" and data[at + 1 : at + 2] in (b"\1", b"\2"):
        size = int.from_bytes(data[at + 2 : at + 6], "little")
        parts.append(data[at + 6 : at + 6 + size])
        at += 6 + size
    return b"".join(parts)


def _decrypted(data: bytes, key: int) -> bytes:
    plain = bytearray()
    for byte in data:
        plain.append(byte ^ key >> 8)
        key = ((byte + key) * 52845 + 22719) & 0xFFFF
    return bytes(plain)


def _char_strings(private: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = private.find(b"/CharStrings")
    while at >= 0 and len(found) < MAX_GLYPHS:
        told = GLYPH.search(private, at + 1, at + 400)
        if told is None:
            break
        if told[1] == b"CharStrings":
            at = told.end()
            continue
        start = told.end()
        found[told[1].decode("latin-1")] = private[start : start + int(told[2])]
        at = start + int(told[2]) - 1
    return found


def _width(string: bytes) -> float | None:
    """Take the width from ``hsbw`` or ``sbw``, the first operator of every glyph."""
    stack: list[float] = []
    at = 0
    while at < len(string):
        first = string[at]
        if first >= 32:  # noqa: PLR2004 - numbers
            value, at = _number(string, at)
            stack.append(value)
        elif first == SIDE:
            return stack[1] if len(stack) > 1 else None
        elif first == 12 and string[at + 1 : at + 2] == bytes((SIDE_AND_WIDTH,)):  # noqa: PLR2004 - escape
            return stack[2] if len(stack) > 2 else None  # noqa: PLR2004 - sbx sby wx wy
        elif string[at : at + 2] == b"\x0c\x0c" and len(stack) > 1 and stack[-1]:
            stack[-2:] = [stack[-2] / stack[-1]]
            at += 2
        else:
            return None
    return None


def _number(string: bytes, at: int) -> tuple[float, int]:
    first = string[at]
    if first <= 246:  # noqa: PLR2004 - as the format numbers them
        return float(first - 139), at + 1
    following = string[at + 1] if at + 1 < len(string) else 0
    if first <= 250:  # noqa: PLR2004
        return float((first - 247) * 256 + following + 108), at + 2
    if first <= 254:  # noqa: PLR2004
        return float(-(first - 251) * 256 - following - 108), at + 2
    return float(int.from_bytes(string[at + 1 : at + 5], signed=True)), at + 5
