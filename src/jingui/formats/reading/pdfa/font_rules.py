"""Fonts: embedded, of a known kind, encoded as they must be, and with what text extraction needs at the higher levels."""

from __future__ import annotations

import re

import pikepdf

from jingui.formats.reading.pdfa.character_maps import LARGEST_CID, read_map
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of

SIMPLE = frozenset(("Type1", "MMType1", "TrueType"))
PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
SUBSET = re.compile(r"[A-Z]{6}\+")
GLYPH_WIDTH = re.compile(rb"\s*(-?\d+(?:\.\d+)?)\s")
SYMBOLIC, NONSYMBOLIC = 4, 32
LATIN_ENCODINGS = frozenset(("MacRomanEncoding", "WinAnsiEncoding"))
IDENTITY = frozenset(("Identity-H", "Identity-V"))
PREDEFINED_CMAP = re.compile(
    r"(?:Identity|GB-EUC|GBpc-EUC|GBK-EUC|GBKp-EUC|GBK2K|UniGB-UCS2|UniGB-UTF16|B5pc|HKscs-B5|ETen-B5|ETenms-B5|CNS-EUC|"
    r"UniCNS-UCS2|UniCNS-UTF16|83pv-RKSJ|90ms-RKSJ|90msp-RKSJ|90pv-RKSJ|Add-RKSJ|EUC|Ext-RKSJ|H|V|UniJIS-UCS2|"
    r"UniJIS-UCS2-HW|UniJIS-UTF16|KSC-EUC|KSCms-UHC|KSCms-UHC-HW|KSCpc-EUC|UniKS-UCS2|UniKS-UTF16)(?:-[HV])?"
)
# Predefined character maps by the characters that they give (ISO 32000-1 table 118).
ORDERINGS = (
    ("GB1", re.compile(r"GB|UniGB")),
    ("CNS1", re.compile(r"B5|HKscs|ETen|CNS|UniCNS")),
    ("Japan1", re.compile(r"83pv|90ms|90pv|Add-|EUC-|Ext-|[HV]$|UniJIS")),
    ("Korea1", re.compile(r"KSC|UniKS")),
)
COLLECTIONS = frozenset(("Adobe", ordering) for ordering, _ in ORDERINGS)
STANDARD_FONTS = frozenset(
    [f"{name}{style}" for name in ("Helvetica", "Courier") for style in ("", "-Bold", "-Oblique", "-BoldOblique")]
) | {"Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic", "Symbol", "ZapfDingbats"}
NAMELESS = re.compile(r"(?:[gGcC]|cid|glyph|index)\d+")
WRITING_MODE = re.compile(rb"/WMode\s+(\d)\s+def")


def check_font(checked: Checked, font: Node) -> None:
    """Check a font with which text is shown."""
    kind = name_of(font.get("/Subtype"))
    if kind not in SIMPLE | {"Type0", "Type3", "CIDFontType0", "CIDFontType2"}:
        checked.fault("6.3.2", "6.2.11.2", "a font of an unknown kind")
        return
    _check_entries(checked, font, kind)
    if kind == "Type0":
        _check_composite(checked, font)
        child = descendant(font)
        if child is not None:
            _check_embedded(checked, child, name_of(child.get("/Subtype")))
    elif kind == "Type3":
        _check_drawn(checked, font)
    else:
        _check_embedded(checked, font, kind)
    if checked.claim.level in ("a", "u") and kind in SIMPLE | {"Type0", "Type3"}:
        _check_unicode(checked, font, kind)


def _check_entries(checked: Checked, font: Node, kind: str) -> None:
    if name_of(font.get("/Type")) != "Font":
        checked.fault("6.3.2", "6.2.11.2", "a font that does not say that it is one")
    if kind != "Type3" and not isinstance(font.get("/BaseFont"), pikepdf.Name):
        checked.fault("6.3.2", "6.2.11.2", "a font without a name")
    if kind in SIMPLE:
        _check_simple(checked, font, kind)


