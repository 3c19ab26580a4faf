"""Electronic seals: the structures of GM/T 0031-2014 (version 1 to 3) and GB/T 38540-2020 (version 4 and 5).

The standards' texts were not read here; the structures are those of public descriptions and of files met. Optional parts
are found by their tags, and a context tag around the whole is looked through, because writers disagree.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from asn1crypto import core, parser

from jingui.formats.signatures.der import BROKEN, MAX_DER_BYTES, MalformedError

INTEGER, BITS, OCTETS, IDENTIFIER, UTC_TIME, GENERAL_TIME = 2, 3, 4, 6, 23, 24
_TIMES = (UTC_TIME, GENERAL_TIME)
NEW_VERSION = 4
MAX_PARTS = 256


@dataclass(frozen=True, slots=True)
class Part:
    """One element of DER: its class (0 universal, 2 context), tag, content, and itself whole."""

    group: int
    tag: int
    content: bytes
    der: bytes

    @property
    def is_sequence(self) -> bool:
        """Say whether it is a SEQUENCE."""
        return (self.group, self.tag) == (0, 16)


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal (电子印章): its name, from when until when, whose certificates may use it, and its maker's signature."""

    identifier: str
    name: str
    version: int
    valid_from: datetime | None
    valid_until: datetime | None
    members: tuple[bytes, ...]
    member_digests: tuple[tuple[str, bytes], ...]
    signed: bytes
    maker: bytes
    algorithm: str
    value: bytes


@dataclass(frozen=True, slots=True)
class SealSignature:
    """A signature made with a seal (电子签章数据)."""

    version: int
    seal: Seal
    at: datetime | None
    data_digest: bytes
    property_info: str
    certificate: bytes
    algorithm: str
    value: bytes
    signed: bytes
    tokens: tuple[bytes, ...] = field(default=())


def parts(content: bytes) -> list[Part]:
    """Take DER apart, one level. Raises MalformedError."""
    found: list[Part] = []
    at = 0
    while at < len(content) and len(found) < MAX_PARTS:
        try:
            group, _, tag, header, inner, trailer = parser.parse(content[at:])
        except BROKEN as error:
            raise MalformedError(f"seal: {error}"[:120]) from None
        size = len(header) + len(inner) + len(trailer)
        found.append(Part(group, tag, inner, content[at : at + size]))
        at += size
    return found


def _whole(der: bytes) -> list[Part]:
    """Return the parts of the outermost SEQUENCE, through context tags around it."""
    if len(der) > MAX_DER_BYTES:
        raise MalformedError(f"seal: {len(der)} bytes")
    outer = _first(der)
    while outer.group == 2:  # noqa: PLR2004 - context-specific
        outer = _first(outer.content)
    if not outer.is_sequence:
        raise MalformedError("seal: not a sequence")
    return parts(outer.content)


def _first(der: bytes) -> Part:
    """Return the first element; what may lie behind it (padding) is passed over."""
    try:
        group, _, tag, header, inner, trailer = parser.parse(der)
    except BROKEN as error:
        raise MalformedError(f"seal: {error}"[:120]) from None
    return Part(group, tag, inner, der[: len(header) + len(inner) + len(trailer)])


def read_seal_signature(der: bytes) -> SealSignature:
    """Read SES_Signature of either generation. Raises MalformedError."""
    try:
        outer = _whole(der)
        body = parts(_sequence(outer[0]).content)
        if len(body) < 5 or body[0].tag != INTEGER:  # noqa: PLR2004
            raise MalformedError("seal signature: too few parts")
        version = int(core.Integer.load(body[0].der).native)
        is_old = len(outer) >= 2 and outer[1].tag == BITS and outer[1].group == 0  # noqa: PLR2004
        return _old_signature(outer, body, version) if is_old else _new_signature(outer, body, version)
    except BROKEN as error:
        raise MalformedError(f"seal signature: {error}"[:120]) from None


def _new_signature(outer: list[Part], body: list[Part], version: int) -> SealSignature:
    """Certificate, algorithm and value stand behind what is signed, a time-stamp may follow."""
    found = _common(outer, body, version, tail=outer[1:4])
    return replace(found, tokens=tuple(_unwrapped(part) for part in outer[4:] if part.group == 2))  # noqa: PLR2004


