"""The messages of a source system about a case, as checked facts. Times are aware, text is as it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass

if TYPE_CHECKING:
    from datetime import datetime

    from jingui.domain.records.facts import ApplicantFact
    from jingui.domain.records.origins import Provenance, SharedFrom, ThemePart


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """A case was received (收件). ``item_version`` is ``None`` if the source leaves it to the catalogue."""

    case_number: str
    title: str
    item_code: str
    applicant: ApplicantFact
    received_at: datetime
    item_version: int | None = None
    accepted_at: datetime | None = None
    promised_at: datetime | None = None
    channel: Channel = Channel.OTHER
    region_code: str = ""
    department: str = ""
    situations: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    theme: ThemePart | None = None


@dataclass(frozen=True, slots=True)
class StepMessage:
    """A step of handling was done (环节)."""

    step_key: str
    name: str
    started_at: datetime
    ended_at: datetime | None = None
    handler: str = ""
    unit: str = ""
    opinion: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class ClosureMessage:
    """A case has ended (办结, 退件, 撤回, 不予受理, 不予许可); the counts are the source's own, for comparison."""

    kind: ClosureKind
    closed_at: datetime
    result: str = ""
    result_number: str = ""
    handler: str = ""
    declared_files: int | None = None
    declared_steps: int | None = None
    declared_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FileMessage:
    """What is said of a file beside its bytes. ``material_class`` is only needed for files outside the plan."""

    file_key: str
    name: str
    sha256: str
    material_code: str = ""
    step: str = ""
    title: str = ""
    formed_at: datetime | None = None
    material_class: MaterialClass | None = None
    replaces: str = ""
    provenance: Provenance | None = None


@dataclass(frozen=True, slots=True)
class SharedFileMessage:
    """A file of the case is one that another case of the same theme has or will have (共享材料), with this SHA-256."""

    file: FileMessage
    shared_from: SharedFrom


Message = CaseMessage | StepMessage | ClosureMessage | FileMessage | SharedFileMessage