def _check_embedded(checked: Checked, font: Node, kind: str) -> None:
    descriptor = dictionary(font.get("/FontDescriptor"))
    program = next((key for key in PROGRAMS if descriptor is not None and key in descriptor), "")
    if descriptor is None or not program:
        checked.fault("6.3.4", "6.2.11.4.1", f"a font that is not embedded: {name_of(font.get('/BaseFont'))[:40]}")
        return
    file = descriptor.get(program)
    if program == "/FontFile3" and isinstance(file, pikepdf.Stream):
        subtype = name_of(file.get("/Subtype"))
        allowed = {"Type1C", "CIDFontType0C"} | (set() if checked.claim.is_first else {"OpenType"})
        if subtype not in allowed:
            checked.fault("6.3.2", "6.2.11.2", "an embedded font program of an unknown kind")
    glyphs = font.get("/CIDToGIDMap")
    if kind == "CIDFontType2" and not isinstance(glyphs, pikepdf.Stream) and name_of(glyphs) != "Identity":
        checked.fault("6.3.3.2", "6.2.11.3.2", "no mapping from characters to glyphs in a font for many characters")
    _check_subset(checked, font, descriptor, kind)


def _check_drawn(checked: Checked, font: Node) -> None:
    """The widths of a Type 3 font are those that its glyphs begin with."""
    drawn, described = dictionary(font.get("/CharProcs")), dictionary(font.get("/Encoding"))
    differences = described.get("/Differences") if described is not None else None
    widths, first = font.get("/Widths"), font.get("/FirstChar")
    if drawn is None or not isinstance(differences, pikepdf.Array) or not isinstance(widths, pikepdf.Array):
        return
    code = 0
    for one in differences:
        if isinstance(one, int):
            code = one
            continue
        glyph, at = (drawn.get(one) if isinstance(one, pikepdf.Name) else None), code - int(first or 0)
        told = GLYPH_WIDTH.match(glyph.read_bytes()[:100]) if isinstance(glyph, pikepdf.Stream) else None
        if told and 0 <= at < len(widths) and abs(float(told[1]) - float(widths[at])) > 1.0:
            checked.fault("6.3.6", "6.2.11.5", "widths that are not those of the drawn glyphs")
        code += 1


def _check_subset(checked: Checked, font: Node, descriptor: Node, kind: str) -> None:
    if not SUBSET.match(name_of(font.get("/BaseFont"))):
        return
    if kind in ("Type1", "MMType1") and "/CharSet" not in descriptor:
        checked.fault("6.3.5", "", "a subset of a Type 1 font without CharSet")
    if kind.startswith("CIDFont") and "/CIDSet" not in descriptor:
        checked.fault("6.3.5", "", "a subset of a font for many characters without CIDSet")


def _check_simple(checked: Checked, font: Node, kind: str) -> None:
    widths, first, last = font.get("/Widths"), font.get("/FirstChar"), font.get("/LastChar")
    if kind == "Type1" and name_of(font.get("/BaseFont")) in STANDARD_FONTS:
        pass  # the fourteen standard fonts may leave them out
    elif not isinstance(widths, pikepdf.Array) or not isinstance(first, int) or not isinstance(last, int):
        checked.fault("6.3.2", "6.2.11.2", "a font without FirstChar, LastChar or Widths")
    elif len(widths) != last - first + 1:
        checked.fault("6.3.2", "6.2.11.2", "a font with another number of Widths than characters")
    descriptor = dictionary(font.get("/FontDescriptor"))
    if kind != "TrueType" or descriptor is None:
        return
    flags = descriptor.get("/Flags")
    is_symbolic = isinstance(flags, int) and bool(flags & SYMBOLIC) and not flags & NONSYMBOLIC
    encoding = font.get("/Encoding")
    if is_symbolic and encoding is not None:
        checked.fault("6.3.7", "6.2.11.6", "a symbolic TrueType font with an encoding")
    if not is_symbolic:
        _check_latin(checked, encoding)


def _check_latin(checked: Checked, encoding: object) -> None:
    described = dictionary(encoding)
    told = name_of(encoding) if described is None else name_of(described.get("/BaseEncoding"))
    if told not in LATIN_ENCODINGS:
        checked.fault("6.3.7", "6.2.11.6", "a TrueType font without MacRoman or WinAnsi encoding")
    differences = described.get("/Differences") if described is not None else None
    if isinstance(differences, pikepdf.Array):
        checked.fault("6.3.7", "", "a TrueType font with differences from its encoding")
        if any(NAMELESS.fullmatch(name_of(one)) for one in differences):
            checked.fault("", "6.2.11.6", "a TrueType font whose encoding names glyphs by numbers")