def _old_signature(outer: list[Part], body: list[Part], version: int) -> SealSignature:
    """Certificate and algorithm are signed too, the value alone stands behind."""
    return _common(outer, body, version, tail=[body[5], body[6], outer[1]])


def _common(outer: list[Part], body: list[Part], version: int, *, tail: list[Part]) -> SealSignature:
    certificate, algorithm, value = tail
    return SealSignature(
        version=version,
        seal=read_seal(body[1].der),
        at=_moment(body[2]),
        data_digest=_bits(body[3]),
        property_info=body[4].content.decode("utf-8", "replace"),
        certificate=certificate.content,
        algorithm=core.ObjectIdentifier.load(_identifier(algorithm)).dotted,
        value=_bits(value),
        signed=outer[0].der,
    )


def read_seal(der: bytes) -> Seal:
    """Read SESeal of either generation. Raises MalformedError."""
    try:
        outer = _whole(der)
        info = parts(_sequence(outer[0]).content)
        header = parts(info[0].content)
        rows = parts(info[2].content)
        if len(outer) == 2 and outer[1].is_sequence:  # noqa: PLR2004 - the old generation puts the signature apart
            maker, algorithm, value = parts(outer[1].content)[:3]
        else:
            maker, algorithm, value = outer[1:4]
        times = [moment for part in rows if part.tag in _TIMES and (moment := _moment(part))]
        members, digests = _members(rows)
        return Seal(
            identifier=info[1].content.decode("utf-8", "replace"),
            name=rows[1].content.decode("utf-8", "replace"),
            version=int(core.Integer.load(header[1].der).native),
            valid_from=times[-2] if len(times) > 1 else None,
            valid_until=times[-1] if len(times) > 1 else None,
            members=members,
            member_digests=digests,
            # The old generation signs the information with the maker's certificate and algorithm behind it.
            signed=outer[0].der,
            maker=maker.content,
            algorithm=core.ObjectIdentifier.load(_identifier(algorithm)).dotted,
            value=_bits(value),
        )
    except BROKEN as error:
        raise MalformedError(f"seal: {error}"[:120]) from None


def _members(rows: list[Part]) -> tuple[tuple[bytes, ...], tuple[tuple[str, bytes], ...]]:
    """Return who may use the seal: certificates, or digests of certificates with the name of the digest."""
    listed = next((part for part in rows if part.is_sequence or part.group == 2), None)  # noqa: PLR2004
    members: list[bytes] = []
    digests: list[tuple[str, bytes]] = []
    for part in parts(listed.content) if listed else ():
        if part.tag == OCTETS and part.group == 0:
            members.append(part.content)
        elif part.is_sequence:
            kind, value = parts(part.content)[:2]
            digests.append((kind.content.decode("ascii", "replace"), value.content))
    return tuple(members), tuple(digests)


def _sequence(part: Part) -> Part:
    if not part.is_sequence:
        raise MalformedError("seal: not a sequence")
    return part


def _identifier(part: Part) -> bytes:
    """Return the DER of an identifier, alone or as an AlgorithmIdentifier."""
    return parts(part.content)[0].der if part.is_sequence else part.der


def _bits(part: Part) -> bytes:
    """Return what a BIT STRING (or OCTET STRING) holds; the count of unused bits goes."""
    return part.content[1:] if part.tag == BITS else part.content


def _unwrapped(part: Part) -> bytes:
    """Return the token in an optional part: a BIT STRING or OCTET STRING, or the token itself."""
    inner = _first(part.content) if part.content else part
    return _bits(inner) if inner.tag in (BITS, OCTETS) else inner.der


def _moment(part: Part) -> datetime | None:
    """Read a time; the old generation puts one into a BIT STRING, as DER or as text."""
    content = part.content
    if part.tag == BITS:
        inner = content[1:]
        try:
            found = _first(inner)
            return _moment(found) if found.tag in _TIMES else None
        except MalformedError:
            return _text_time(inner)
    kind = core.UTCTime if part.tag == UTC_TIME else core.GeneralizedTime
    try:
        native: datetime = kind.load(part.der).native
        return native.astimezone(UTC) if native.tzinfo else native.replace(tzinfo=UTC)
    except BROKEN:
        return _text_time(content)


def _text_time(text: bytes) -> datetime | None:
    digits = bytes(byte for byte in text[:19] if 48 <= byte <= 57)[:14]  # noqa: PLR2004 - the ten digits
    try:
        return datetime.strptime(digits.decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
