"""Old Office files in OLE2 containers: structure and encryption; their content has no full reader here."""

from __future__ import annotations

import struct

from jingui.formats.identification.compound_files import CompoundFile, CompoundFileError
from jingui.formats.reading.source import Outcome, Source

READER = "jingui cfb"
MAIN_STREAMS = {"doc": "WordDocument", "ppt": "PowerPoint Document"}
FIB_MAGICS = (0xA5EC, 0xA5DC, 0xA599)
FIB_ENCRYPTED = 0x0100
BIFF_FILEPASS, BIFF_EOF = 0x002F, 0x000A
BIFF_RECORDS = 200
PPT_ENCRYPTED = 0xF3D1C4DF


def read_compound(source: Source) -> Outcome:
    """Follow the streams of an OLE2 file to their ends and tell encryption and macros.

    Whether the text in it can be shown is not established, so the file is never called readable.
    """
    outcome = Outcome(READER)
    try:
        compound = CompoundFile(source.stream)
        _look_into(compound, source.found.format_name, outcome)
    except CompoundFileError as error:
        return outcome.refuse(error.code, error.detail)
    outcome.is_readable = False if outcome.is_encrypted else None
    if outcome.is_readable is None:
        outcome.note("structure_only")
    return outcome


def _look_into(compound: CompoundFile, format_name: str, outcome: Outcome) -> None:
    if "EncryptedPackage" in compound.streams:
        outcome.defect("encrypted", "Office Open XML with a password")
        return
    if "_VBA_PROJECT" in compound.streams:
        outcome.note("macros")
    if any(name.endswith("Ole10Native") for name in compound.streams):
        outcome.note("attachments")
    main = "Workbook" if "Workbook" in compound.streams else MAIN_STREAMS.get(format_name, "Book")
    if main not in compound.streams:
        return
    content = compound.read(main)
    if _is_encrypted(compound, format_name, content):
        outcome.defect("encrypted", f"stream {main}")


def _is_encrypted(compound: CompoundFile, format_name: str, content: bytes) -> bool:
    """Look at the flag of [MS-DOC] 2.5.2, [MS-XLS] 2.4.117 or [MS-PPT] 2.3.2."""
    if format_name == "doc":
        magic, flags = struct.unpack_from("<H8xH", content)
        if magic not in FIB_MAGICS:
            raise CompoundFileError("damaged_structure", "no file information block")
        return int(flags) & FIB_ENCRYPTED != 0
    if format_name == "xls":
        return _has_file_pass(content)
    user: bytes = compound.read("Current User", 16) if "Current User" in compound.streams else b""
    return int.from_bytes(user[12:16], "little") == PPT_ENCRYPTED


def _has_file_pass(content: bytes) -> bool:
    position = 0
    for _ in range(BIFF_RECORDS):
        if position + 4 > len(content):
            return False
        record, length = struct.unpack_from("<HH", content, position)
        if record in (BIFF_FILEPASS, BIFF_EOF):
            return bool(record == BIFF_FILEPASS)
        position += 4 + length
    return False
