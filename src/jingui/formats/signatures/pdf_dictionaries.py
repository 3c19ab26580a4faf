"""Finding the signature dictionaries of a PDF, and what its document security store keeps (ISO 32000-2 §12.8)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pikepdf

from jingui.formats.signatures.pdf_prints import TooManyObjectsError, Walk, is_signature_field, print_of, print_without
from jingui.formats.signatures.revocation import MAX_LIST_BYTES, Revocations

if TYPE_CHECKING:
    import mmap

MARK = b"/ByteRange"
MAX_SIGNATURES = 64
MAX_FIELDS = 20_000
MAX_KEPT = 200
MAX_RULES = 16
_SIGNATURE_KEYS = ("/Contents", "/Filter", "/SubFilter")
_USAGE_RIGHTS = frozenset({"/UR", "/UR3"})
MAX_CONTENTS_BYTES = 8 << 20
_RANGE = re.compile(rb"/ByteRange\s*\[\s*((?:\d{1,12}\s+){3}\d{1,12})\s*\]")
_DATE = re.compile(r"D?:?(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?)?")


@dataclass(frozen=True, slots=True)
class Lock:
    """Fields that a signature locks (ISO 32000-2 §12.8.2.4): ``/All``, those that it names or all others."""

    action: str
    names: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        """Say whether a field is locked, by itself or with a field it is part of."""
        is_named = any(name == one or name.startswith(f"{one}.") for one in self.names)
        return self.action == "/All" or is_named == (self.action == "/Include")


@dataclass(frozen=True, slots=True)
class SignatureEntry:
    """A signature dictionary: the name of its field, the ranges it says it covers, the value as the PDF holds it.

    ``fingerprint`` is that of all it says, ``permission`` what a certifying signature lets others change (ISO 32000-2,
    table 257; 0: it certifies nothing), ``is_usage_right`` that it only grants rights to readers.
    """

    place: str
    ranges: tuple[int, ...]
    kind: str
    contents: bytes
    claimed_at: datetime | None
    certificates: tuple[bytes, ...] = ()
    fingerprint: bytes = b""
    permission: int = 0
    locks: tuple[Lock, ...] = ()
    is_usage_right: bool = False

    @property
    def end(self) -> int:
        """Where the covered bytes end."""
        return sum(self.ranges[-2:]) if len(self.ranges) > 1 else 0


def may_be_signed(data: mmap.mmap | bytes) -> bool:
    """Say cheaply whether a PDF can hold a signature: its byte range always stands in the clear."""
    return data.find(MARK) >= 0


def entries_of(pdf: pikepdf.Pdf) -> list[SignatureEntry]:
    """Return the signatures of the form's fields, in the order in which they were put on."""
    found: dict[tuple[tuple[int, ...], bytes], SignatureEntry] = {}
    for name, value in _values(pdf):
        if len(found) < MAX_SIGNATURES:
            entry = _entry(name, value)
            found.setdefault((entry.ranges, entry.contents), entry)
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
        if isinstance(value, pikepdf.Dictionary) and _is_signature(field, value):
            yield name, value
        elif isinstance(kids, pikepdf.Array):
            waiting += [(name, kid) for kid in kids]
    yield from _permissions(pdf.Root.get("/Perms"))


def _is_signature(field: pikepdf.Dictionary, value: pikepdf.Dictionary) -> bool:
    """Say whether a field's value is a signature; one that lacks its ranges or its value is one all the same."""
    return "/ByteRange" in value or (is_signature_field(field) and any(key in value for key in _SIGNATURE_KEYS))


def _permissions(permissions: object) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Yield the signatures that only the permissions of the catalogue name (usage rights, certification)."""
    for key in ("/DocMDP", "/UR3"):
        value = permissions.get(key) if isinstance(permissions, pikepdf.Dictionary) else None
        if isinstance(value, pikepdf.Dictionary) and "/ByteRange" in value:
            yield key[1:], value


def _entry(name: str, value: pikepdf.Dictionary) -> SignatureEntry:
    try:
        ranges = tuple(int(number) for number in value.get("/ByteRange", ()))
        contents = bytes(value.get("/Contents", b""))
    except (TypeError, ValueError, AttributeError):
        return SignatureEntry(name, (), "", b"", None)
    rules = _rules(value)
    return SignatureEntry(
        name,
        ranges,
        str(value.get("/SubFilter", "")),
        contents,
        read_date(_text(value, "/M")),
        _certificates(value.get("/Cert")),
        _fingerprint(value, rules),
        max((_permission(given) for method, given in rules if method == "/DocMDP"), default=0),
        tuple(_lock(given) for method, given in rules if method == "/FieldMDP"),
        is_usage_right=any(method in _USAGE_RIGHTS for method, _ in rules),
    )


def _rules(value: pikepdf.Dictionary) -> list[tuple[str, pikepdf.Dictionary]]:
    """Return the transform methods that a signature names, with their parameters."""
    given = value.get("/Reference")
    rows = [one for one in given if isinstance(one, pikepdf.Dictionary)] if isinstance(given, pikepdf.Array) else []
    found = ((str(row.get("/TransformMethod", "")), row.get("/TransformParams")) for row in rows[:MAX_RULES])
    return [(method, one if isinstance(one, pikepdf.Dictionary) else pikepdf.Dictionary()) for method, one in found]


def _fingerprint(value: pikepdf.Dictionary, rules: list[tuple[str, pikepdf.Dictionary]]) -> bytes:
    """Return a digest of all that a signature says; what its rules are about is the document and not followed.

    Nothing comes back where a signature says more than is looked at.
    """
    walk = Walk()
    try:
        digest = sha256(print_without(value, walk, frozenset({"/Reference"})))
        for method, given in rules:
            digest.update(method.encode() + print_of(given, walk))
    except TooManyObjectsError:
        return b""
    return digest.digest()


def _permission(given: pikepdf.Dictionary) -> int:
    number = given.get("/P", 2)
    return number if isinstance(number, int) and 1 <= number <= 3 else 2  # noqa: PLR2004 - as the standard numbers them


def _lock(given: pikepdf.Dictionary) -> Lock:
    names = given.get("/Fields")
    texts = [str(one) for one in names][:MAX_FIELDS] if isinstance(names, pikepdf.Array) else []
    return Lock(str(given.get("/Action", "/All")), tuple(texts))


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
