"""Copies of documents to be given to an office, so that it shows what is stored in the originals.

An office computes formulas anew when it opens a workbook, ``TODAY()`` and ``RAND()`` always: it would show what never was
archived. A text may ask that its tracked changes be shown as if they were accepted.
"""

from __future__ import annotations

import io
import shutil
import zipfile
import zlib

from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.conversion.office_parts import shown_as_stored
from jingui.formats.conversion.old_workbooks import stored_in_old
from jingui.formats.reading.limits import DEFAULT_LIMITS

UNSTORED = "values_not_stored"
OPEN_CONTENT = "content.xml"
MARKUP_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
PEEKED = 64


def office_copy(data: bytes, *, format_name: str) -> Converted:
    """Return a document, ``xlsx``, ``ods``, ``xls`` or ``docx``, as an office is to see it; itself if that is the same.

    Formulas that have no stored value stay, and are remarked.

    Raises:
        NotConvertibleError: ``source_not_loaded``, ``file_too_large``, ``markup_not_read``.
    """
    if format_name == "xls":
        return stored_in_old(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check(archive)
            parts, unstored = _changed(archive, format_name)
            made = _copied(archive, parts) if parts else data
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise NotConvertibleError("source_not_loaded", str(error)) from None
    return Converted(made, remarks=(UNSTORED,) if unstored else ())


def _check(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len({entry.filename for entry in entries}) < len(entries):
        raise NotConvertibleError("source_not_loaded", "two parts of one name")
    if sum(entry.file_size for entry in entries) > DEFAULT_LIMITS.unpacked_bytes:
        raise NotConvertibleError("file_too_large", "unpacked")


def _changed(archive: zipfile.ZipFile, format_name: str) -> tuple[dict[str, bytes], int]:
    """Return the parts that become others, by name, and the count of formulas without a stored value."""
    parts, unstored = {}, 0
    for entry in archive.infolist():
        if not _may_change(archive, entry, format_name):
            continue
        if entry.file_size > DEFAULT_LIMITS.parsed_bytes:
            raise NotConvertibleError("file_too_large", entry.filename)
        part = archive.read(entry)
        shown, count = shown_as_stored(part, format_name=format_name)
        unstored += count
        if shown is not part:
            parts[entry.filename] = shown
    return parts, unstored


def _may_change(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, format_name: str) -> bool:
    """Relationships, not names, make a part a sheet, so every part that may be XML is looked into."""
    if format_name == "ods":
        return entry.filename == OPEN_CONTENT
    with archive.open(entry) as stream:
        return stream.read(PEEKED).lstrip().startswith(MARKUP_STARTS)


def _copied(archive: zipfile.ZipFile, parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compresslevel=1) as copy:
        for entry in archive.infolist():
            told = zipfile.ZipInfo(entry.filename, entry.date_time)
            is_stored = entry.compress_type == zipfile.ZIP_STORED
            told.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
            if entry.filename in parts:
                copy.writestr(told, parts[entry.filename])
                continue
            told.file_size = entry.file_size
            with archive.open(entry) as source, copy.open(told, "w") as target:
                shutil.copyfileobj(source, target)
    return made.getvalue()
