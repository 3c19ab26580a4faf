"""Telling the formats apart that are ZIP archives: OFD, Office Open XML, OpenDocument, plain ZIP."""

from __future__ import annotations

import re
import zipfile
import zlib

from jingui.formats.identification.names import Identification, named

OFD_NAMESPACES = ("http://www.ofdspec.org/2016", "http://www.ofdspec.org")
UOF_ROOT = re.compile(rb"<(?:\w+:)?UOF\b[^>]*schemas\.uof\.org")
OFD_ROOT = re.compile(rb"<(?:(\w+):)?OFD\b([^>]*)>")
OFD_VERSION = re.compile(rb"\bVersion\s*=\s*[\"']([\d.]{1,8})[\"']")
ODF_VERSION = re.compile(rb"manifest:version\s*=\s*[\"']([\d.]{1,5})[\"']")
ODF_CONTENT_VERSION = re.compile(rb"office:version\s*=\s*[\"'](\d\.\d)")
ODF_TYPES: dict[bytes, str] = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.text-template": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet-template": "ods",
    b"application/vnd.oasis.opendocument.presentation-template": "odp",
}
# Main part content types of ECMA-376 part 1, with the macro-enabled ones of [MS-OFFMACRO2].
OOXML_TYPES: dict[bytes, tuple[str, str]] = {
    b"wordprocessingml.document.main+xml": ("docx", ""),
    b"wordprocessingml.template.main+xml": ("docx", ""),
    b"spreadsheetml.sheet.main+xml": ("xlsx", ""),
    b"spreadsheetml.template.main+xml": ("xlsx", ""),
    b"presentationml.presentation.main+xml": ("pptx", ""),
    b"presentationml.slideshow.main+xml": ("pptx", ""),
    b"presentationml.template.main+xml": ("pptx", ""),
    b"ms-word.document.macroEnabled.main+xml": ("docx", "macro"),
    b"ms-excel.sheet.macroEnabled.main+xml": ("xlsx", "macro"),
    b"ms-powerpoint.presentation.macroEnabled.main+xml": ("pptx", "macro"),
    b"ms-word.template.macroEnabledTemplate.main+xml": ("docx", "macro"),
    b"ms-excel.template.macroEnabled.main+xml": ("xlsx", "macro"),
    b"ms-excel.addin.macroEnabled.main+xml": ("xlsx", "macro"),
    b"ms-powerpoint.slideshow.macroEnabled.main+xml": ("pptx", "macro"),
    b"ms-powerpoint.template.macroEnabled.main+xml": ("pptx", "macro"),
}
PEEK_BYTES = 1 << 20  # the list of types of a long presentation is long


def identify_archive(archive: zipfile.ZipFile) -> Identification:
    """Name an opened ZIP archive by the entry that its family requires; plain ``zip`` if there is none."""
    names = archive.NameToInfo
    if "OFD.xml" in names and (root := OFD_ROOT.search(_peek(archive, "OFD.xml"))):
        return _ofd(root)
    if "uof.xml" in names and UOF_ROOT.search(_peek(archive, "uof.xml")):
        return named("uof", "2")
    if "mimetype" in names:
        return _open_document(archive)
    return _office_open(archive) if "[Content_Types].xml" in names else named("zip")


def identify_zip_head(head: bytes) -> Identification:
    """Name an archive that cannot be opened by its first entry, as far as that tells."""
    if head[30:38] == b"mimetype":
        version = ODF_CONTENT_VERSION.search(head)
        name = next((name for mime, name in ODF_TYPES.items() if head[38:].startswith(mime)), "zip")
        return named(name, version[1].decode() if version and name != "zip" else "")
    return named("zip")


def _peek(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read the start of an entry; nothing if it is encrypted or damaged."""
    try:
        with archive.open(name) as entry:
            return entry.read(PEEK_BYTES)
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, ValueError, LookupError):
        return b""


def _ofd(root: re.Match[bytes]) -> Identification:
    """Name an OFD by its root element; GB/T 33190 fixes the namespace, some writers leave the year off."""
    prefix, attributes = root[1], root[2]
    declaration = rb"xmlns" + (b":" + prefix if prefix else b"") + rb"\s*=\s*[\"']([^\"']*)[\"']"
    namespace = re.search(declaration, attributes)
    if not namespace or namespace[1].decode("ascii", "replace") not in OFD_NAMESPACES:
        return named("zip")
    version = OFD_VERSION.search(attributes)
    return named("ofd", version[1].decode() if version else "")


def _open_document(archive: zipfile.ZipFile) -> Identification:
    format_name = ODF_TYPES.get(_peek(archive, "mimetype").strip())
    if not format_name:
        return named("zip")
    version = ODF_VERSION.search(_peek(archive, "META-INF/manifest.xml"))
    return named(format_name, version[1].decode() if version else "")


def _office_open(archive: zipfile.ZipFile) -> Identification:
    types = _peek(archive, "[Content_Types].xml")
    return named(*next((found for mark, found in OOXML_TYPES.items() if mark in types), ("zip", "")))
