"""What rules look at, and what they say: one case with its plan and everything that was found out about it."""

from __future__ import annotations

import hashlib
import json
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

    from jingui.domain.inspection.custody import Custody
    from jingui.domain.inspection.parameters import Parameter, Value
    from jingui.domain.records.facts import CaseFact, FileFact, Plan, Reading
    from jingui.domain.records.formats import FormatJudgement


@dataclass(frozen=True, slots=True)
class ScannerFact:
    """The malware scanner of this installation: what it is and what it knows; ``problem`` if it does not answer."""

    name: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person said of a check item (人工检测结论), with who, when and on what evidence.

    ``location`` is that of the finding it decides, ``""`` for the whole case; a statement for an agency or the house has
    no location. ``input_sha256``: the file as it was seen, where it is about one. ``reference`` names its row.
    """

    rule: str
    outcome: Outcome
    words: str
    by: str
    at: str
    location: str = ""
    evidence: str = ""
    input_sha256: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What a check of a whole package found out; nobody looked yet while ``Subject.package`` is ``None``.

    ``faults`` are (code, path, detail) of the package checker, ``remarks`` likewise what it says and finds no fault in; ``elements`` the values of the package's own metadata,
    ``files`` how many content files lie in it, ``stated_files`` how many it says there are; ``extra`` what lies in it and
    belongs to nothing. ``sha256`` stands for the whole package; ``is_sealed`` is false before its lists are signed.
    """

    faults: tuple[tuple[str, str, str], ...] = ()
    elements: Mapping[str, str] = field(default_factory=dict)
    documents: int = 0
    files: int = 0
    stated_files: int | None = None
    extra: tuple[str, ...] = ()
    tool: str = ""
    sha256: str = ""
    is_sealed: bool = True
    remarks: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InspectionContext:
    """What was found out beyond the case itself. ``None`` means that nobody looked.

    ``same_values``: by element, the keys of other cases that hold the same value where it must be unique.
    ``waiting_files``: by file key, the other case whose file this case shares and that has not come (or is not the one meant).
    ``extra_files``: paths found with the case that belong to no file of it. ``number_series``: numbers allotted, by series.
    ``stored_values``: the metadata as the database gives them back. ``codes``: archival code and record code;
    ``code_scopes``: what each must be, with ``{serial}`` for its serial, where that is known.
    ``tool``: the program that inspects, with its version. ``judge_format``: what the archive's format policy says of a file.
    ``custody``: how the object is kept, for the third phase.
    """

    profile: MetadataProfile = field(default_factory=MetadataProfile)
    same_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waiting_files: Mapping[str, str] = field(default_factory=dict)
    extra_files: tuple[str, ...] | None = None
    scanner: ScannerFact | None = None
    number_series: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    package: PackageFacts | None = None
    stored_values: Mapping[str, str] | None = None
    codes: tuple[str, str] | None = None
    code_scopes: tuple[str, str] | None = None
    tool: str = ""
    judge_format: Callable[[Reading], FormatJudgement] | None = None
    custody: Custody | None = None


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
    settings: Mapping[str, Value] = field(default_factory=dict)

    @property
    def package(self) -> PackageFacts | None:
        """What is known of the package, if there is one."""
        return self.context.package

    def number(self, name: str) -> int:
        """Return a setting that is a number."""
        value = self.settings[name]
        return value if isinstance(value, int) else 0

    def word(self, name: str) -> str:
        """Return a setting that is a word."""
        return str(self.settings[name])

    def words(self, name: str) -> tuple[str, ...]:
        """Return a setting that is a list."""
        value = self.settings[name]
        return value if isinstance(value, tuple) else ()

    def is_set(self, name: str) -> bool:
        """Say whether a setting is switched on."""
        return self.settings[name] is True

    def elements(self) -> tuple[Element, ...]:
        """Return the metadata elements that can be known before the record is numbered."""
        return tuple(element for element in self.context.profile.elements if element.phase is Phase.CAPTURE)

    def filled(self) -> list[tuple[Element, str]]:
        """Return those elements that have a value."""
        pairs = ((element, self.values[element.identifier]) for element in self.elements())
        return [(element, value) for element, value in pairs if value]


def make_subject(
    case: CaseFact,
    plan: Plan,
    *,
    context: InspectionContext,
    now: datetime,
    settings: Mapping[str, Value],
) -> Subject:
    """Derive what the rules share."""
    return Subject(
        case=case,
        plan=plan,
        context=context,
        now=now,
        files=current_files(case.files),
        values=base_values(case, plan, elements=context.profile.elements),
        inventory=take_inventory(plan, case),
        settings=settings,
    )


def input_digest(subject: Subject) -> str:
    """Return one SHA-256 over all that was inspected: the metadata, the steps and the digest of every file."""
    steps = [
        [step.key, step.name, str(step.started_at), str(step.ended_at), step.handler] for step in subject.case.steps
    ]
    files = sorted([file.key, file.digests.sha256] for file in subject.files)
    told = [dict(subject.values), dict(subject.case.metadata), steps, files]
    text = json.dumps(told, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing a rule has to say; without an outcome of its own it is a failure."""

    code: str
    location: str = ""
    params: dict[str, str] = field(default_factory=dict)
    evidence: str = ""
    outcome: Outcome = Outcome.FAILED
    tool: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """What a rule saw: how many things it looked at, what is wrong, and remarks that do not keep it from passing.

    ``tool`` looked, where it was not the inspecting program itself; ``evidence`` is for a person who wants to follow it.
    """

    count: int
    observations: tuple[Observation, ...] = ()
    remarks: tuple[Observation, ...] = ()
    tool: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check item (检测项目) in one phase.

    ``number`` is without the phase (``1-5``), ``identifier`` with it (``GD-1-5``); ``name`` is a stable key, ``title`` the
    Chinese name, ``indicator`` the number of the indicator it serves. ``basis`` says what it rests on; item numbers follow
    published implementations, as the standard's own text was not read. ``method`` is ``auto``, ``configured`` or
    ``person``; ``stage`` is ``case`` or ``package`` (it needs a built package).
    """

    identifier: str
    number: str
    name: str
    title: str
    prop: Property
    indicator: str
    basis: str
    method: str
    is_blocking: bool
    look: Callable[[Subject], Look]
    stage: str = "case"
    parameters: tuple[Parameter, ...] = ()


def look_at(count: int, observations: Iterable[Observation], *, remarks: Iterable[Observation] = ()) -> Look:
    """Gather what was seen."""
    return Look(count, tuple(observations), tuple(remarks))


def at_file(file: FileFact, code: str, /, *, outcome: Outcome = Outcome.FAILED, **params: str) -> Observation:
    """Say something about a file."""
    return Observation(code, f"file:{file.key}", {"file": file.name, **params}, outcome=outcome)


def at_element(identifier: str, code: str, /, *, outcome: Outcome = Outcome.FAILED, **params: str) -> Observation:
    """Say something about a metadata element."""
    return Observation(code, f"element:{identifier}", {"element": identifier, **params}, outcome=outcome)
