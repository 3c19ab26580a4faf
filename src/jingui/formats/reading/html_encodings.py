"""The character encoding of HTML: what its bytes show, else what it declares of itself (HTML standard, 13.2.3.2)."""

from __future__ import annotations

import codecs
import re

from jingui.formats.identification.texts import CODECS, encoding_of

DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,512}?charset|\?xml\b[^>]{0,256}?encoding)\s*=\s*[\"']?\s*([\w.:\-]{2,40})", re.IGNORECASE
)
LOOKED_AT = 65_536
LOST = "\ufffd"
# Labels that browsers read as a wider encoding (Encoding standard, 4.2).
WIDER = {
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
GUESSED = "GB18030"
# Codecs of characters with bytes beyond ASCII; what has none is UTF-8 too and never asked for.
OF_CHARACTERS = re.compile(r"iso8859|cp\d|koi8|mac|big5|euc|shift|gb")


def html_text(data: bytes) -> tuple[str, str, bool]:
    """Name the encoding, decode, and say whether characters were lost; ``("", "", False)`` if none can be told.

    Bytes of Western or Japanese encodings often are GB 18030 as well, so a declaration counts before that guess; bytes
    that the declared encoding does not have are replaced, as in browsers.
    """
    shown = encoding_of(data, is_whole=True)
    if shown and shown != GUESSED:
        return shown, data.decode(CODECS[shown]), False
    told = declared(data) or ("gb18030" if shown else "")
    text = data.decode(told, "replace") if told else ""
    return (GUESSED if told == "gb18030" else told), text, LOST in text


def declared(data: bytes) -> str:
    """Return the codec that the start of a page declares; ``""``: none, or UTF-8, which its bytes would have shown."""
    found = DECLARED.search(data, 0, LOOKED_AT)
    if not found:
        return ""
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return ""
    return WIDER.get(codec.name, codec.name) if OF_CHARACTERS.match(codec.name) else ""
