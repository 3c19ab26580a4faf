"""What rules look at, and what they say: one case with its plan and everything that was found out about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.metadata.base_information import base_values
from jingui.domain.metadata.elements import Element, Phase
from jingui.domain.metadata.inventory import Inventory, current_files, take_inventory
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.terms import Outcome, Property

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from jingui.domain.records.facts import CaseFact, FileFact, Plan

LONG_TERM_FORMATS: tuple[str, ...] = (
    "pdfa", "pdf", "ofd", "tiff", "jpeg", "png", "xml", "json", "text", "wav", "mp3", "mp4",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InspectionContext:
    """What was found out beyond the case itself. ``None`` means that nobody looked.

    ``same_values``: by element, the keys of other cases that hold the same value where it must be unique.
    ``waiting_files``: by file key, the other case whose file this case shares and that has not come (or is not the one meant).
    ``extra_files``: paths found with the case that belong to no file of it. ``scan_results``: by file key, the name of
    what a malware scanner found, ``""`` if clean. ``number_series``: numbers allotted, by series.
    """

    profile: MetadataProfile = field(default_factory=MetadataProfile)
    same_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waiting_files: Mapping[str, str] = field(default_factory=dict)
    extra_files: tuple[str, ...] | None = None
    scan_results: Mapping[str, str] | None = None
    number_series: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    first_number: int = 1
    long_term_formats: tuple[str, ...] = LONG_TERM_FORMATS


@dataclass(frozen=True, slots=True)
class Subject:
    """A case ready for the rules; derived values are made once."""

    case: CaseFact
    plan: Plan
    context: InspectionContext
    now: datetime
    files: tuple[FileFact, ...]
    values: Mapping[str, str]
    inventory: Inventory

    def elements(self) -> tuple[Element, ...]:
        """Return the metadata elements that can be known before the record is numbered."""
        return tuple(element for element in self.context.profile.elements if element.phase is Phase.CAPTURE)

    def filled(self) -> list[tuple[Element, str]]:
        """Return those elements that have a value."""
        pairs = ((element, self.values[element.identifier]) for element in self.elements())
        return [(element, value) for element, value in pairs if value]


def make_subject(case: CaseFact, plan: Plan, *, context: InspectionContext, now: datetime) -> Subject:
    """Derive what the rules share."""
    return Subject(
        case=case,
        plan=plan,
        context=context,
        now=now,
        files=current_files(case.files),
        values=base_values(case, plan, elements=context.profile.elements),
        inventory=take_inventory(plan, case),
    )


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing a rule has to say; without an outcome of its own it is a failure."""

    code: str
    location: str = ""
    params: dict[str, str] = field(default_factory=dict)
    evidence: str = ""
    outcome: Outcome = Outcome.FAILED


@dataclass(frozen=True, slots=True)
class Look:
    """What a rule saw: how many things it looked at, what is wrong, and remarks that do not keep it from passing."""

    count: int
    observations: tuple[Observation, ...] = ()
    remarks: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One check item (检测项目) of DA/T 70-2018, phase 归档.

    ``name`` is the key of its name in the wording. ``basis`` says what it rests on; item numbers follow published
    implementations, as the standard's own text was not read. ``method`` is ``auto``, ``configured`` or ``person``.
    """

    identifier: str
    name: str
    prop: Property
    basis: str
    method: str
    is_blocking: bool
    look: Callable[[Subject], Look]
    is_built: bool = True


def look_at(count: int, observations: Iterable[Observation], *, remarks: Iterable[Observation] = ()) -> Look:
    """Gather what was seen."""
    return Look(count, tuple(observations), tuple(remarks))


def at_file(file: FileFact, code: str, /, *, outcome: Outcome = Outcome.FAILED, **params: str) -> Observation:
    """Say something about a file."""
    return Observation(code, f"file:{file.key}", {"file": file.name, **params}, outcome=outcome)


def at_element(identifier: str, code: str, /, *, outcome: Outcome = Outcome.FAILED, **params: str) -> Observation:
    """Say something about a metadata element."""
    return Observation(code, f"element:{identifier}", {"element": identifier, **params}, outcome=outcome)


def unbuilt(code: str, outcome: Outcome) -> Callable[[Subject], Look]:
    """Return the look of an item that cannot be checked here: it always says so, and why."""
    look = Look(0, (Observation(code, outcome=outcome),))
    return lambda _subject: look
