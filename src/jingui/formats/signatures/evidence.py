"""The evidence of a verification: what was checked, with what, so that it can be read when the issuer is gone.

Per file of a record one JSON document and, beside it, every certificate, list, answer, token and value as DER. A reader
needs nothing but a text viewer and OpenSSL to follow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from jingui.domain.records.canonical import canonical_json
from jingui.domain.records.readings import signature_to_dict
from jingui.formats.signatures.assessment import CHECKER, Assessment
from jingui.formats.signatures.certificates import Certificate
from jingui.formats.signatures.der import MAX_DER_BYTES

INDEX = "验证记录.json"
MAX_EVIDENCE_BYTES = 64 << 20
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file that evidence is about: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


def evidence_files(
    rows: Sequence[Assessment], *, signed: SignedFile, value: SignedFile | None = None, at: datetime
) -> Files:
    """Return the files of evidence for one signed file, by name; none for a file without signatures.

    ``value`` is the file in which a detached signature lies; ``at`` is when it was checked. What would go beyond the limit is named in the index by its digest only.
    """
    if not rows:
        return {}
    files: Files = {}
    signatures = [_signature(row, files) for row in rows]
    index = {
        "file": signed.name,
        "sha256": signed.sha256,
        **({"signature_file": value.name, "signature_file_sha256": value.sha256} if value else {}),
        "checked_at": at.isoformat(),
        "checker": CHECKER,
        "signatures": signatures,
    }
    return {INDEX: canonical_json(index), **files}


def _signature(row: Assessment, files: Files) -> dict[str, Any]:
    path = row.path.certificates if row.path else ((row.signer,) if row.signer else ())
    stamp = row.timestamp
    kept = {
        "value": _keep(files, "value", row.value),
        "path": [_certificate(one, files) for one in path],
        "certificates": [_keep(files, "cert", der) for der in dict.fromkeys(row.certificates)],
        "revocation_lists": [_keep(files, "crl", der) for der in row.revocations.lists],
        "revocation_answers": [_keep(files, "ocsp", der) for der in row.revocations.answers],
        "timestamp_token": _keep(files, "tst", stamp.token) if stamp else "",
        "timestamp_path": [_certificate(one, files) for one in stamp.path.certificates] if stamp else [],
        "trusted_by": row.path.anchor.certificate.fingerprint if row.path and row.path.anchor else "",
        "digests": [{"of": of, "algorithm": name, "value": value} for of, name, value in row.digests],
    }
    return {**signature_to_dict(row.fact()), **kept}


def _certificate(certificate: Certificate, files: Files) -> dict[str, str]:
    return {
        "file": _keep(files, "cert", certificate.der),
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial_text,
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": certificate.valid_until.isoformat(),
        "sha256": certificate.fingerprint,
    }


def _keep(files: Files, kind: str, der: bytes) -> str:
    """Keep a piece under the name of its digest; the same piece once. An empty one has no name."""
    if not der:
        return ""
    name = f"{kind}-{sha256(der).hexdigest()[:32]}.der"
    if name not in files and sum(map(len, files.values())) + len(der) <= min(MAX_EVIDENCE_BYTES, 4 * MAX_DER_BYTES):
        files[name] = der
    return name


def described(certificate: Certificate) -> Iterator[tuple[str, Any]]:
    """Yield what a certificate says of itself, as JSON values."""
    yield from (
        ("der", certificate.der.hex()),
        ("fingerprint", certificate.fingerprint),
        ("subject", certificate.subject),
        ("issuer", certificate.issuer),
        ("serial", certificate.serial_text),
        ("valid_from", certificate.valid_from.isoformat()),
        ("valid_until", certificate.valid_until.isoformat()),
        ("is_ca", certificate.is_ca is not False),
        ("is_self_issued", certificate.is_self_issued),
        ("is_sm2", bool(certificate.key.sm2_point)),
    )
