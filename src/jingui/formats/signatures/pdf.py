"""Signatures of a PDF: CMS, PAdES and document time-stamps over byte ranges, seals inside, and what came after them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pikepdf
from asn1crypto import core

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.algorithms import Scheme, UnsupportedAlgorithmError, digest
from jingui.formats.signatures.assessment import SIGNATURE, Assessment, Context
from jingui.formats.signatures.cms import readable
from jingui.formats.signatures.cms_structures import read_signed_data
from jingui.formats.signatures.der import BROKEN, MalformedError
from jingui.formats.signatures.keys import Signed, holds
from jingui.formats.signatures.pdf_additions import (
    TIMESTAMP_KINDS,
    Document,
    check_coverage,
    is_another_value,
    is_whole,
    value_in_gap,
)
from jingui.formats.signatures.pdf_dictionaries import SignatureEntry, entries_in_bytes, entries_of, security_store
from jingui.formats.signatures.seals import check_seal_signature
from jingui.formats.signatures.signed_content import check_cms
from jingui.formats.signatures.timestamps import Token, check_token, moment_of

Data = mmap.mmap | bytes
BLOCK = 1 << 20
MAX_HASHED_BYTES = 8 << 30
DETACHED_KINDS = frozenset({"/adbe.pkcs7.detached", "/ETSI.CAdES.detached"})


@dataclass(slots=True)
class _Room:
    """A PDF while its signatures are checked."""

    data: Data
    document: Document
    context: Context
    left: int = MAX_HASHED_BYTES


def check_pdf(data: Data, pdf: pikepdf.Pdf | None, *, context: Context) -> list[Assessment]:
    """Check every signature of a PDF; ``pdf`` is the opened file, ``None`` where it cannot be opened."""
    entries = entries_of(pdf) if pdf else entries_in_bytes(data)
    if not entries:
        return []
    if pdf:
        certificates, revocations = security_store(pdf)
        context = replace(
            context,
            certificates=(*context.certificates, *certificates),
            revocations=context.revocations + revocations,
        )
    room = _Room(data, Document(data, pdf, entries), context)
    stamps = [entry for entry in entries if entry.kind in TIMESTAMP_KINDS]
    tokens = [(entry, _check_stamp(entry, room)) for entry in stamps]
    found = []
    for entry in entries:
        known = next((token for stamp, token in tokens if stamp is entry), None)
        rows = [known.assessment] if known else _check_signature(entry, room, tokens)
        for row in rows:
            check_coverage(entry, room.document, row)
        found += rows
    return found


def pieces_of(data: Data, ranges: tuple[int, ...]) -> Iterator[bytes]:
    """Yield the bytes that ranges (offset, length, …) cover, as far as they are there."""
    for start, length in zip(ranges[::2], ranges[1::2], strict=False):
        end = min(start + length, len(data))
        for at in range(start, end, BLOCK):
            yield data[at : min(at + BLOCK, end)]


def _subject(entry: SignatureEntry, kind: str) -> Assessment:
    covered = f"文件的前 {entry.end} 字节" if len(entry.ranges) == 4 and not entry.ranges[0] else "不完整的范围"  # noqa: PLR2004
    return Assessment(kind, entry.place, covered, claimed_at=entry.claimed_at)


def _pairs(ranges: tuple[int, ...]) -> list[tuple[int, int]]:
    return list(zip(ranges[::2], ranges[1::2], strict=False))


def _value(entry: SignatureEntry, room: _Room) -> bytes:
    """Return the value of a signature: what its dictionary says, else what stands in the gap of its ranges."""
    found = value_in_gap(entry, room.data)
    return entry.contents if found is None or is_another_value(entry, room.document) else found


def _is_affordable(entry: SignatureEntry, room: _Room) -> bool:
    room.left -= sum(length for _, length in _pairs(entry.ranges))
    return room.left >= 0 and all(number >= 0 for number in entry.ranges)


def _check_stamp(entry: SignatureEntry, room: _Room) -> Token:
    value = _value(entry, room)
    if not _is_affordable(entry, room):
        return Token(_refused(_subject(entry, "pdf_timestamp"), "byte ranges"))
    token = check_token(value, lambda: pieces_of(room.data, entry.ranges), context=room.context)
    subject = _subject(entry, "pdf_timestamp")
    token.assessment.kind, token.assessment.place, token.assessment.covered = (
        subject.kind,
        subject.place,
        subject.covered,
    )
    token.assessment.timestamp = moment_of(token)
    token.assessment.value = value
    return token


def _refused(subject: Assessment, text: str) -> Assessment:
    subject.flaw(Flaw.UNREADABLE, text)
    return subject


def _check_signature(
    entry: SignatureEntry, room: _Room, tokens: list[tuple[SignatureEntry, Token]]
) -> list[Assessment]:
    subject = _subject(entry, "pdf_signature")
    if not entry.ranges or not _is_affordable(entry, room):
        return [_refused(subject, "byte ranges")]
    value = _value(entry, room)
    # A later time-stamp over the whole document proves that the signature was there.
    later = [token for stamp, token in tokens if stamp.end > entry.end and is_whole(stamp, room.data)]
    subject.timestamp = next((moment for token in later if (moment := moment_of(token))), None)
    if entry.kind == "/adbe.x509.rsa_sha1":
        return [_check_plain_rsa(entry, value, room, subject)]
    try:
        data = read_signed_data(value)
    except MalformedError as error:
        return [_check_seal(entry, value, room, subject, str(error))]
    if data.content is None:
        return check_cms(value, lambda: pieces_of(room.data, entry.ranges), subject=subject, context=room.context)
    if entry.kind in DETACHED_KINDS:
        # ISO 32000-2 §12.8.3.3.1: nothing shall be encapsulated; what the value is about would be ambiguous.
        subject.flaw(Flaw.UNREADABLE, "签名数据里另带了内容")
    return _check_enveloping(entry, value, room, subject, data.content)


def _check_enveloping(
    entry: SignatureEntry, value: bytes, room: _Room, subject: Assessment, content: bytes
) -> list[Assessment]:
    """Check a CMS that carries the digest of the ranges, or (against the rules) the ranges themselves."""
    names = ("sha1", "sha256", "sm3", "sha384", "sha512")
    name = next((name for name in names if len(digest(name, ())) == len(content)), "")
    kept = (n for n in names if digest(n, pieces_of(room.data, entry.ranges)) == content) if name else iter(())
    if next(kept, None) is None:
        # What it carries is not what the PDF covers: then only the ranges count.
        return check_cms(value, lambda: pieces_of(room.data, entry.ranges), subject=subject, context=room.context)
    return check_cms(value, lambda: (content,), subject=subject, context=room.context)


def _check_seal(entry: SignatureEntry, value: bytes, room: _Room, subject: Assessment, problem: str) -> Assessment:
    """Check a value that is no CMS: a seal signature, which some writers put into PDF files."""
    tried = replace(subject, kind="pdf_seal", flaws=[], digests=[])
    check_seal_signature(value, lambda: pieces_of(room.data, entry.ranges), subject=tried, context=room.context)
    return _refused(subject, problem) if tried.has(Flaw.UNREADABLE) else tried


def _check_plain_rsa(entry: SignatureEntry, value: bytes, room: _Room, subject: Assessment) -> Assessment:
    """Check a PKCS#1 value with its certificates beside it (ISO 32000-1 §12.8.3.2)."""
    subject.algorithm = "RSA"
    subject.certificates = entry.certificates
    certificates = readable(entry.certificates)
    if not certificates:
        subject.flaw(Flaw.SIGNER_UNKNOWN)
        return subject
    subject.signer = certificates[0]
    try:
        octets = bytes(core.OctetString.load(value).native)
        names = ("sha1", "sha256", "sha384", "sha512")
        is_held = any(
            holds(
                certificates[0].key, Scheme("rsa", name), Signed("", octets), lambda: pieces_of(room.data, entry.ranges)
            )
            for name in names
        )
    except UnsupportedAlgorithmError as error:
        subject.flaw(Flaw.ALGORITHM_UNKNOWN, str(error))
        return subject
    except BROKEN as error:
        return _refused(subject, str(error)[:120])
    if not is_held:
        subject.flaw(Flaw.VALUE_WRONG)
    subject.judge_signer(room.context, purpose=SIGNATURE)
    return subject
