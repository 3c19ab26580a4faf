"""Archives: ZIP is listed and tested in memory, RAR and 7z only as far as their headers tell."""

from __future__ import annotations

import struct

from jingui.formats.reading.nested_archives import note_nested
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.zip_checks import opened_archive

READER = "jingui zip"
RAR4_HEADERS_ENCRYPTED = 0x0080
RAR5_ENCRYPTION_HEADER = 4
SEVEN_ZIP_AES = b"\x06\xf1\x07\x01"
SEVEN_ZIP_HEADER = struct.Struct("<QQ")


def read_zip(source: Source) -> Outcome:
    """List an archive and test every entry; nothing is written to disk and of archives inside only the lists are read."""
    outcome = Outcome(READER)
    with opened_archive(source, outcome) as archive:
        if archive is not None:
            outcome.note("entries", str(len(archive.infolist())))
            note_nested(archive, source, outcome)
            outcome.is_readable = not outcome.has("zip_bomb")
    return outcome


def read_rar(source: Source) -> Outcome:
    """Tell whether the headers of a RAR are encrypted; there is no open reader of the format."""
    outcome = Outcome("")
    head = source.head
    if source.found.version == "5":
        is_encrypted = len(head) > 13 and head[13] == RAR5_ENCRYPTION_HEADER  # noqa: PLR2004 - after CRC and size
    else:
        is_encrypted = bool(int.from_bytes(head[10:12], "little") & RAR4_HEADERS_ENCRYPTED)
    if is_encrypted:
        return outcome.refuse("encrypted", "headers are encrypted")
    outcome.note("no_reader")
    return outcome


def read_7z(source: Source) -> Outcome:
    """Find the end header of a 7z and the identifier of AES in it; entries are not unpacked."""
    outcome = Outcome("")
    if len(source.head) < 32:  # noqa: PLR2004 - fixed start header
        return outcome.refuse("truncated", "start header")
    offset, size = SEVEN_ZIP_HEADER.unpack_from(source.head, 12)
    if 32 + offset + size > source.size:
        return outcome.refuse("truncated", "end header lies past the end")
    source.stream.seek(32 + offset)
    if SEVEN_ZIP_AES in source.stream.read(min(size, source.limits.parsed_bytes)):
        return outcome.refuse("encrypted", "AES")
    outcome.note("no_reader")
    return outcome
