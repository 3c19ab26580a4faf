"""Lists of the glyphs of a subset (CharSet, CIDSet) and the tables of TrueType programs, held against the program."""

from __future__ import annotations

import re

import pikepdf

from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of
from jingui.formats.reading.pdfa.font_programs import Program
from jingui.formats.reading.pdfa.font_rules import NONSYMBOLIC, SUBSET, SYMBOLIC
from jingui.formats.reading.pdfa.uses import Use

LISTED = re.compile(r"/([^/\s]+)")
SYMBOLS, LATIN, MAC = (3, 0), (3, 1), (1, 0)


def check_subset(checked: Checked, use: Use, program: Program, kind: str, names: dict[int, str]) -> None:
    """What lists the glyphs of a simple font's subset lists them; symbolic TrueType fonts have one way to find glyphs.

    PDF/A-1 asks for the glyphs that are shown, the later parts for all that are in the program.
    """
    descriptor = dictionary(use.font.get("/FontDescriptor"))
    if descriptor is None:
        return
    if kind == "TrueType":
        _check_tables(checked, descriptor, program)
    elif SUBSET.match(name_of(use.font.get("/BaseFont"))) and isinstance(descriptor.get("/CharSet"), pikepdf.String):
        listed = set(LISTED.findall(str(descriptor.get("/CharSet"))))
        shown = {names.get(code, "") for code in use.painted}
        wanted = set(program.names) & shown if checked.claim.is_first else set(program.names)
        if wanted - listed - {".notdef"}:
            checked.fault("6.3.5", "6.2.11.4.2", "CharSet does not list all glyphs of the embedded font")


def check_characters(checked: Checked, font: Node, program: Program) -> None:
    """CIDSet lists all characters of the subset of a font for many characters."""
    descriptor = dictionary(font.get("/FontDescriptor"))
    stream = descriptor.get("/CIDSet") if descriptor is not None else None
    if not isinstance(stream, pikepdf.Stream) or not SUBSET.match(name_of(font.get("/BaseFont"))):
        return
    bits = stream.read_bytes()
    for cid in _present(font, program):
        if cid and not (cid // 8 < len(bits) and bits[cid // 8] & 0x80 >> cid % 8):
            checked.fault("6.3.5", "6.2.11.4.2", "CIDSet does not list all characters of the embedded font")
            return


def _present(font: Node, program: Program) -> list[int]:
    """The characters whose glyphs are in the program; glyphs that are only parts of others are left out."""
    if program.cids is not None:
        return list(program.cids)
    glyphs = font.get("/CIDToGIDMap")
    if isinstance(glyphs, pikepdf.Stream):
        table = glyphs.read_bytes()
        pairs = [(cid, int.from_bytes(table[2 * cid : 2 * cid + 2])) for cid in range(len(table) // 2)]
    else:
        pairs = [(glyph, glyph) for glyph in range(program.glyph_count)]
    return [cid for cid, glyph in pairs if 0 < glyph < program.glyph_count and program.is_drawn(glyph)]


def _check_tables(checked: Checked, descriptor: Node, program: Program) -> None:
    flags = descriptor.get("/Flags")
    if not isinstance(flags, int):
        return
    is_symbolic = bool(flags & SYMBOLIC) and not flags & NONSYMBOLIC
    count = len(program.cmaps)
    if checked.claim.is_fourth:
        if not program.cmaps.keys() & ({SYMBOLS, MAC} if is_symbolic else {LATIN, MAC}):
            checked.fault("", "6.2.11.6", "a TrueType font without a table of Unicode, symbols or Mac Roman")
        return
    if is_symbolic and count != 1 and (checked.claim.is_first or SYMBOLS not in program.cmaps):
        checked.fault("6.3.7", "6.2.11.6", "a symbolic TrueType font with several ways to find a glyph, or none")
    if not is_symbolic and not (count > 1 if SYMBOLS in program.cmaps else count):
        checked.fault("", "6.2.11.6", "a TrueType font without a table that finds its Latin glyphs")
