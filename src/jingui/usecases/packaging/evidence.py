"""Evidence of signatures for a package: what was checked and with what, kept beside the files it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jingui.db.models import Case, CaseFile
from jingui.db.queries.locations import file_locations
from jingui.db.queries.trust import trust_entries
from jingui.domain.inspection.signature_rules import VERDICTS
from jingui.domain.packaging.records import ArrangedFile, FileSignature
from jingui.domain.records.facts import SignatureFact
from jingui.ports import PreservationStore, SignatureDesk, StagingArea


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """What gathering evidence needs at hand."""

    desk: SignatureDesk
    store: PreservationStore
    staging: StagingArea


def file_signatures(files: Sequence[ArrangedFile]) -> tuple[FileSignature, ...]:
    """Return the signatures that inspection found in the files, as the package's metadata name them."""
    return tuple(
        FileSignature(
            file_key=file.fact.key,
            kind=signature.kind,
            algorithm=signature.algorithm,
            signer=signature.signer,
            signed_at=signature.signed_at,
            outcome=VERDICTS[signature.verdict][1].value,
        )
        for file in files
        for signature in signatures_of(file)
    )


def signatures_of(file: ArrangedFile) -> tuple[SignatureFact, ...]:
    """Return the signatures that inspection found in a file."""
    reading = file.fact.reading
    return (reading.signatures or ()) if reading and not file.made else ()


def gather_evidence(
    case: Case, files: Sequence[ArrangedFile], rows: Mapping[str, CaseFile], *, table: EvidenceTable, now: datetime
) -> dict[str, bytes]:
    """Check the signed files once more and return the evidence by its place below the folder for it.

    One folder per signed file, called by its number in the catalogue. Files without signatures cost nothing.

    Raises:
        PermanentFailure: a file cannot be opened.
        TransientFailure: the checking process could not be started.
    """
    signed = [file for file in files if signatures_of(file)]
    trusted = trust_entries() if signed else []
    places = file_locations(case, [rows[file.fact.key] for file in signed], store=table.store, staging=table.staging)
    kept: dict[str, bytes] = {}
    for file, (path, _) in zip(signed, places, strict=True):
        found = table.desk.check(path, name=file.path, trusted=trusted, at=now)
        kept |= {f"{file.sequence:03}/{name}": data for name, data in found.evidence.items()}
    return kept
