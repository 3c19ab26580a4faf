"""Reading one file of any format: identify it, hand it to the reader of its format, gather what was found."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import pikepdf
from lxml import etree
from PIL import Image

from jingui.domain.records.facts import Reading
from jingui.formats.identification import (
    UNKNOWN,
    Asker,
    Identification,
    claims,
    edges,
    extension_fits,
    identify,
    identify_archive,
)
from jingui.formats.identification.open_questions import (
    is_coarser,
    is_family,
    is_left_open,
    is_left_plain,
    is_marked,
    replaces,
)
from jingui.formats.reading.compound import read_compound
from jingui.formats.reading.foreign import note_foreign
from jingui.formats.reading.gif import read_gif
from jingui.formats.reading.jpeg import read_jpeg
from jingui.formats.reading.limits import DEFAULT_LIMITS, Limits
from jingui.formats.reading.mail import read_mail
from jingui.formats.reading.markup import read_html, read_xml
from jingui.formats.reading.ofd import read_ofd
from jingui.formats.reading.office_open import read_office_open
from jingui.formats.reading.open_document import read_open_document
from jingui.formats.reading.packed import read_zip
from jingui.formats.reading.pdf import read_pdf
from jingui.formats.reading.pictures import read_picture
from jingui.formats.reading.plain_text import read_json, read_text
from jingui.formats.reading.png import read_png
from jingui.formats.reading.rar import read_rar
from jingui.formats.reading.rich_text import read_rich_text
from jingui.formats.reading.seven_zip import read_7z
from jingui.formats.reading.signature_files import read_cms
from jingui.formats.reading.sound import read_mp3, read_wav
from jingui.formats.reading.source import Outcome, Source, clean_text
from jingui.formats.reading.tiff import read_tiff
from jingui.formats.reading.uniform_office import read_uniform_office
from jingui.formats.reading.video import read_mp4
from jingui.formats.reading.xml_safety import XmlRefusedError

Reader = Callable[[Source], Outcome]

READERS: dict[str, Reader] = {
    "pdf": read_pdf,
    "pdfa": read_pdf,
    "ofd": read_ofd,
    "jpeg": read_jpeg,
    "png": read_png,
    "tiff": read_tiff,
    "gif": read_gif,
    "bmp": read_picture,
    "jp2": read_picture,
    "xml": read_xml,
    "svg": read_xml,
    "html": read_html,
    "json": read_json,
    "text": read_text,
    "rtf": read_rich_text,
    "eml": read_mail,
    "docx": read_office_open,
    "xlsx": read_office_open,
    "pptx": read_office_open,
    "odt": read_open_document,
    "ods": read_open_document,
    "odp": read_open_document,
    "uof": read_uniform_office,
    "doc": read_compound,
    "xls": read_compound,
    "ppt": read_compound,
    "ole2": read_compound,
    "zip": read_zip,
    "rar": read_rar,
    "7z": read_7z,
    "wav": read_wav,
    "mp3": read_mp3,
    "mp4": read_mp4,
    "cms": read_cms,
}

# What libraries raise over broken bytes (Pillow: SyntaxError for a broken PNG).
BROKEN_CONTENT = (
    ValueError, LookupError, EOFError, OSError, RuntimeError, SyntaxError, OverflowError,
    struct.error, zlib.error, zipfile.BadZipFile, pikepdf.PdfError, etree.LxmlError,
)  # fmt: skip


# Formats that are made of a container which, broken, is only known as itself.
INSIDE: dict[str, tuple[str, ...]] = {
    "zip": ("ofd", "docx", "xlsx", "pptx", "odt", "ods", "odp", "uof"),
    "ole2": ("doc", "xls", "ppt"),
}


@dataclass(frozen=True, slots=True)
class Pronom:
    """Who is asked for formats that the own rules leave open, or ``for_all``: for every file."""

    ask: Asker
    is_for_all: bool = False


def read(
    path: Path, claimed_name: str, *, limits: Limits = DEFAULT_LIMITS, pronom: Pronom | None = None
) -> tuple[Reading, str]:
    """Open a file, say what it is and whether it can be read, and return the text of a born-digital one.

    ``claimed_name`` is the file's own name; ``path`` may be called anything. The text is capped at
    ``limits.text_characters``.

    Raises:
        OSError: the path itself cannot be opened. Broken content is never an exception.
    """
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        if not size:
            return Reading(format_name="", is_readable=False, defects=(("empty_file", ""),)), ""
        head, tail = edges(stream, size)
        archive = _archive(head, stream)
        if archive is not None:
            found = identify_archive(archive)
        else:
            found = identify(head, tail, size=size, open_stream=lambda: path.open("rb"))
        marked = is_marked(found, head, tail)
        told = _told_by_pronom(path, claimed_name, found, pronom, is_marked=marked)
        if told and replaces(told, found, known=READERS):
            found = told
        source = Source(path, claimed_name, size, head, tail, found, stream, limits, archive)
        outcome = _run(source)
        if told and told.format_name not in READERS and outcome.has("content_not_text", "unknown_encoding"):
            # Text at its start only, as in FITS, and known to PRONOM by content.
            source = replace(source, found=told)
            outcome = _run(source)
        note_foreign(source, outcome)
    if told and pronom:
        _merge(source, told, outcome, is_for_all=pronom.is_for_all or marked)
    return _reading(source, outcome), clean_text(outcome.text, limits.text_characters)


def _told_by_pronom(
    path: Path, name: str, found: Identification, pronom: Pronom | None, *, is_marked: bool
) -> Identification | None:
    """Ask PRONOM about what own rules leave open, and about everything if wished."""
    return pronom.ask(path) if pronom and (pronom.is_for_all or is_marked or is_left_open(name, found)) else None


def _merge(source: Source, told: Identification, outcome: Outcome, *, is_for_all: bool) -> None:
    """Note what PRONOM says; where own rules know the family only, or PRONOM is asked for all, its identifier counts."""
    for warning in told.warnings:
        outcome.note("pronom", warning)
    found = outcome.identification or source.found
    if told.pronom_id == found.pronom_id or is_coarser(told, found):
        return
    if is_for_all or is_family(found) or not is_left_plain(source.name, found):
        outcome.identification = replace(
            found, pronom_id=told.pronom_id, mime=_finer(told.mime, found.mime), basis=told.basis
        )
    if found.pronom_id and not is_family(found):
        outcome.note("pronom_differs", f"{found.pronom_id} here, {told.pronom_id} by {told.basis}")


def _finer(told: str, own: str) -> str:
    return own if told == UNKNOWN.mime else told


def failed_reading(path: Path, claimed_name: str, *, code: str, detail: str) -> Reading:
    """Make the reading of a file over which a reading process was lost; no container is opened."""
    found = UNKNOWN
    try:
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            found = identify(*edges(stream, size), size=size) if size else UNKNOWN
    except OSError:
        detail = f"{detail}; not openable"
    defects = [(code, detail)]
    # A container not looked into is not yet known to be something else than its name says.
    if found.format_name and found.format_name not in INSIDE and not extension_fits(claimed_name, found.format_name):
        defects.append(("extension_mismatch", _mismatch(claimed_name, found)))
    return Reading(
        found.format_name, found.version, found.mime, found.pronom_id, is_readable=False, defects=tuple(defects)
    )


def _archive(head: bytes, stream: BinaryIO) -> zipfile.ZipFile | None:
    """Open a ZIP once for identification and reading; ``None`` if it is none or broken."""
    if not head.startswith(b"PK"):
        return None
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        stream.seek(0)
        return None


def _run(source: Source) -> Outcome:
    reader = READERS.get(source.found.format_name)
    if reader is None:
        outcome = Outcome("")
        outcome.note("no_reader" if source.found.format_name else "format_unknown")
        return outcome
    try:
        return reader(source)
    except MemoryError:
        return Outcome(reader.__name__).refuse("reader_out_of_memory")
    except XmlRefusedError as error:
        return Outcome(reader.__name__).refuse(error.code, error.detail)
    except BROKEN_CONTENT as error:
        return Outcome(reader.__name__).refuse("damaged_structure", _told(error, source))
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything; it is a defect of this file
        code = "too_many_pixels" if isinstance(error, Image.DecompressionBombError) else "reader_failed"
        return Outcome(reader.__name__).refuse(code, _told(error, source))


def _told(error: Exception, source: Source) -> str:
    """Name an error and what it says, without the place where the file lies."""
    return f"{type(error).__name__}: {error}".replace(str(source.path), source.name)


def _reading(source: Source, outcome: Outcome) -> Reading:
    found = outcome.identification or source.found
    if not extension_fits(source.name, found.format_name) and not _is_unopened(source.name, found, outcome):
        outcome.defect("extension_mismatch", _mismatch(source.name, found))
    return Reading(
        format_name=found.format_name,
        format_version=found.version,
        mime_type=found.mime,
        pronom_id=found.pronom_id,
        basis=found.basis,
        is_readable=outcome.is_readable,
        page_count=outcome.page_count,
        is_encrypted=outcome.is_encrypted,
        defects=tuple(outcome.defects),
        notes=tuple(outcome.notes),
        reader=outcome.reader,
        signatures=outcome.signatures,
    )


def _mismatch(name: str, found: Identification) -> str:
    extension = name.rpartition(".")[2] if "." in name else ""
    return f"name says .{extension[:16]}, content is {found.format_name or 'unknown'}"


def _is_unopened(name: str, found: Identification, outcome: Outcome) -> bool:
    """A container that could not be looked into may well be what its name says.

    Encrypting wraps an Office Open XML file in OLE2 ([MS-OFFCRYPTO]).
    """
    if found.version == "encrypted-ooxml":
        return not claims(name).isdisjoint(("docx", "xlsx", "pptx"))
    is_broken = outcome.has("truncated", "damaged_structure")
    return is_broken and not claims(name).isdisjoint(INSIDE.get(found.format_name, ()))
