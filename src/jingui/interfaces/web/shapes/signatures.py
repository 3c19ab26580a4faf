"""Signatures and seals as the record page shows them: who, when, over what, whether it holds, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from jingui.db.queries.records import Record
from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.readings import signature_from_dict
from jingui.domain.records.signatures import flaws_in, short_name
from jingui.domain.records.terms import SignatureVerdict
from jingui.interfaces.web.shapes.masks import applicant_of, masked
from jingui.interfaces.wording import label

MARKS: dict[SignatureVerdict, str] = {
    SignatureVerdict.SOUND: "passed",
    SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED: "warned",
    SignatureVerdict.LIST_CHANGED_BY_LATER_SEAL: "warned",
    SignatureVerdict.PART_NOT_COVERED: "warned",
    SignatureVerdict.ALGORITHM_UNSUPPORTED: "needs_person",
    SignatureVerdict.SIGNER_UNKNOWN: "needs_person",
    SignatureVerdict.CONTENT_UNKNOWN: "needs_person",
    SignatureVerdict.CERTIFICATE_NOT_VALID: "warned",
    SignatureVerdict.CONTENT_CHANGED: "failed",
    SignatureVerdict.SIGNATURE_BROKEN: "failed",
    SignatureVerdict.MALFORMED: "failed",
}
"""How a verdict is marked; what it counts as in an inspection is the profile's to say."""


@dataclass(frozen=True, slots=True)
class SignatureView:
    """One signature in words. ``reasons`` say why it is not simply sound; ``signed_at`` is when it was put on.

    ``time_source`` says whose word the time is. Names of the applicant are masked.
    """

    kind: str
    verdict: str
    mark: str
    signer: str
    issuer: str
    serial: str
    signed_at: datetime | None
    time_source: str
    covered: str
    algorithm: str
    valid_from: datetime | None
    valid_until: datetime | None
    revocation: str
    reasons: tuple[str, ...]
    place: str
    checker: str


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file of a record with its signatures."""

    key: str
    shown_name: str
    signatures: tuple[SignatureView, ...]


def signed_files(record: Record) -> tuple[SignedFile, ...]:
    """Return the files that carry signatures, in the order of the record."""
    applicant = applicant_of(record.case)
    found = []
    for row in record.files:
        facts = [signature_from_dict(values) for values in record.reading(row.file_key).get("signatures") or ()]
        if facts:
            name = masked(row.name, applicant)
            views = tuple(_view(fact, masked(fact.signer, applicant)) for fact in facts)
            found.append(SignedFile(row.file_key, name, views))
    return tuple(found)


def _view(fact: SignatureFact, signer: str) -> SignatureView:
    return SignatureView(
        kind=label("signature_kind", fact.kind),
        verdict=label("signature_verdict", fact.verdict),
        mark=MARKS[fact.verdict],
        signer=short_name(signer),
        issuer=short_name(fact.issuer),
        serial=fact.serial,
        signed_at=fact.signed_at,
        time_source=_time_source(fact),
        covered=fact.covered,
        algorithm=fact.algorithm,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
        revocation=label("signature_revocation", fact.revocation) or "文件内没有吊销资料",
        reasons=tuple(_reason(code, text) for code, text in flaws_in(fact.detail)),
        place=fact.place,
        checker=fact.checker,
    )


def _time_source(fact: SignatureFact) -> str:
    if fact.timestamp_at:
        return f"时间戳证明（{short_name(fact.timestamp_by)}）"
    return "签名者自报" if fact.signed_at else "没有签名时间"


def _reason(code: str, text: str) -> str:
    words = label("signature_flaw", code)
    return f"{words}：{text}" if text else words
