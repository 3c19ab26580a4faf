"""Compares the files of a case with the materials its plan expects (清点).

Shared by capture, which shows it while a case runs, and inspection, which judges the archiving scope (GD-2-9).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jingui.domain.metadata.answers import answers_of
from jingui.domain.records.conditions import holds
from jingui.domain.records.detached import is_signature
from jingui.domain.records.terms import ClosureKind, MaterialClass, Obligation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jingui.domain.records.facts import CaseFact, FileFact, MaterialRule, Plan


class MaterialState(StrEnum):
    """How one expected material stands."""

    PRESENT = "present"
    MISSING = "missing"  # fewer files than needed
    NOT_REQUIRED = "not_required"  # conditional, and no situation of the case asks for it; or the closure does not
    OPTIONAL = "optional"  # absent and allowed to be


class UnexpectedReason(StrEnum):
    """Why a file is outside the archiving scope."""

    NOT_IN_PLAN = "not_in_plan"
    OVER_COUNT = "over_count"


@dataclass(frozen=True, slots=True)
class MaterialLine:
    """One material of the plan with the files that came for it."""

    code: str
    name: str
    material_class: MaterialClass
    obligation: Obligation
    state: MaterialState
    needed: int
    file_keys: tuple[str, ...]
    condition: str = ""


@dataclass(frozen=True, slots=True)
class UnexpectedFile:
    """A file that the plan does not provide for."""

    key: str
    material_code: str
    reason: UnexpectedReason


@dataclass(frozen=True, slots=True)
class Inventory:
    """What of a case is there. Every file is in exactly one of lines, unexpected, unlisted and superseded.

    ``unlisted`` are files outside the plan that are accepted, or all current files if there is no plan yet.
    """

    lines: tuple[MaterialLine, ...] = ()
    unexpected: tuple[UnexpectedFile, ...] = ()
    unlisted: tuple[str, ...] = ()
    superseded: tuple[str, ...] = ()
    file_count: int = 0
    byte_count: int = 0
    step_count: int = 0
    has_plan: bool = False

    @property
    def present(self) -> tuple[MaterialLine, ...]:
        """The materials that are there."""
        return tuple(line for line in self.lines if line.state is MaterialState.PRESENT)

    @property
    def missing(self) -> tuple[MaterialLine, ...]:
        """The materials that are needed and not there, or not often enough."""
        return tuple(line for line in self.lines if line.state is MaterialState.MISSING)

    @property
    def is_complete(self) -> bool:
        """Whether a plan is known and nothing is missing and nothing unexpected."""
        return self.has_plan and not self.missing and not self.unexpected


def superseded_keys(files: Iterable[FileFact]) -> frozenset[str]:
    """Name the files that another file of the case replaces.

    Files that replace each other in a circle would all vanish; the newest of a circle stays.
    """
    by_key = {file.key: file for file in files}
    edges = {file.key: file.replaces for file in by_key.values() if file.replaces and file.replaces != file.key}
    replaced = {target for target in edges.values() if target in by_key}
    return frozenset(replaced - {_newest(circle, by_key) for circle in _circles(edges)})


def _circles(edges: dict[str, str]) -> list[list[str]]:
    circles: list[list[str]] = []
    done: set[str] = set()
    for start in edges:
        walked: dict[str, int] = {}
        key = start
        while key in edges and key not in done and key not in walked:
            walked[key] = len(walked)
            key = edges[key]
        if key in walked:
            circles.append(list(walked)[walked[key] :])
        done.update(walked)
    return circles


def _newest(keys: list[str], files: dict[str, FileFact]) -> str:
    return max(keys, key=lambda key: (files[key].received_at, key))


def current_files(files: Iterable[FileFact]) -> tuple[FileFact, ...]:
    """Return the files that stand, without those that another replaces, in their order."""
    known = tuple(files)
    gone = superseded_keys(known)
    return tuple(file for file in known if file.key not in gone)


# What the counter adds to a case: a signed confirmation, scans as they came. They belong to it whatever the plan lists.
CONFIRMATION_MATERIAL = "B-JG-CONFIRMATION"
SCAN_MATERIAL = "B-JG-SCAN"
OWN_MATERIALS = frozenset({CONFIRMATION_MATERIAL, SCAN_MATERIAL})


def take_inventory(plan: Plan | None, case: CaseFact) -> Inventory:
    """Compare what came with what the plan expects, as things stand now."""
    files = current_files(case.files)
    groups, strangers = _grouped(plan, files)
    lines, surplus = _lines(plan, case, groups)
    foreign = () if plan is None or plan.accept_unlisted else _foreign(strangers)
    return Inventory(
        lines=lines,
        unexpected=surplus + _outside(foreign),
        unlisted=tuple(file.key for file in strangers if file not in foreign),
        superseded=tuple(sorted(superseded_keys(case.files))),
        file_count=len(files),
        byte_count=sum(file.bytes for file in files),
        step_count=len(case.steps),
        has_plan=plan is not None,
    )


def rules_by_code(plan: Plan) -> dict[str, MaterialRule]:
    """Map every material code and alias to its rule; codes win over aliases."""
    found = {alias: rule for rule in plan.materials for alias in rule.aliases}
    return found | {rule.code: rule for rule in plan.materials}


def _grouped(plan: Plan | None, files: tuple[FileFact, ...]) -> tuple[dict[str, list[FileFact]], list[FileFact]]:
    rules = rules_by_code(plan) if plan else {}
    groups: dict[str, list[FileFact]] = defaultdict(list)
    strangers: list[FileFact] = []
    for file in sorted(files, key=lambda file: (file.received_at, file.key)):
        # A signature file accompanies what it signs: it neither makes a material complete nor is one too many.
        rule = None if is_signature(file.reading) else rules.get(file.material_code)
        (groups[rule.code] if rule else strangers).append(file)
    return groups, strangers


def _lines(
    plan: Plan | None, case: CaseFact, groups: dict[str, list[FileFact]]
) -> tuple[tuple[MaterialLine, ...], tuple[UnexpectedFile, ...]]:
    lines: list[MaterialLine] = []
    surplus: list[UnexpectedFile] = []
    needed = needed_counts(
        plan.materials if plan else (),
        answers_of(case),
        is_listed=lambda text: text in case.situations,
        present={code for code, files in groups.items() if files},
    )
    for rule in plan.materials if plan else ():
        files = groups.get(rule.code, [])
        limit = len(files) if rule.max_count is None else rule.max_count
        lines.append(_line(rule, needed[rule.code], tuple(file.key for file in files[:limit])))
        surplus += [UnexpectedFile(file.key, file.material_code, UnexpectedReason.OVER_COUNT) for file in files[limit:]]
    return tuple(lines), tuple(surplus)


def _foreign(strangers: list[FileFact]) -> tuple[FileFact, ...]:
    return tuple(
        file for file in strangers if file.material_code not in OWN_MATERIALS and not is_signature(file.reading)
    )


def _outside(files: Iterable[FileFact]) -> tuple[UnexpectedFile, ...]:
    return tuple(UnexpectedFile(file.key, file.material_code, UnexpectedReason.NOT_IN_PLAN) for file in files)


def _line(rule: MaterialRule, needed: int, keys: tuple[str, ...]) -> MaterialLine:
    return MaterialLine(
        code=rule.code,
        name=rule.name,
        material_class=rule.material_class,
        obligation=rule.obligation,
        state=_state(rule, needed=needed, count=len(keys)),
        needed=needed,
        file_keys=keys,
        condition=rule.condition,
    )


def needed_counts(
    rules: Iterable[MaterialRule],
    answer: Callable[[str], str],
    *,
    is_listed: Callable[[str], bool],
    present: Iterable[str],
) -> dict[str, int]:
    """Return how many files of each material a case needs, by code.

    Of alternatives (或) one is enough: none is needed once one is there, and of absent ones the first stands for all.
    ``is_listed`` says whether a text is among the situations of the case; ``present`` are codes with at least one file.
    """
    known = tuple(rules)
    own = {rule.code: needed_count(rule, answer, is_listed=is_listed) for rule in known}
    there, groups = frozenset(present), defaultdict[str, list[str]](list)
    for rule in known:
        if rule.alternative and own[rule.code]:
            groups[rule.alternative].append(rule.code)
    for codes in groups.values():
        spared = [code for code in codes if code not in there] if there.intersection(codes) else codes[1:]
        own |= dict.fromkeys(spared, 0)
    return own


def needed_count(rule: MaterialRule, answer: Callable[[str], str], *, is_listed: Callable[[str], bool]) -> int:
    """Return how many files of one material are needed, other materials apart."""
    closure = answer("closure")
    names_closure = rule.when is not None and "closure" in rule.when.fields()
    # A case that did not run to its end holds what it holds: nothing it never reached can be missing, unless the rule
    # speaks of that very end (a refusal must hold its notice).
    is_reached = bool(closure) if names_closure else closure in {"", ClosureKind.COMPLETED}
    if not is_reached or rule.obligation is Obligation.OPTIONAL:
        return 0
    if rule.when is not None:
        return max(1, rule.min_count) if holds(rule.when, answer) else 0
    if rule.obligation is Obligation.REQUIRED:
        return rule.min_count
    is_asked = is_listed(rule.code) or bool(rule.condition and is_listed(rule.condition))
    return max(1, rule.min_count) if is_asked else 0


def _state(rule: MaterialRule, *, needed: int, count: int) -> MaterialState:
    if count < needed:
        return MaterialState.MISSING
    if count:
        return MaterialState.PRESENT
    return MaterialState.OPTIONAL if rule.obligation is Obligation.OPTIONAL else MaterialState.NOT_REQUIRED
