"""What shown characters mean: levels A and U ask for it (ISO 19005-1 6.3.8, ISO 19005-2 and -3 6.2.11.7)."""

from __future__ import annotations

import pikepdf

from jingui.formats.reading.pdfa.character_maps import CharacterMap, read_map
from jingui.formats.reading.pdfa.claims import Checked, dictionary, name_of
from jingui.formats.reading.pdfa.font_rules import IDENTITY, LATIN_ENCODINGS
from jingui.formats.reading.pdfa.glyph_names import is_meant
from jingui.formats.reading.pdfa.private_characters import is_private
from jingui.formats.reading.pdfa.uses import Use

NO_TEXT = frozenset("\0\ufeff\ufffe")


def check_names(checked: Checked, use: Use, names: dict[int, str]) -> None:
    """Names of glyphs stand for characters, where nothing else says what these are."""
    if checked.claim.level not in ("a", "u") or "/ToUnicode" in use.font:
        return
    encoding = use.font.get("/Encoding")
    described = dictionary(encoding)
    base = name_of(encoding) if described is None else name_of(described.get("/BaseEncoding"))
    is_simple = name_of(use.font.get("/Subtype")) != "Type3"
    if base in LATIN_ENCODINGS or (is_simple and described is not None):
        return
    if any(not is_meant(names.get(code, ".notdef")) for code in use.codes):
        checked.fault("6.3.8", "6.2.11.7.2", "a font whose characters have no Unicode values")


def check_texts(checked: Checked, use: Use) -> None:
    """Every code in use is mapped to text, and to text that means something."""
    stream = use.font.get("/ToUnicode")
    if not isinstance(stream, pikepdf.Stream) or not (checked.claim.is_fourth or checked.claim.level in ("a", "u")):
        return
    found: CharacterMap = read_map(stream.read_bytes())
    if not found.listed and not found.texts:
        return
    texts = {code: found.text(code) for code in use.codes}
    if name_of(use.font.get("/Encoding")) in IDENTITY and any(text is None for text in texts.values()):
        checked.fault("6.3.8", "6.2.11.7.2", "characters that are shown and not mapped to Unicode", fourth="")
    if any(text and NO_TEXT & set(text) for text in texts.values()):
        checked.fault("", "6.2.11.7.2", "characters mapped to U+0000, U+FEFF or U+FFFE")
    untold = [text for code, text in texts.items() if text and code in use.untold]
    if checked.claim.level == "a" and any(map(is_private, untold)):
        checked.fault("", "6.2.11.7.3", "characters mapped to private ones without ActualText")
