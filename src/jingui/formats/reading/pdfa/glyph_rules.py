"""The glyphs that text is shown with, held against the embedded font program: there, as wide as told, known in Unicode."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pikepdf

from jingui.formats.reading.pdfa.cff_programs import read_cff
from jingui.formats.reading.pdfa.character_maps import read_map
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of
from jingui.formats.reading.pdfa.font_programs import MAX_PROGRAM_BYTES, BadProgramError, Program, read_true_type
from jingui.formats.reading.pdfa.font_rules import IDENTITY, NONSYMBOLIC, SYMBOLIC, descendant
from jingui.formats.reading.pdfa.glyph_names import ENCODINGS, STANDARD_ENCODING, unicode_of
from jingui.formats.reading.pdfa.subset_rules import check_characters, check_subset
from jingui.formats.reading.pdfa.text_rules import check_names, check_texts
from jingui.formats.reading.pdfa.type1_programs import read_type1
from jingui.formats.reading.pdfa.uses import MAX_CODES, Use

READERS: dict[str, Callable[[bytes], Program]] = {
    "/FontFile": read_type1,
    "/FontFile2": read_true_type,
    "/FontFile3": read_cff,
}
TOLERANCE = 1.0
NO_GLYPH = "text is shown with the glyph for what is not there (.notdef)"


def check_use(checked: Checked, use: Use) -> None:
    """Hold the codes that a font was used with against its program, its widths and its Unicode values."""
    kind = name_of(use.font.get("/Subtype"))
    if kind == "Type0":
        _check_composite(checked, use)
    elif kind in ("Type1", "MMType1", "TrueType"):
        _check_simple(checked, use, kind)
    elif kind == "Type3":
        check_names(checked, use, _encoding(use.font, {}))
    check_texts(checked, use)


def _program(font: Node) -> Program | None:
    descriptor = dictionary(font.get("/FontDescriptor"))
    for key, reader in READERS.items():
        stream = descriptor.get(key) if descriptor is not None else None
        if isinstance(stream, pikepdf.Stream):
            try:
                data = stream.read_bytes()
                return reader(data) if len(data) <= MAX_PROGRAM_BYTES else None
            except (BadProgramError, pikepdf.PdfError):
                return None
    return None


def _check_simple(checked: Checked, use: Use, kind: str) -> None:
    program = _program(use.font)
    if program is None:
        return
    names = _encoding(use.font, program.builtin or STANDARD_ENCODING)
    check_subset(checked, use, program, kind, names)
    if kind != "TrueType":
        check_names(checked, use, names)
    glyph_of = (
        _by_true_type(use.font, program, names) if program.cmaps or kind == "TrueType" else _by_name(program, names)
    )
    widths, first = use.font.get("/Widths"), use.font.get("/FirstChar", 0)
    for code in sorted(use.codes):
        glyph = glyph_of(code)
        told = widths[code - first] if _holds(widths, code, first) else None
        _check_glyph(checked, glyph, program, told, is_painted=code in use.painted)


def _holds(widths: object, code: int, first: object) -> bool:
    return isinstance(widths, pikepdf.Array) and isinstance(first, int) and 0 <= code - first < len(widths)


def _check_glyph(checked: Checked, glyph: int | None, program: Program, width: Node, *, is_painted: bool) -> None:
    """``glyph`` is -1 where it cannot be told, ``None`` where there is none."""
    if glyph == -1:
        return
    if glyph is None or glyph >= program.glyph_count:
        if is_painted:
            checked.fault("6.3.5", "6.2.11.4.1", "a glyph that is shown and not in the embedded font")
        return
    if glyph == 0:
        checked.fault("", "6.2.11.8", NO_GLYPH)
    real = program.width(glyph) if is_painted else None
    if real is not None and width is not None and abs(float(width) - real) > TOLERANCE:
        checked.fault("6.3.6", "6.2.11.5", "widths that are not those of the embedded font")


def _encoding(font: Node, builtin: dict[int, str]) -> dict[int, str]:
    """Return the names of the codes: of the encoding told, or of the program (``builtin``), with the differences."""
    encoding = font.get("/Encoding")
    described = dictionary(encoding)
    base = name_of(encoding) if described is None else name_of(described.get("/BaseEncoding"))
    names = dict(ENCODINGS.get(base) or builtin)
    differences = described.get("/Differences") if described is not None else None
    code = 0
    for one in differences if isinstance(differences, pikepdf.Array) else ():
        if isinstance(one, int):
            code = one
        elif isinstance(one, pikepdf.Name):
            names[code] = name_of(one)
            code += 1
    return names


def _by_name(program: Program, names: dict[int, str]) -> Callable[[int], int | None]:
    def glyph(code: int) -> int | None:
        name = names.get(code, ".notdef")
        return program.names.get(name, 0 if name == ".notdef" else None)

    return glyph


def _by_true_type(font: Node, program: Program, names: dict[int, str]) -> Callable[[int], int | None]:
    """Look glyphs up as ISO 32000-1 §9.6.6.4 says; where a step is not followed here, the glyph is left untold."""
    descriptor = dictionary(font.get("/FontDescriptor"))
    flags = descriptor.get("/Flags") if descriptor is not None else None
    is_symbolic = isinstance(flags, int) and bool(flags & SYMBOLIC) and not flags & NONSYMBOLIC
    unicode, symbols, mac = (program.cmaps.get(key) for key in ((3, 1), (3, 0), (1, 0)))
    mac_codes = {name: code for code, name in ENCODINGS["MacRomanEncoding"].items()}

    def symbolic(code: int) -> int | None:
        found = [table(code | high) for table in (symbols,) if table for high in (0xF000, 0, 0xF100, 0xF200)]
        found += [table(code) for table in (mac,) if table]
        return _first(found, is_sure=not unicode)

    def latin(code: int) -> int | None:
        name = names.get(code, ".notdef")
        if name == ".notdef":
            return 0
        value = unicode_of(name)
        found = [unicode(value)] if unicode and value else []
        found += [mac(mac_codes[name])] if mac and name in mac_codes else []
        return _first(found, is_sure=not program.has_names and value is not None and not symbols)

    return symbolic if is_symbolic else latin


def _first(found: list[int], *, is_sure: bool) -> int | None:
    chosen = next((glyph for glyph in found if glyph), 0)
    return chosen or (0 if found and is_sure else -1)


def _check_composite(checked: Checked, use: Use) -> None:
    child = descendant(use.font)
    program = _program(child) if child is not None else None
    if child is None or program is None:
        return
    check_characters(checked, child, program)
    to_cid = _characters(use.font.get("/Encoding"))
    if to_cid is None:
        return
    if use.is_cut:
        checked.fault("", "6.2.11.8", NO_GLYPH)
    glyphs, widths = child.get("/CIDToGIDMap"), dict(_widths(child.get("/W")))
    table = glyphs.read_bytes() if isinstance(glyphs, pikepdf.Stream) else None
    default = child.get("/DW", 1000)
    for code in sorted(use.codes):
        cid = to_cid(code)
        if cid is not None:
            glyph = _glyph_of(cid, program, table)
            _check_glyph(checked, glyph, program, widths.get(cid, default), is_painted=code in use.painted)


def _characters(encoding: object) -> Callable[[int], int | None] | None:
    """Return how codes of two bytes become characters; ``None`` where that is not followed here."""
    if name_of(encoding) in IDENTITY:
        return lambda code: code
    if isinstance(encoding, pikepdf.Stream) and "/UseCMap" not in encoding:
        found = read_map(encoding.read_bytes())
        return found.cid if found.lengths == {2} else None
    return None


def _glyph_of(cid: int, program: Program, table: bytes | None) -> int | None:
    if table is not None:
        return int.from_bytes(table[2 * cid : 2 * cid + 2]) if 2 * cid + 1 < len(table) else 0
    return cid if program.cids is None else program.cids.get(cid)


def _widths(told: object) -> Iterator[tuple[int, Node]]:
    """Read the array W of a font for many characters (ISO 32000-1 §9.7.4.3)."""
    items = list(told)[:MAX_CODES] if isinstance(told, pikepdf.Array) else []
    at = 0
    while at + 1 < len(items):
        first, following = items[at], items[at + 1]
        if isinstance(following, pikepdf.Array):
            yield from ((int(first) + number, width) for number, width in enumerate(following))
            at += 2
        elif at + 2 < len(items):
            last = min(int(following), int(first) + MAX_CODES)
            yield from ((cid, items[at + 2]) for cid in range(int(first), last + 1))
            at += 3
        else:
            return
