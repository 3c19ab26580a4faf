"""Checking a whole CMS signature over content: every signer, its time-stamp, what is kept of revocation, its path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from asn1crypto import core

from jingui.domain.records.signatures import Flaw
from jingui.formats.signatures.assessment import SIGNATURE, Assessment, Context
from jingui.formats.signatures.chains import Pool
from jingui.formats.signatures.cms import check_content_type, check_signer
from jingui.formats.signatures.cms_structures import SignedContent, SignerRow, counter_signers, read_signed_data
from jingui.formats.signatures.der import BROKEN, AnySequence, MalformedError, dumped, present
from jingui.formats.signatures.keys import Pieces
from jingui.formats.signatures.revocation import Revocations, basic_answer
from jingui.formats.signatures.timestamps import attach_token

SIGNATURE_TIMESTAMP = "1.2.840.113549.1.9.16.2.14"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
ADOBE_REVOCATIONS = "1.2.840.113583.1.1.8"
MAX_TOKENS = 8


class _Tagged(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("lists", AnySequence, {"explicit": 0, "optional": True}),
        ("answers", AnySequence, {"explicit": 1, "optional": True}),
        ("other", core.Any, {"explicit": 2, "optional": True}),
    ]


def check_cms(
    der: bytes, content: Pieces | None, *, subject: Assessment, context: Context, purpose: str = SIGNATURE
) -> list[Assessment]:
    """Check every signer of a CMS over detached content, or over what it carries itself (``content`` is ``None``).

    ``subject`` names kind, place and coverage; one assessment per signer is returned, at least one.
    """
    try:
        data = read_signed_data(der)
    except MalformedError as error:
        return [_unreadable(subject, str(error))]
    if not data.signers:
        return [_unreadable(subject, "CMS: no signer")]
    found = []
    for number, row in enumerate(data.signers):
        place = subject.place if len(data.signers) == 1 else f"{subject.place} #{number + 1}"
        assessment = replace(subject, place=place, flaws=list(subject.flaws), digests=list(subject.digests))
        _check_one(row, data, content, assessment, context)
        assessment.judge_signer(context, purpose=purpose)
        found += [assessment, *_check_counter_signers(row, data, assessment, context)]
    return found


def _check_counter_signers(
    row: SignerRow, data: SignedContent, signed: Assessment, context: Context
) -> Iterator[Assessment]:
    """Check those who signed the value of a signer: what they sign stands beside them, whatever the content is."""
    try:
        counters = counter_signers(row)
    except MalformedError as error:
        yield _unreadable(Assessment(signed.kind, f"{signed.place} #会签"), str(error))
        return
    for number, counter in enumerate(counters, 1):
        assessment = Assessment(signed.kind, f"{signed.place} #会签 {number}", "另一个签名的值")
        assessment.certificates = data.certificates
        _check_one_signer(counter, lambda: (row.value,), assessment, context)
        assessment.judge_signer(context, purpose=SIGNATURE)
        yield assessment


def _unreadable(subject: Assessment, text: str) -> Assessment:
    subject.flaw(Flaw.UNREADABLE, text)
    return subject


def _check_one(
    row: SignerRow, data: SignedContent, content: Pieces | None, assessment: Assessment, context: Context
) -> None:
    inside = data.content
    if content is None and inside is None:
        assessment.flaw(Flaw.CONTENT_UNKNOWN)
        return
    own = inside or b""
    pieces: Pieces = content if content is not None else lambda: (own,)
    assessment.certificates = (*data.certificates, *assessment.certificates)
    assessment.revocations = assessment.revocations + Revocations(lists=data.lists)
    _check_one_signer(row, pieces, assessment, context)
    try:
        check_content_type(row, data.content_type, assessment)
    except BROKEN as error:
        assessment.flaw(Flaw.UNREADABLE, str(error)[:120])


def _check_one_signer(row: SignerRow, pieces: Pieces, assessment: Assessment, context: Context) -> None:
    """Check the value of one signer, its time-stamps and what it keeps; its certificate is not judged."""
    pool = Pool()
    pool.add((*assessment.certificates, *context.certificates))
    for anchor in context.anchors:
        pool.put(anchor.certificate)
    check_signer(row, pieces, assessment, candidates=pool.all())
    for attributes in (row.signed, row.unsigned):
        _take_kept(attributes, assessment)
    for token in _values(row.unsigned, SIGNATURE_TIMESTAMP)[:MAX_TOKENS]:
        attach_token(assessment, token, lambda: (row.value,), context=context)


def _values(attributes: Any, kind: str) -> list[bytes]:  # noqa: ANN401 - asn1crypto is untyped
    try:
        rows = [row for row in present(attributes) if row["type"].dotted == kind]
        return [dumped(value) for row in rows for value in row["values"]]
    except BROKEN:
        return []


def _take_kept(attributes: Any, assessment: Assessment) -> None:  # noqa: ANN401
    """Take certificates and revocations that the signature keeps in its attributes (ETSI EN 319 122-1, ISO 32000)."""
    for value in _values(attributes, CERTIFICATE_VALUES)[:1]:
        assessment.certificates = (*assessment.certificates, *_parts(value))
    for kind in (ADOBE_REVOCATIONS, REVOCATION_VALUES):
        for value in _values(attributes, kind)[:1]:
            lists, answers = _kept(value)
            whole = tuple(map(basic_answer_of, answers)) if kind == REVOCATION_VALUES else answers
            assessment.revocations = assessment.revocations + Revocations(lists, tuple(one for one in whole if one))


def _parts(der: bytes) -> tuple[bytes, ...]:
    try:
        return tuple(dumped(item) for item in AnySequence.load(der))[:64]
    except BROKEN:
        return ()


def _kept(der: bytes) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    try:
        value = _Tagged.load(der)
        return _dumped(value["lists"]), _dumped(value["answers"])
    except BROKEN:
        return (), ()


def _dumped(values: Any) -> tuple[bytes, ...]:  # noqa: ANN401
    return tuple(dumped(value) for value in present(values))[:64]


def basic_answer_of(der: bytes) -> bytes:
    """Wrap a basic answer as a whole one; empty if it is none."""
    try:
        return basic_answer(der)
    except BROKEN:
        return b""
