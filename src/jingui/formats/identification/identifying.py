"""Identification from the first and last bytes of a file; only ZIP and OLE2 containers are opened.

The signatures are the published magic numbers of each format. Nothing here decodes content.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from jingui.formats.identification.compound_files import CompoundFile, CompoundFileError
from jingui.formats.identification.names import UNKNOWN, Identification, named
from jingui.formats.identification.signed_data import cms, cms_text
from jingui.formats.identification.texts import identify_text
from jingui.formats.identification.zip_families import identify_archive, identify_zip_head

EDGE_BYTES = 4096

PDF_HEADER = re.compile(rb"%PDF-(\d\.\d)?")
PDFA_PART = re.compile(rb"pdfaid:part(?:>|\s*=\s*[\"'])\s*(\d)")
PDFA_CONFORMANCE = re.compile(rb"pdfaid:conformance(?:>|\s*=\s*[\"'])\s*([A-Za-z])")
MP3_SYNC = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2")
MP4_BRANDS = frozenset(
    (
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"M4A ",
        b"M4B ",
        b"dash",
        b"MSNV",
    )
)
OTHER_JPEG_2000 = (b"jpm ", b"mjp2", b"mj2s")
# Tag ExifVersion (0x9000, four undefined bytes) in either byte order.
EXIF_VERSION = re.compile(rb"\x90\x00\x00\x07\x00\x00\x00\x04(\d{4})|\x00\x90\x07\x00\x04\x00\x00\x00(\d{4})")
EXIF_VERSIONS = {
    b"0200": "exif 2.0",
    b"0210": "exif 2.1",
    b"0220": "exif 2.2",
    b"0221": "exif 2.21",
    b"023": "exif 2.3",
}
# An entry, the end of an empty archive, and the marks before the first entry of what was once split (APPNOTE 8.5.4).
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")
WORD_97 = 0x00C1
WPS_STREAM = "WpsCustomData"
BMP_INFO_SIZES = (12, 40, 52, 56, 64, 108, 124)
BMP_INFO_V3 = 40
OLE2_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "ole2", "encrypted-ooxml"),
    ("WordDocument", "doc", "97"),
    ("Workbook", "xls", "8"),
    ("Book", "xls", "5"),
    ("PowerPoint Document", "ppt", "97"),
    ("__properties_version1.0", "ole2", "msg"),
)

Opener = Callable[[], BinaryIO]


def identify(head: bytes, tail: bytes, *, size: int, open_stream: Opener | None = None) -> Identification:
    """Identify a file by its first and last 4 KiB.

    ``open_stream`` is called only for ZIP and OLE2 containers; without it they are identified as far as their
    first bytes allow. Never raises for hostile bytes.
    """
    if head.startswith(ZIP_STARTS):
        return _zip(head, open_stream)
    if head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return _ole2(open_stream)
    for magic, recognise in SIGNATURES:
        if head.startswith(magic) and (found := recognise(head)) is not UNKNOWN:
            return found
    header = PDF_HEADER.search(head, 0, 1024)
    return pdf(header, head, tail) if header else identify_text(head, tail, size=size)


def identify_path(path: Path) -> Identification:
    """Identify a file by the own rules alone, reading its first and last bytes. Raises OSError."""
    with path.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head, tail = edges(stream, size)
    return identify(head, tail, size=size, open_stream=lambda: path.open("rb")) if size else UNKNOWN


def edges(stream: BinaryIO, size: int) -> tuple[bytes, bytes]:
    """Read the first and the last bytes of a stream and leave it at its start."""
    head = stream.read(EDGE_BYTES)
    tail = head
    if size > EDGE_BYTES:
        stream.seek(size - EDGE_BYTES)
        tail = stream.read(EDGE_BYTES)
    stream.seek(0)
    return head, tail


def pdf(header: re.Match[bytes], head: bytes, tail: bytes) -> Identification:
    """Name a PDF; PDF/A only if a claim stands in plain sight (the reader looks in the whole file)."""
    claim = pdfa_claim(head) or pdfa_claim(tail)
    return named("pdfa", claim) if claim else named("pdf", (header[1] or b"").decode())


def pdfa_claim(xmp: bytes) -> str:
    """Read the PDF/A part and conformance that XMP claims (ISO 19005), such as ``2b``; ``""`` if none."""
    part = PDFA_PART.search(xmp)
    conformance = PDFA_CONFORMANCE.search(xmp)
    return part[1].decode() + (conformance[1].decode().lower() if conformance else "") if part else ""


def _zip(head: bytes, open_stream: Opener | None) -> Identification:
    if open_stream is None:
        return identify_zip_head(head)
    with open_stream() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return identify_archive(archive)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
            return identify_zip_head(head)


def _ole2(open_stream: Opener | None) -> Identification:
    if open_stream is None:
        return named("ole2")
    with open_stream() as stream:
        try:
            compound = CompoundFile(stream)
        except (CompoundFileError, OSError):
            return named("ole2")
        return compound_format(compound)


def compound_format(compound: CompoundFile) -> Identification:
    """Name an OLE2 compound file by the streams in its root."""
    for stream, format_name, version in OLE2_STREAMS:
        if stream in compound:
            return named(format_name, _word_version(compound) if format_name == "doc" else version)
    return named("ole2")


def _word_version(compound: CompoundFile) -> str:
    if WPS_STREAM in compound:
        return "wps"
    return "6" if _is_word_6(compound) else "97"


def _is_word_6(compound: CompoundFile) -> bool:
    """Word 6 and 95 have nFib below 193 ([MS-DOC] 2.5.1: Word 97 writes 0x00C1)."""
    try:
        version = int.from_bytes(compound.read("WordDocument", 4)[2:4], "little")
    except CompoundFileError:
        return False
    return 0 < version < WORD_97


def _jpeg(head: bytes) -> Identification:
    is_jfif = head[3:4] == b"\xe0" and head[6:11] == b"JFIF\x00"
    if is_jfif and head[12:13]:
        return named("jpeg", f"{head[11]}.{head[12]:02d}")
    exif = EXIF_VERSION.search(head) if head[6:10] == b"Exif" else None
    digits = (exif[1] or exif[2]) if exif else b""
    return named("jpeg", EXIF_VERSIONS.get(digits) or EXIF_VERSIONS.get(digits[:3], ""))


def _riff(head: bytes) -> Identification:
    return named("wav") if head[8:12] == b"WAVE" else UNKNOWN


def _mp4(head: bytes) -> Identification:
    return named("mp4") if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS else UNKNOWN


def _jp2(head: bytes) -> Identification:
    """Compound documents and films share the signature of JPEG 2000 pictures; the brand tells (ISO/IEC 15444-1 I.5.2)."""
    return UNKNOWN if head[20:24] in OTHER_JPEG_2000 else named("jp2")


def _bmp(head: bytes) -> Identification:
    info_size = int.from_bytes(head[14:18], "little")
    fits = head[6:10] == b"\0\0\0\0" and info_size in BMP_INFO_SIZES
    return named("bmp", "3" if info_size == BMP_INFO_V3 else "") if fits else UNKNOWN


def _always(format_name: str, version: str = "") -> Callable[[bytes], Identification]:
    found = named(format_name, version)
    return lambda _head: found


SIGNATURES: tuple[tuple[bytes, Callable[[bytes], Identification]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _always("png", "1.0")),
    (b"II*\x00", _always("tiff")),
    (b"MM\x00*", _always("tiff")),
    (b"II+\x00", _always("tiff", "big")),
    (b"MM\x00+", _always("tiff", "big")),
    (b"GIF87a", _always("gif", "87a")),
    (b"GIF89a", _always("gif", "89a")),
    (b"BM", _bmp),
    (b"{\\rtf", _always("rtf")),
    (b"\x30", cms),
    (b"-----BEGIN ", cms_text),
    (b"MI", cms_text),
    (b"Rar!\x1a\x07\x00", _always("rar", "4")),
    (b"Rar!\x1a\x07\x01\x00", _always("rar", "5")),
    (b"7z\xbc\xaf\x27\x1c", _always("7z")),
    (b"RIFF", _riff),
    (b"RF64", _riff),
    (b"ID3", _always("mp3")),
    *((sync, _always("mp3")) for sync in MP3_SYNC),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _jp2),
    (b"\x00\x00", _mp4),
)
