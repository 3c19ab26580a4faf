"""Plain text and JSON."""

from __future__ import annotations

import json

from jingui.formats.identification.names import named
from jingui.formats.identification.texts import BINARY, CODECS, encoding_of
from jingui.formats.reading.source import Outcome, Source

READER = "jingui text"
CONTROLS_TOLERATED = 0.01  # of all bytes


def read_text(source: Source) -> Outcome:
    """Decode a text whole in the encoding it was identified by."""
    outcome = Outcome(READER)
    data = source.whole()
    encoding = encoding_of(data, is_whole=True) or _with_controls(data, outcome)
    if not encoding:
        code = "content_not_text" if b"\0" in data else "unknown_encoding"
        return outcome.refuse(code)
    text = data.decode(CODECS[encoding])
    if "\0" in text:
        return outcome.refuse("content_not_text", "NUL")
    outcome.identification = named("text", encoding)
    outcome.note("encoding", encoding)
    outcome.text = text
    outcome.is_readable = True
    return outcome


def _with_controls(data: bytes, outcome: Outcome) -> str:
    """Name the encoding of a text with a few control characters, as programs and terminals leave them; ``""`` if none."""
    plain = data.translate(None, BINARY)
    strange = len(data) - len(plain)
    if b"\0" in data or not 0 < strange <= len(data) * CONTROLS_TOLERATED:
        return ""
    encoding = encoding_of(plain, is_whole=True)
    if encoding:
        outcome.defect("needs_repair", f"{strange} control characters")
    return encoding


def read_json(source: Source) -> Outcome:
    """Parse JSON whole."""
    outcome = Outcome(READER)
    data = source.whole()
    encoding = encoding_of(data, is_whole=True)
    if not encoding:
        return outcome.refuse("unknown_encoding")
    text = data.decode(CODECS[encoding]).lstrip("\ufeff")
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return outcome.refuse("not_well_formed", str(error))
    outcome.text = text
    outcome.is_readable = True
    return outcome
