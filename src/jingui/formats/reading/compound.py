"""Old Office files in OLE2 containers: structure and encryption; their content has no full reader here."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice

from jingui.formats.identification.compound_files import CompoundFile, CompoundFileError
from jingui.formats.reading.source import Outcome, Source

READER = "jingui cfb"
# Storages of embedded objects: [MS-DOC] 2.1.4, [MS-XLS] 2.1.4; and what the packager of Windows wraps.
EMBEDDED = re.compile(r"Ole10Native$|^(?:ObjectPool|MBD[0-9A-F]{8})/", re.IGNORECASE)
VBA = re.compile(r"(?:^|/)_VBA_PROJECT$", re.IGNORECASE)
MAIN_STREAMS = {"doc": "WordDocument", "ppt": "PowerPoint Document"}
FIB_MAGICS = (0xA5EC, 0xA5DC, 0xA599)
FIB_ENCRYPTED = 0x0100
BIFF_FILEPASS, BIFF_EOF = 0x002F, 0x000A
BIFF_SHEET, BIFF_MACRO_SHEET = 0x0085, b"\x01"
BIFF_RECORDS, BIFF_RECORDS_LOOKED_AT = 200, 20_000
PPT_EMBEDDED = re.compile(rb"\x0f\x00\xcc\x0f.{4}\x00\x00\xcd\x0f\x08\x00\x00\x00", re.DOTALL)  # [MS-PPT] 2.10.27
PPT_MACROS = re.compile(rb"\x1f\x00\xff\x03.{4}\x02\x00\x00\x04\x0c\x00\x00\x00.{4}\x01\x00\x00\x00", re.DOTALL)
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
    if "EncryptedPackage" in compound:
        outcome.defect("encrypted", "Office Open XML with a password")
        return
    if any(VBA.search(path) for path in compound.paths):
        outcome.note("macros")
    if any(EMBEDDED.search(path) for path in compound.paths):
        outcome.note("attachments")
    main = MAIN_STREAMS.get(format_name) or ("Workbook" if "Workbook" in compound else "Book")
    if main not in compound:
        return
    content = compound.read(main)
    if _is_encrypted(compound, format_name, content):
        outcome.defect("encrypted", f"stream {main}")
        return
    if _has_own_macros(format_name, content):
        outcome.note("macros")
    if format_name == "ppt" and PPT_EMBEDDED.search(content):
        outcome.note("attachments")


def _is_encrypted(compound: CompoundFile, format_name: str, content: bytes) -> bool:
    """Look at the flag of [MS-DOC] 2.5.2, [MS-XLS] 2.4.117 or [MS-PPT] 2.3.2."""
    if format_name == "doc":
        magic, flags = struct.unpack_from("<H8xH", content)
        if magic not in FIB_MAGICS:
            raise CompoundFileError("damaged_structure", "no file information block")
        return int(flags) & FIB_ENCRYPTED != 0
    if format_name == "xls":
        return _has_file_pass(content)
    user: bytes = compound.read("Current User", 16) if "Current User" in compound else b""
    return int.from_bytes(user[12:16], "little") == PPT_ENCRYPTED


def _has_file_pass(content: bytes) -> bool:
    return any(record == BIFF_FILEPASS for record, _ in islice(_records(content), BIFF_RECORDS))


def _has_own_macros(format_name: str, content: bytes) -> bool:
    """Macros that are no storage of their own: of presentations ([MS-PPT] 2.4.11), and sheets of Excel 4 ([MS-XLS] 2.4.28)."""
    if format_name == "ppt":
        return PPT_MACROS.search(content) is not None
    records = islice(_records(content), BIFF_RECORDS_LOOKED_AT) if format_name == "xls" else ()
    sheets = (body for record, body in records if record == BIFF_SHEET)
    return any(body[5:6] == BIFF_MACRO_SHEET for body in sheets)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield type and start of the records of a workbook up to the end of its first part."""
    position = 0
    while position + 4 <= len(content):
        record, length = struct.unpack_from("<HH", content, position)
        if record == BIFF_EOF:
            return
        yield record, content[position + 4 : position + 4 + min(length, 8)]
        position += 4 + length
