"""Checking the signatures inside a file of any kind, or a detached one over another file. Run it in a confined process."""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pikepdf

from jingui.domain.records.detached import KIND
from jingui.domain.records.signatures import Flaw
from jingui.formats.identification import UNKNOWN
from jingui.formats.identification.signed_data import cms, cms_text
from jingui.formats.reading.ofd_package import OfdPackage
from jingui.formats.reading.xml_safety import XmlRefusedError, parse
from jingui.formats.signatures.assessment import Assessment
from jingui.formats.signatures.checking import container_rows, context_of, guarded, ofd_rows, pdf_rows, xml_rows
from jingui.formats.signatures.detached import der_of
from jingui.formats.signatures.pdf_dictionaries import may_be_signed
from jingui.formats.signatures.signed_content import check_cms
from jingui.formats.signatures.trust import TrustEntry

MAX_PART_BYTES = 64 << 20
XML_BLANK = b"\xef\xbb\xbf \t\r\n"
MAX_VALUE_BYTES = 16 << 20
BLOCK = 1 << 20
_JSON_START = re.compile(rb"\s*(?:\{|eyJ)")
_JSON_MARKS = (re.compile(rb'"protected"\s*:\s*"'), re.compile(rb'"signature"\s*:\s*"'))
_COMPACT = re.compile(rb"eyJ[\w-]+\.[\w-]*\.[\w-]+")


def detached_rows(
    value: Path, content: Path | None, entries: Sequence[TrustEntry], *, name: str = ""
) -> list[Assessment]:
    """Check a CMS signature in a file of its own (.p7s, RFC 5652; GM/T 0010) over another file.

    ``content`` is ``None`` where nobody knows what it signs: then only a value that carries its content can be judged.
    ``name`` is what the signature file is called.
    """
    covered = f"{content.stat().st_size} 字节，覆盖全文" if content else ""
    subject = Assessment(KIND, name or value.name, covered)
    pieces = (lambda: _blocks(content)) if content else None
    return guarded(KIND, lambda: check_cms(der_of(_start(value)), pieces, subject=subject, context=context_of(entries)))


def file_rows(path: Path, entries: Sequence[TrustEntry]) -> list[Assessment]:
    """Check the signatures inside a file of any kind; one that cannot hold any has none."""
    with path.open("rb") as stream:
        head = stream.read(1024)
        if head[:2] == b"PK":
            return guarded("ofd_seal", lambda: _zip_file(path, entries))
        if head.lstrip(XML_BLANK)[:1] == b"<":
            return guarded("xmldsig", lambda: _xml_file(path, entries))
        if cms(head) is not UNKNOWN or cms_text(head) is not UNKNOWN:
            return detached_rows(path, None, entries)
        if _JSON_START.match(head):
            return _json_file(path)
        if b"%PDF-" not in head:
            return []
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _pdf_file(path, data, entries) if may_be_signed(data) else []


def _pdf_file(path: Path, data: mmap.mmap, entries: Sequence[TrustEntry]) -> list[Assessment]:
    try:
        with pikepdf.open(path) as pdf:
            return pdf_rows(data, pdf, entries)
    except pikepdf.PdfError:
        return pdf_rows(data, None, entries)


def _xml_file(path: Path, entries: Sequence[TrustEntry]) -> list[Assessment]:
    if path.stat().st_size > MAX_PART_BYTES:
        return []
    try:
        return xml_rows(parse(path.read_bytes()), entries)
    except XmlRefusedError:
        return []


def _json_file(path: Path) -> list[Assessment]:
    """Say of a JSON signature (RFC 7515, JAdES) that it is one, and that none of them is checked here."""
    data = _start(path)
    if not _COMPACT.fullmatch(data.strip()) and not all(mark.search(data) for mark in _JSON_MARKS):
        return []
    row = Assessment("jws", path.name)
    row.flaw(Flaw.ALGORITHM_UNKNOWN, "JSON signature (RFC 7515)")
    return [row]


def _zip_file(path: Path, entries: Sequence[TrustEntry]) -> list[Assessment]:
    with zipfile.ZipFile(path) as archive:
        if "OFD.xml" not in archive.NameToInfo:
            return container_rows(archive, entries)
        return ofd_rows(OfdPackage(archive, max_part_bytes=MAX_PART_BYTES), entries)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_VALUE_BYTES + 1)