def descendant(font: Node) -> Node:
    """Return the font that a composite one stands on."""
    parts = font.get("/DescendantFonts")
    return dictionary(parts[0]) if isinstance(parts, pikepdf.Array) and len(parts) else None


def _check_composite(checked: Checked, font: Node) -> None:
    child = descendant(font)
    encoding = font.get("/Encoding")
    if isinstance(encoding, pikepdf.Stream):
        _check_character_map(checked, encoding)
    elif checked.claim.is_first and name_of(encoding) not in IDENTITY:
        checked.fault("6.3.3.3", "", "a character map that is not embedded")
    elif not PREDEFINED_CMAP.fullmatch(name_of(encoding)):
        checked.fault("6.3.3.3", "6.2.11.3.3", "a character map that is neither known nor embedded")
    if child is not None and name_of(encoding) not in IDENTITY:
        _check_collections(checked, encoding, child)


def _check_character_map(checked: Checked, stream: pikepdf.Stream) -> None:
    data = stream.read_bytes()
    told = WRITING_MODE.search(data[:100_000])
    if read_map(data).largest_cid > LARGEST_CID:
        checked.fault("6.1.12", "6.1.13", "a character map with characters beyond 65535")
    if told and int(told[1]) != stream.get("/WMode", 0):
        checked.fault("6.3.3.3", "6.2.11.3.3", "a character map with two writing modes")
    used = stream.get("/UseCMap")
    names = [name_of(used), name_of(used.get("/CMapName")) if isinstance(used, pikepdf.Stream) else ""]
    if any(name and not PREDEFINED_CMAP.fullmatch(name) for name in names):
        checked.fault("6.3.3.3", "6.2.11.3.3", "a character map that uses an unknown one")


def _check_collections(checked: Checked, encoding: object, child: Node) -> None:
    """Registry and ordering of a character map and of the font must be the same; the font holds no more than the map."""
    system = dictionary(child.get("/CIDSystemInfo"))
    if system is None:
        return
    font = tuple(str(system.get(key)) for key in ("/Registry", "/Ordering"))
    if isinstance(encoding, pikepdf.Stream):
        mapped = dictionary(encoding.get("/CIDSystemInfo"))
        if mapped is None:
            return
        told = tuple(str(mapped.get(key)) for key in ("/Registry", "/Ordering"))
        supplements = [one.get("/Supplement") for one in (system, mapped)]
        if all(isinstance(one, int) for one in supplements) and supplements[0] > supplements[1]:
            checked.fault("", "6.2.11.3.1", "a font with a later supplement of its characters than its character map")
    else:
        name = name_of(encoding)
        told = next((("Adobe", ordering) for ordering, known in ORDERINGS if known.match(name)), font)
    if told != font:
        checked.fault("6.3.3.1", "6.2.11.3.1", "a font and its character map are of different character collections")


def _check_unicode(checked: Checked, font: Node, kind: str) -> None:
    """Without ToUnicode, TrueType fonts need a Latin encoding and composite ones a collection whose characters are known.

    What other fonts name their glyphs is looked at with the codes that are shown.
    """
    encoding = font.get("/Encoding")
    described = dictionary(encoding)
    base = name_of(encoding) if described is None else name_of(described.get("/BaseEncoding"))
    if kind == "Type0":
        is_known = name_of(encoding) not in IDENTITY | {""} or _is_collected(font)
    else:
        is_known = kind != "TrueType" or base in LATIN_ENCODINGS | {"MacExpertEncoding"}
    if "/ToUnicode" not in font and not is_known:
        checked.fault("6.3.8", "6.2.11.7.2", "a font whose characters have no Unicode values")


def _is_collected(font: Node) -> bool:
    child = descendant(font)
    system = dictionary(child.get("/CIDSystemInfo")) if child is not None else None
    return system is not None and (str(system.get("/Registry")), str(system.get("/Ordering"))) in COLLECTIONS
