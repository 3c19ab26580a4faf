"""Detached signatures of a record: each is checked over the file that it signs, and told as that file's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from jingui.db.models import CaseFile
from jingui.db.queries.trust import trust_entries
from jingui.domain.errors import PermanentFailure
from jingui.domain.records.detached import KIND, PairingFile, pair
from jingui.domain.records.facts import Digests, FileFact, Reading, SignatureFact
from jingui.domain.records.signatures import Flaw, verdict_of, write_detail
from jingui.ports import SignatureDesk, Signs

Readings = dict[str, Reading]


def members_of_rows(rows: Sequence[CaseFile], readings: Readings) -> list[PairingFile]:
    """Return the files of a case with what the readers said of them."""
    return [
        PairingFile(row.file_key, row.name, Digests(row.sha256, row.sm3, row.sha512), readings.get(row.file_key))
        for row in rows
    ]


def members_of_facts(files: Sequence[FileFact], readings: Readings) -> list[PairingFile]:
    """Return the files of a package with what the readers said of them."""
    return [PairingFile(file.key, file.name, file.digests, readings.get(file.key)) for file in files]


def with_detached(
    members: Sequence[PairingFile], places: Mapping[str, Path], *, desk: SignatureDesk | None, now: datetime
) -> Readings:
    """Return the readings with what the detached signatures among the files say; each belongs to the file it signs.

    ``places`` tells where files are by key. One that no file fits stays with its own file, and says so.

    Raises:
        TransientFailure: the checking process could not be started.
    """
    readings = {member.key: _without_detached(member.reading) for member in members if member.reading}
    pairs = [one for one in pair(members) if one.signature in places]
    if not pairs or desk is None:
        return readings
    trusted, names = trust_entries(), {member.key: member.name for member in members}
    for one in pairs:
        content = one.content if one.content in places else ""
        signs = Signs(places.get(content), names.get(content, ""))
        name, owner = names[one.signature], content or one.signature
        try:
            found = desk.check(places[one.signature], name=name, trusted=trusted, at=now, signs=signs).signatures
        except PermanentFailure as failure:
            found = (_unreadable(name, failure.code),)
        told = readings[owner].signatures or ()
        readings[owner] = replace(readings[owner], signatures=(*told, *found))
    return readings


def _without_detached(reading: Reading) -> Reading:
    """Leave out what an earlier inspection said of detached signatures."""
    if not any(signature.kind == KIND for signature in reading.signatures or ()):
        return reading
    return replace(reading, signatures=tuple(one for one in reading.signatures or () if one.kind != KIND))


def _unreadable(name: str, code: str) -> SignatureFact:
    flaws = ((Flaw.UNREADABLE, code),)
    return SignatureFact(KIND, name, verdict_of(flaw for flaw, _ in flaws), detail=write_detail(flaws))
