"""A case as its package tells it, for the inspection of a package that is handed over or was received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.domain.records.facts import ApplicantFact, CaseFact, ClosureFact, Digests, FileFact, Plan, StepFact
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass, Retention
from jingui.formats.packages.catalogue import read_catalogue
from jingui.formats.packages.looked_over import elements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jingui.formats.packages.evidence import Evidence

_ZONE = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=_ZONE)
_FOLDERS = {
    "01结果材料": MaterialClass.RESULT,
    "02过程材料": MaterialClass.PROCESS,
    "03申请材料": MaterialClass.APPLICATION,
}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file of a package: what is said of it, and the size and SHA-256 that were found (``None``: it is not there)."""

    path: str
    bytes: int
    digests: Digests
    declared_sha256: str
    found: tuple[int, str | None] | None


def case_of_package(evidence: Evidence, values: Mapping[str, str]) -> tuple[CaseFact, Plan]:
    """Return what a package says of its case; see ``case_of_values``."""
    root = evidence.roots.get(evidence.spec.process_metadata)
    steps = (elements_of(element) for element in (root.iterfind("step") if root is not None else ()))
    return case_of_values(values, files=_files(evidence), steps=steps)


def case_of_values(
    values: Mapping[str, str], *, files: Iterable[ReadFile], steps: Iterable[Mapping[str, str]]
) -> tuple[CaseFact, Plan]:
    """Return what the elements of a package say of its case; where they say nothing, nothing is made up.

    Times that cannot be read become 1970, which the rules of plausibility find.
    """
    received = _time(values.get("receive_time", "")) or _EPOCH
    closed = _time(values.get("transact_time", ""))
    case = CaseFact(
        key=values.get("electronic_record_code", ""),
        case_number=values.get("project_id", ""),
        source="",
        title=values.get("project_name", ""),
        item_code="",
        item_version=0,
        applicant=ApplicantFact(
            values.get("apply_name", ""),
            id_type=values.get("card_type", ""),
            id_number=values.get("contacted_card", ""),
        ),
        received_at=received,
        channel=Channel.OTHER,
        region_code=values.get("region_code", ""),
        agency_name=values.get("department_name", ""),
        agency_code=values.get("social_code", ""),
        fonds=values.get("fonds_identifier", ""),
        fonds_name=values.get("fonds_name", ""),
        files=tuple(_file(file, received) for file in files),
        steps=tuple(_step(number, said, received) for number, said in enumerate(steps, start=1)),
        closure=ClosureFact(ClosureKind.COMPLETED, closed, result=values.get("result", "")) if closed else None,
    )
    plan = Plan("", 0, 0, values.get("task_name", ""), (), Retention.PERMANENT, "", required_steps=(), min_step_count=0)
    return case, plan


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=_ZONE)


def _files(evidence: Evidence) -> Iterator[ReadFile]:
    root = evidence.roots.get(evidence.spec.catalogue)
    for entry in read_catalogue(root) if root is not None else ():
        if entry is None:
            continue
        measured = evidence.measured.get(entry.path)
        told = int(entry.bytes) if entry.bytes.isascii() and entry.bytes.isdigit() and len(entry.bytes) < 20 else 0  # noqa: PLR2004
        found = (measured.size, measured.digests.get("sha256")) if measured else None
        yield ReadFile(entry.path, told, Digests(entry.sha256, entry.sm3, ""), entry.sha256, found)


def _file(file: ReadFile, received: datetime) -> FileFact:
    return FileFact(
        key=file.path,
        name=PurePosixPath(file.path).name,
        material_code="",
        material_class=_FOLDERS.get(file.path.partition("/")[0], MaterialClass.APPLICATION),
        title=PurePosixPath(file.path).stem,
        step="",
        bytes=file.bytes,
        digests=file.digests,
        declared_sha256=file.declared_sha256,
        received_at=received,
        stored_bytes=file.found[0] if file.found else None,
        stored_sha256=file.found[1] if file.found else None,
    )


def _step(number: int, said: Mapping[str, str], received: datetime) -> StepFact:
    return StepFact(
        key=said.get("step_key") or str(number),
        name=said.get("step_name", ""),
        started_at=_time(said.get("start_time", "")) or received,
        ended_at=_time(said.get("end_time", "")),
        handler=said.get("handler", ""),
        unit=said.get("unit", ""),
        opinion=said.get("opinion", ""),
        action=said.get("action", ""),
    )
