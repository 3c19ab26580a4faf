"""Finding the signature dictionaries of a PDF, and what its document security store keeps (ISO 32000-2 §12.8)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pikepdf

from jingui.formats.signatures.revocation import MAX_LIST_BYTES, Revocations

if TYPE_CHECKING:
    import mmap

MARK = b"/ByteRange"
MAX_SIGNATURES = 64
MAX_FIELDS = 20_000
MAX_KEPT = 200
MAX_CONTENTS_BYTES = 8 << 20
_RANGE = re.compile(rb"/ByteRange\s*\[\s*((?:\d{1,12}\s+){3}\d{1,12})\s*\]")
_DATE = re.compile(r"D?:?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?)?")


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """A signature dictionary: the name of its field, the ranges it says it covers, the value as the PDF holds it."""

    place: str
    ranges: tuple[int, ...]
    kind: str
    contents: bytes
    claimed_at: datetime | None
    certificates: tuple[bytes, ...] = ()

    @property
    def end(self) -> int:
        """Where the covered bytes end."""
        return sum(self.ranges[-2:]) if len(self.ranges) > 1 else 0


def may_be_signed(data: mmap.mmap | bytes) -> bool:
    """Say cheaply whether a PDF can hold a signature: its byte range always stands in the clear."""
    return data.find(MARK) >= 0


def entries_of(pdf: pikepdf.Pdf) -> list[SignatureEntry]:
    """Return the signatures of the form's fields, in the order in which they were put on."""
    found: dict[tuple[int, ...], SignatureEntry] = {}
    for name, value in _values(pdf):
        entry = _entry(name, value)
        if entry and len(found) < MAX_SIGNATURES:
            found.setdefault(entry.ranges, entry)
    return sorted(found.values(), key=lambda entry: entry.end)


def entries_in_bytes(data: mmap.mmap | bytes) -> list[SignatureEntry]:
    """Return the signatures of a PDF that cannot be opened, by their byte ranges alone."""
    found: dict[tuple[int, ...], SignatureEntry] = {}
    for match in _RANGE.finditer(data):
        ranges = tuple(int(number) for number in match[1].split())
        if len(found) < MAX_SIGNATURES:
            found.setdefault(ranges, SignatureEntry(f"byte {match.start()}", ranges, "", b"", None))
    return sorted(found.values(), key=lambda entry: entry.end)


def _values(pdf: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    form = pdf.Root.get("/AcroForm")
    fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
    waiting = [("", field) for field in fields] if isinstance(fields, pikepdf.Array) else []
    room = MAX_FIELDS
    while waiting and room:
        room -= 1
        prefix, field = waiting.pop(0)
        if not isinstance(field, pikepdf.Dictionary):
            continue
        name = f"{prefix}.{_text(field, '/T')}".strip(".")
        value, kids = field.get("/V"), field.get("/Kids")
        if isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value:
            yield name, value
        elif isinstance(kids, pikepdf.Array):
            waiting += [(name, kid) for kid in kids]
    yield from _permissions(pdf.Root.get("/Perms"))


def _permissions(permissions: object) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Yield the signatures that only the permissions of the catalogue name (usage rights, certification)."""
    for key in ("/DocMDP", "/UR3"):
        value = permissions.get(key) if isinstance(permissions, pikepdf.Dictionary) else None
        if isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value:
            yield key[1:], value


def _entry(name: str, value: pikepdf.Dictionary) -> SignatureEntry | None:
    try:
        ranges = tuple(int(number) for number in value.get("/ByteRange", ()))
        contents = bytes(value.get("/Contents", b""))
    except (TypeError, ValueError, AttributeError):
        return SignatureEntry(name, (), "", b"", None)
    kind = str(value.get("/SubFilter", ""))
    return SignatureEntry(
        name, ranges, kind, contents, read_date(_text(value, "/M")), _certificates(value.get("/Cert"))
    )


def _certificates(given: Any) -> tuple[bytes, ...]:  # noqa: ANN401 - a PDF object
    items = list(given)[:16] if isinstance(given, pikepdf.Array) else [given]
    return tuple(bytes(item) for item in items if isinstance(item, pikepdf.String))


def _text(holder: pikepdf.Dictionary, key: str) -> str:
    value = holder.get(key)
    return str(value)[:120] if isinstance(value, pikepdf.String) else ""


def read_date(text: str) -> datetime | None:
    """Read a date of ISO 32000-2 §7.9.4; without a zone it is taken as UTC."""
    found = _DATE.match(text.strip())
    if not found:
        return None
    numbers = [int(found[n] or default) for n, default in zip(range(1, 7), (0, 1, 1, 0, 0, 0), strict=True)]
    shift = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    try:
        zone = timezone(-shift if found[8] == "-" else shift) if found[8] else UTC
        return datetime(*numbers, tzinfo=zone)  # type: ignore[misc, arg-type]
    except ValueError:
        return None


def security_store(pdf: pikepdf.Pdf) -> tuple[tuple[bytes, ...], Revocations]:
    """Return the certificates, and the lists and answers, of the document security store."""
    store = pdf.Root.get("/DSS")
    if not isinstance(store, pikepdf.Dictionary):
        return (), Revocations()
    certificates, lists, answers = (tuple(_streams(store.get(key))) for key in ("/Certs", "/CRLs", "/OCSPs"))
    return certificates, Revocations(lists, answers)


def _streams(given: Any) -> Iterator[bytes]:  # noqa: ANN401 - a PDF object
    for stream in list(given)[:MAX_KEPT] if isinstance(given, pikepdf.Array) else ():
        if isinstance(stream, pikepdf.Stream) and (data := bounded_bytes(stream, MAX_LIST_BYTES)):
            yield data


def bounded_bytes(stream: pikepdf.Stream, limit: int) -> bytes:
    """Return a stream's content if it is no longer than the limit, else nothing; it never unpacks more than that."""
    try:
        raw = stream.read_raw_bytes()
        filters = str(stream.get("/Filter", ""))
        if filters == "/FlateDecode" and "/DecodeParms" not in stream:
            unpacker = zlib.decompressobj()
            data = unpacker.decompress(raw, limit + 1)
        elif not filters:
            data = raw
        else:
            data = stream.read_bytes() if len(raw) <= limit // 64 else b""
    except (pikepdf.PdfError, zlib.error):
        return b""
    return data if len(data) <= limit else b""
