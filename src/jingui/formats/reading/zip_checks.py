"""Checks that hold for every ZIP container, before anything in it is trusted."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import XmlRefusedError
from jingui.formats.reading.zip_names import note_names

ENCRYPTED_FLAG = 0x1
CHUNK = 1 << 18
LOCAL_HEADER_BYTES = 30
# Methods of packing that zipfile does not know (APPNOTE 4.4.5); Windows itself uses Deflate64 for large files.
OTHER_METHODS = {
    1: "Shrink", 2: "Reduce", 3: "Reduce", 4: "Reduce", 5: "Reduce", 6: "Implode", 9: "Deflate64", 10: "DCL Implode",
    16: "CMPSC", 18: "TERSE", 19: "LZ77", 93: "Zstandard", 94: "MP3", 95: "XZ", 96: "JPEG", 97: "WavPack", 98: "PPMd",
}  # fmt: skip
OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\0")


@contextmanager
def opened_archive(source: Source, outcome: Outcome) -> Iterator[zipfile.ZipFile | None]:
    """Open a ZIP and check it whole; ``None`` (with the defects in ``outcome``) if it must not be used."""
    try:
        archive = source.archive or zipfile.ZipFile(source.stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        # The directory stands at the end: without it the archive was cut off.
        outcome.refuse("damaged_structure" if b"PK\x05\x06" in source.tail else "truncated", str(error))
        yield None
        return
    with archive:
        yield archive if _is_sound(archive, source, outcome) else None


def _is_sound(archive: zipfile.ZipFile, source: Source, outcome: Outcome) -> bool:
    entries = archive.infolist()
    _check_names(entries, outcome)
    note_names(entries, outcome)
    if any(entry.flag_bits & ENCRYPTED_FLAG for entry in entries):
        outcome.refuse("encrypted", "entries are encrypted")
    if swelling := _swelling(entries, source):
        outcome.refuse("zip_bomb", swelling)
    if outcome.has("encrypted", "zip_bomb", "zip_slip"):
        outcome.is_readable = False
        return False
    if source.found.format_name == "zip":
        entries = _unpackable(entries, outcome)
    return _check_content(archive, entries, outcome)


def _check_names(entries: list[zipfile.ZipInfo], outcome: Outcome) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        if name in seen:
            outcome.defect("duplicate_entry", name)
        seen.add(name)
        if OUTSIDE.search(name) or stat.S_ISLNK(entry.external_attr >> 16):
            outcome.refuse("zip_slip", name)


def _swelling(entries: list[zipfile.ZipInfo], source: Source) -> str:
    """Say why an archive looks like a bomb: too many entries, too much, too dense, or overlapping entries."""
    limits = source.limits
    if len(entries) > limits.entries:
        return f"{len(entries)} entries"
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        return f"{unpacked} bytes unpacked"
    if unpacked > limits.ratio_from_bytes and unpacked > limits.ratio * source.size:
        return f"{unpacked} bytes in {source.size}"
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if entry.header_offset < end:
            return f"overlapping entry {entry.filename}"
        end = entry.header_offset + LOCAL_HEADER_BYTES + entry.compress_size
    return ""


def _unpackable(entries: list[zipfile.ZipInfo], outcome: Outcome) -> list[zipfile.ZipInfo]:
    """Leave out what is packed by a sound method that nothing here unpacks; formats made of ZIPs may not use them."""
    left = [entry for entry in entries if entry.compress_type in OTHER_METHODS]
    if left:
        methods = ", ".join(sorted({OTHER_METHODS[entry.compress_type] for entry in left}))
        outcome.note("structure_only", f"{len(left)} of {len(entries)} entries are packed by {methods}")
    return [entry for entry in entries if entry.compress_type not in OTHER_METHODS] if left else entries


def _check_content(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], outcome: Outcome) -> bool:
    """Unpack every entry in memory, piece by piece, against its CRC."""
    for entry in entries:
        if not entry.file_size and not entry.compress_size:
            continue
        try:
            with archive.open(entry) as stream:
                while stream.read(CHUNK):
                    pass
        except NotImplementedError as error:
            outcome.refuse("damaged_structure", f"{entry.filename}: {error}")
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            outcome.refuse("checksum_mismatch", f"{entry.filename}: {error}")
    return not outcome.has("damaged_structure", "checksum_mismatch")


def entry_bytes(archive: zipfile.ZipFile, name: str, source: Source) -> bytes:
    """Return an entry that will be parsed. Raises XmlRefusedError above the limit, KeyError if there is none."""
    entry = archive.getinfo(name)
    if entry.file_size > source.limits.parsed_bytes:
        raise XmlRefusedError("zip_bomb", f"{name}: {entry.file_size} bytes")
    return archive.read(entry)
