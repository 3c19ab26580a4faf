"""Compares the files of a case with the materials its plan expects (清点).

Shared by capture, which shows it while a case runs, and inspection, which judges the archiving scope (GD-2-9).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jingui.domain.records.terms import ClosureKind, MaterialClass, Obligation

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def take_inventory(plan: Plan | None, case: CaseFact) -> Inventory:
    """Compare what came with what the plan expects, as things stand now."""
    files = current_files(case.files)
    groups, strangers = _grouped(plan, files)
    lines, surplus = _lines(plan, case, groups)
    is_lenient = plan is None or plan.accept_unlisted
    return Inventory(
        lines=lines,
        unexpected=surplus + (() if is_lenient else _outside(strangers)),
        unlisted=tuple(file.key for file in strangers) if is_lenient else (),
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
        rule = rules.get(file.material_code)
        (groups[rule.code] if rule else strangers).append(file)
    return groups, strangers


def _lines(
    plan: Plan | None, case: CaseFact, groups: dict[str, list[FileFact]]
) -> tuple[tuple[MaterialLine, ...], tuple[UnexpectedFile, ...]]:
    lines: list[MaterialLine] = []
    surplus: list[UnexpectedFile] = []
    for rule in plan.materials if plan else ():
        files = groups.get(rule.code, [])
        limit = len(files) if rule.max_count is None else rule.max_count
        lines.append(_line(rule, case, tuple(file.key for file in files[:limit])))
        surplus += [UnexpectedFile(file.key, file.material_code, UnexpectedReason.OVER_COUNT) for file in files[limit:]]
    return tuple(lines), tuple(surplus)


def _outside(files: list[FileFact]) -> tuple[UnexpectedFile, ...]:
    return tuple(UnexpectedFile(file.key, file.material_code, UnexpectedReason.NOT_IN_PLAN) for file in files)


def _line(rule: MaterialRule, case: CaseFact, keys: tuple[str, ...]) -> MaterialLine:
    needed = _needed(rule, case)
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


def _needed(rule: MaterialRule, case: CaseFact) -> int:
    # A case that did not run to its end holds what it holds: nothing it never reached can be missing.
    if case.closure is not None and case.closure.kind is not ClosureKind.COMPLETED:
        return 0
    if rule.obligation is Obligation.REQUIRED:
        return rule.min_count
    is_asked = rule.code in case.situations or bool(rule.condition and rule.condition in case.situations)
    return max(1, rule.min_count) if rule.obligation is Obligation.CONDITIONAL and is_asked else 0


def _state(rule: MaterialRule, *, needed: int, count: int) -> MaterialState:
    if count < needed:
        return MaterialState.MISSING
    if count:
        return MaterialState.PRESENT
    return MaterialState.OPTIONAL if rule.obligation is Obligation.OPTIONAL else MaterialState.NOT_REQUIRED
