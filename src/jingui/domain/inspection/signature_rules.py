"""GD-1-1: digests agree, and what the checks of signatures and seals in the files say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.inspection.parameters import Parameter
from jingui.domain.inspection.subject import Look, Observation, Subject, at_file, look_at
from jingui.domain.records.signatures import short_name
from jingui.domain.records.terms import Outcome, SignatureVerdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.records.facts import FileFact, SignatureFact

_SIGNABLE = frozenset({"pdf", "pdfa", "ofd"})
_CHOICES = (Outcome.PASSED, Outcome.WARNED, Outcome.NEEDS_PERSON, Outcome.FAILED)

VERDICTS: dict[SignatureVerdict, tuple[str, Outcome]] = {
    SignatureVerdict.SOUND: ("signature_sound", Outcome.PASSED),
    SignatureVerdict.SOUND_ISSUER_NOT_TRUSTED: ("signature_issuer_not_trusted", Outcome.WARNED),
    SignatureVerdict.LIST_CHANGED_BY_LATER_SEAL: ("signature_list_grew", Outcome.WARNED),
    SignatureVerdict.PART_NOT_COVERED: ("signature_part_not_covered", Outcome.WARNED),
    SignatureVerdict.ALGORITHM_UNSUPPORTED: ("signature_algorithm_unsupported", Outcome.NEEDS_PERSON),
    SignatureVerdict.SIGNER_UNKNOWN: ("signature_signer_unknown", Outcome.NEEDS_PERSON),
    SignatureVerdict.CONTENT_UNKNOWN: ("signature_content_unknown", Outcome.NEEDS_PERSON),
    SignatureVerdict.CERTIFICATE_NOT_VALID: ("signature_certificate_not_valid", Outcome.WARNED),
    SignatureVerdict.CONTENT_CHANGED: ("signature_content_changed", Outcome.FAILED),
    SignatureVerdict.SIGNATURE_BROKEN: ("signature_broken", Outcome.FAILED),
    SignatureVerdict.MALFORMED: ("signature_malformed", Outcome.WARNED),
}
"""What each verdict is called, and what it counts as where no profile says otherwise."""

_FIXED = frozenset({SignatureVerdict.SOUND, SignatureVerdict.CONTENT_CHANGED, SignatureVerdict.SIGNATURE_BROKEN})
SIGNATURE_PARAMETERS: tuple[Parameter, ...] = tuple(
    Parameter(verdict.value, "choice", outcome.value, choices=tuple(choice.value for choice in _CHOICES))
    for verdict, (_, outcome) in VERDICTS.items()
    if verdict not in _FIXED
)


def look_at_fixity(subject: Subject) -> Look:
    """GD-1-1: digests told, captured and found in the store agree; signatures and seals are what their check says."""
    faults = [fault for file in subject.files for fault in _digest_faults(file)]
    said = [row for file in subject.files for row in _signature_observations(subject, file)]
    remarks = [row for row in said if row.outcome is Outcome.PASSED]
    unlooked = [file for file in subject.files if _is_unlooked(file)]
    if unlooked:
        count = {"count": str(len(unlooked))}
        remarks.append(Observation("signatures_not_checked", params=count, outcome=Outcome.NOT_CHECKED))
    faults += [row for row in said if row.outcome is not Outcome.PASSED]
    return look_at(len(subject.files) + len(said), faults, remarks=remarks)


def _digest_faults(file: FileFact) -> Iterator[Observation]:
    captured = file.digests.sha256
    if file.declared_sha256 != captured:
        yield at_file(file, "digest_mismatch", declared=file.declared_sha256, found=captured)
    if file.stored_sha256 is None:
        yield at_file(file, "digest_not_recomputed", outcome=Outcome.NOT_CHECKED)
    elif file.stored_sha256 != captured:
        yield at_file(file, "stored_digest_mismatch", captured=captured, found=file.stored_sha256)


def _is_unlooked(file: FileFact) -> bool:
    reading = file.reading
    return reading is not None and reading.signatures is None and reading.format_name in _SIGNABLE


def _signature_observations(subject: Subject, file: FileFact) -> Iterator[Observation]:
    for signature in (file.reading.signatures or ()) if file.reading else ():
        code, outcome = VERDICTS[signature.verdict]
        if signature.verdict not in _FIXED:
            outcome = Outcome(subject.word(signature.verdict.value))
        signer = short_name(signature.signer) or signature.place
        params = {"file": file.name, "signer": signer, "issuer": short_name(signature.issuer)}
        yield Observation(
            code, f"file:{file.key}", params, evidence=evidence_of(signature), outcome=outcome, tool=signature.checker
        )


def evidence_of(signature: SignatureFact) -> str:
    """Say in one line what a check of a signature rests on."""
    at = (("signed", signature.signed_at), ("timestamp", signature.timestamp_at))
    parts = [signature.kind, signature.place, signature.algorithm, signature.covered]
    parts += [f"{name} {moment.isoformat()}" for name, moment in at if moment]
    parts += [f"serial {signature.serial}"] if signature.serial else []
    parts += [f"revocation {signature.revocation}"] if signature.revocation else []
    return "; ".join(part for part in (*parts, signature.detail) if part)
