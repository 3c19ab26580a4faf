"""What the flaws found in a signature come to (验签结论): one table, the gravest flaw decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jingui.domain.records.facts import SignatureFact
from jingui.domain.records.terms import SignatureVerdict


class Flaw(StrEnum):
    """One thing that a check of a signature or seal may find (验签发现)."""

    UNREADABLE = "unreadable"
    VALUE_WRONG = "value_wrong"
    SEAL_VALUE_WRONG = "seal_value_wrong"
    DIGEST_WRONG = "digest_wrong"
    LIST_WRONG = "list_wrong"
    PART_MISSING = "part_missing"
    CHANGED_AFTER = "changed_after"
    EXPIRED_THEN = "expired_then"
    NOT_YET_VALID_THEN = "not_yet_valid_then"
    REVOKED_THEN = "revoked_then"
    SEAL_NOT_VALID_THEN = "seal_not_valid_then"
    SIGNER_NOT_IN_SEAL = "signer_not_in_seal"
    CERTIFICATE_MISMATCH = "certificate_mismatch"
    SIGNER_UNKNOWN = "signer_unknown"
    CONTENT_UNKNOWN = "content_unknown"
    ALGORITHM_UNKNOWN = "algorithm_unknown"
    BYTES_UNCOVERED = "bytes_uncovered"
    PARTS_UNCOVERED = "parts_uncovered"
    LATER_SEAL_IN_LIST = "later_seal_in_list"
    ISSUER_NOT_TRUSTED = "issuer_not_trusted"
    TIMESTAMP_WRONG = "timestamp_wrong"
    TIMESTAMP_NOT_TRUSTED = "timestamp_not_trusted"
    TIME_ONLY_CLAIMED = "time_only_claimed"
    TIME_UNKNOWN = "time_unknown"


_VERDICTS: dict[Flaw, SignatureVerdict] = {
    Flaw.UNREADABLE: SignatureVerdict.MALFORMED,
    Flaw.VALUE_WRONG: SignatureVerdict.SIGNATURE_BROKEN,
    Flaw.SEAL_VALUE_WRONG: SignatureVerdict.SIGNATURE_BROKEN,
    Flaw.DIGEST_WRONG: SignatureVerdict.CONTENT_CHANGED,
    Flaw.LIST_WRONG: SignatureVerdict.CONTENT_CHANGED,
    Flaw.PART_MISSING: SignatureVerdict.CONTENT_CHANGED,
    Flaw.CHANGED_AFTER: SignatureVerdict.CONTENT_CHANGED,
    Flaw.EXPIRED_THEN: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.NOT_YET_VALID_THEN: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.REVOKED_THEN: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.SEAL_NOT_VALID_THEN: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.SIGNER_NOT_IN_SEAL: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.CERTIFICATE_MISMATCH: SignatureVerdict.CERTIFICATE_NOT_VALID,
    Flaw.SIGNER_UNKNOWN: SignatureVerdict.SIGNER_UNKNOWN,
    Flaw.CONTENT_UNKNOWN: SignatureVerdict.CONTENT_UNKNOWN,
    Flaw.ALGORITHM_UNKNOWN: SignatureVerdict.ALGORITHM_UNSUPPORTED,
    Flaw.BYTES_UNCOVERED: SignatureVerdict.PART_NOT_COVERED,
    Flaw.PARTS_UNCOVERED: SignatureVerdict.PART_NOT_COVERED,
    Flaw.LATER_SEAL_IN_LIST: SignatureVerdict.LIST_CHANGED_BY_LATER_SEAL,
    Flaw.ISSUER_NOT_TRUSTED: SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED,
}
"""What a flaw comes to; one that is not here is only told beside the verdict."""

_GRAVITY = tuple(SignatureVerdict)


class TrustPurpose(StrEnum):
    """What a certificate may be trusted for (信任用途)."""

    SIGNATURE = "signature"
    SEAL = "seal"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class CertificateFact:
    """What a certificate says of itself. ``fingerprint`` is the SHA-256 of its DER."""

    der: bytes
    fingerprint: str
    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime
    is_ca: bool = True
    is_self_issued: bool = False
    is_sm2: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """The signatures of one file as checked, and the files of evidence by name (none: the file is not signed)."""

    signatures: tuple[SignatureFact, ...]
    evidence: dict[str, bytes] = field(default_factory=dict)


def verdict_of(flaws: Iterable[Flaw]) -> SignatureVerdict:
    """Return the gravest verdict that the flaws come to; none: ``SOUND``."""
    verdicts = [_VERDICTS[flaw] for flaw in flaws if flaw in _VERDICTS]
    return max(verdicts, key=_GRAVITY.index, default=SignatureVerdict.SOUND)


def flaws_in(detail: str) -> tuple[tuple[str, str], ...]:
    """Return code and text of each flaw that a detail lists; see ``write_detail``."""
    parts = [part.partition(": ") for part in detail.split("; ") if part]
    return tuple((code, text) for code, _, text in parts)


def write_detail(flaws: Iterable[tuple[Flaw, str]]) -> str:
    """Write flaws as the detail of a fact: ``code: text`` joined by semicolons."""
    lines = (f"{flaw.value}: {_plain(text)}" if text else flaw.value for flaw, text in flaws)
    return "; ".join(dict.fromkeys(lines))[:2000]


def _plain(text: str) -> str:
    """Keep a text from looking like the next flaw, and what cannot be printed out of it."""
    return "".join(character if character.isprintable() else "?" for character in text.replace(";", ","))[:200]


def short_name(name: str) -> str:
    """Return the common name of a name of a certificate as facts hold it, which stands first; the whole without one."""
    first = name.partition(", ")[0]
    return first.removeprefix("CN=") if first.startswith("CN=") else name
