"""Evidence of signatures for a package: what was checked and with what, kept beside the files it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jingui.db.models import Case, CaseFile
from jingui.db.queries.locations import file_locations
from jingui.db.queries.trust import trust_entries
from jingui.domain.inspection.signature_rules import VERDICTS
from jingui.domain.packaging.records import ArrangedFile, FileSignature
from jingui.domain.records.detached import KIND, PairingFile, pair
from jingui.domain.records.facts import SignatureFact
from jingui.ports import PreservationStore, SignatureDesk, Signs, StagingArea

DETACHED = "分离签名"


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

    One folder per signed file, called by its number in the catalogue; in it one for each detached signature over it,
    called by the number of that file. Files without signatures cost nothing.

    Raises:
        PermanentFailure: a file cannot be opened.
        TransientFailure: the checking process could not be started.
    """
    kept = _detached_evidence(case, files, rows, table, now)
    signed = [file for file in files if any(one.kind != KIND for one in signatures_of(file))]
    trusted = trust_entries() if signed else []
    places = file_locations(case, [rows[file.fact.key] for file in signed], store=table.store, staging=table.staging)
    for file, (path, _) in zip(signed, places, strict=True):
        found = table.desk.check(path, name=file.path, trusted=trusted, at=now)
        kept |= {f"{file.sequence:03}/{name}": data for name, data in found.evidence.items()}
    return kept


def _detached_evidence(
    case: Case, files: Sequence[ArrangedFile], rows: Mapping[str, CaseFile], table: EvidenceTable, now: datetime
) -> dict[str, bytes]:
    sent = {file.fact.key: file for file in files if not file.made}
    pairs = pair([PairingFile(key, one.fact.name, one.fact.digests, one.fact.reading) for key, one in sent.items()])
    trusted = trust_entries() if pairs else []
    kept: dict[str, bytes] = {}
    for one in pairs:
        value, content = sent[one.signature], sent.get(one.content)
        signs = Signs(_place(case, rows[one.content], table), content.path) if content else Signs()
        path = _place(case, rows[one.signature], table)
        found = table.desk.check(path, name=value.path, trusted=trusted, at=now, signs=signs)
        folder = f"{(content or value).sequence:03}/{DETACHED}-{value.sequence:03}"
        kept |= {f"{folder}/{name}": data for name, data in found.evidence.items()}
    return kept


def _place(case: Case, row: CaseFile, table: EvidenceTable) -> Path:
    ((path, _),) = file_locations(case, [row], store=table.store, staging=table.staging)
    return path
