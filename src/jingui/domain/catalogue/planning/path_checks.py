"""Each path of the process with each combination of answers: is what it yields a legal package?"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from jingui.domain.catalogue.planning.findings import CompileFinding, distinct
from jingui.domain.catalogue.planning.paths import (
    CasePath,
    Combinations,
    combinations_of,
    dead_ends,
    possible_cases,
    walk_paths,
)
from jingui.domain.catalogue.planning.vocabulary import conditions_of, plan_moves
from jingui.domain.errors import Invalid
from jingui.domain.metadata.code_rules import render_code
from jingui.domain.metadata.inventory import needed_counts
from jingui.domain.metadata.retention import retention_for
from jingui.domain.records.conditions import SITUATION, STEP, YES, holds
from jingui.domain.records.terms import ClosureKind, EvidenceClass, MaterialClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jingui.domain.catalogue.planning.layers import EffectivePlan
    from jingui.domain.catalogue.planning.profile import CompileProfile
    from jingui.domain.catalogue.planning.vocabulary import Vocabulary
    from jingui.domain.records.facts import MaterialRule, Plan
    from jingui.domain.records.terms import Retention

CLASS_OF: dict[MaterialClass, EvidenceClass] = {
    MaterialClass.APPLICATION: EvidenceClass.EVIDENCE,
    MaterialClass.PROCESS: EvidenceClass.PROCEDURE,
    MaterialClass.RESULT: EvidenceClass.RESULT,
}
"""The evidence class of a material that states none."""


def evidence_of(rule: MaterialRule) -> EvidenceClass:
    """Return the evidence class of a material: its own, else the usual one of its class."""
    return rule.evidence or CLASS_OF[rule.material_class]


class PathWalk:
    """What the walk found: findings, how many paths and cases it looked at, and whether the bounds left any out."""

    def __init__(self) -> None:
        """Begin with nothing walked."""
        self.findings: list[CompileFinding] = []
        self.paths: list[CasePath] = []
        self.path_count = 0
        self.case_count = 0
        self.is_whole = True
        self.applied: set[str] = set()
        self.needed: set[str] = set()
        self.retentions: set[Retention] = set()


def walk_plan(made: EffectivePlan, vocabulary: Vocabulary, profile: CompileProfile) -> PathWalk:
    """Walk every path with every combination of answers, up to the bounds of the profile."""
    walk, plan = PathWalk(), made.plan
    if not plan.process:
        walk.findings.append(CompileFinding("process_missing", "process", made.layer_of("process")))
        return walk
    layer = made.layer_of("process")
    walk.findings += [
        CompileFinding("process_dead_end", "process", layer, {"state": s}) for s in dead_ends(plan_moves(plan))
    ]
    answers = combinations_of(_open_fields(plan, vocabulary), vocabulary, profile)
    walk.is_whole = answers.is_whole
    if not answers.is_whole:
        bound = {"at_once": str(profile.situations_at_once)}
        walk.findings.append(CompileFinding("combinations_bounded", "situations", "", bound))
    paths = _paths(made, walk, profile)
    walk.findings += _absent_steps(made, paths)
    for path in paths:
        _walk_path(made, path, answers, walk, profile)
    _unreached(made, walk)
    return walk


def _open_fields(plan: Plan, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Name what conditions ask and no path answers, in order."""
    asked = dict.fromkeys(name for condition in conditions_of(plan) for name in condition.fields())
    asked |= dict.fromkeys(SITUATION + rule.condition for rule in plan.materials if rule.condition in plan.situations)
    known = (name for name in asked if name in vocabulary.domains)
    return tuple(name for name in known if name != "closure" and not name.startswith(STEP))


def _paths(made: EffectivePlan, walk: PathWalk, profile: CompileProfile) -> list[CasePath]:
    """Return the paths to look at: of those that differ only in repeated steps the shortest."""
    found = list(islice(walk_paths(plan_moves(made.plan), profile), profile.most_paths + 1))
    if len(found) > profile.most_paths:
        walk.is_whole = False
        limit = {"limit": str(profile.most_paths)}
        walk.findings.append(CompileFinding("paths_cut", "process", made.layer_of("process"), limit))
    walk.path_count = min(len(found), profile.most_paths)
    shortest: dict[object, CasePath] = {}
    for path in sorted(found[: profile.most_paths], key=lambda path: len(path.moves)):
        conditions = frozenset(move.when for move in path.moves)
        shortest.setdefault((path.closure, frozenset(path.steps), conditions), path)
    walk.paths = list(shortest.values())
    return walk.paths


def _walk_path(
    made: EffectivePlan, path: CasePath, answers: Combinations, walk: PathWalk, profile: CompileProfile
) -> None:
    for open_answers, answer in possible_cases(path, answers.values):
        walk.case_count += 1
        needed = needed_counts(
            made.plan.materials,
            answer,
            is_listed=lambda text, answer=answer: answer(SITUATION + text) == YES,  # type: ignore[misc]
            present=(),
        )
        walk.needed |= {code for code, count in needed.items() if count}
        walk.applied |= {rule.name for rule in made.plan.retention_rules if holds(rule.when, answer)}
        walk.retentions.add(retention_for(made.plan, answer).retention)
        walk.findings = list(distinct([*walk.findings, *_package_faults(made, path, needed, open_answers, profile)]))


def _package_faults(
    made: EffectivePlan,
    path: CasePath,
    needed: Mapping[str, int],
    answers: Mapping[str, str],
    profile: CompileProfile,
) -> Iterator[CompileFinding]:
    wanted = profile.evidence.get(path.closure, frozenset())
    held = {evidence_of(rule) for rule in made.plan.materials if needed[rule.code]}
    if wanted and not wanted & held:
        params = {"closure": path.closure, "wanted": "、".join(sorted(wanted))}
        layer = made.plan.layers[-1] if made.plan.layers else ""
        yield CompileFinding("package_without_evidence", "materials", layer, params, answers, _told(path))
    if path.closure == ClosureKind.COMPLETED:
        yield from _step_faults(made, path, answers)


def _step_faults(made: EffectivePlan, path: CasePath, answers: Mapping[str, str]) -> Iterator[CompileFinding]:
    plan, layer = made.plan, made.layer_of("required_steps")
    for name in plan.required_steps:
        if name not in path.steps:
            yield CompileFinding("step_not_on_path", "required_steps", layer, {"step": name}, answers, _told(path))
    if len(path.steps) < plan.min_step_count:
        counts = {"needed": str(plan.min_step_count), "found": str(len(path.steps))}
        layer = made.layer_of("min_step_count")
        yield CompileFinding("too_few_steps_on_path", "min_step_count", layer, counts, answers, _told(path))


def _absent_steps(made: EffectivePlan, paths: list[CasePath]) -> Iterator[CompileFinding]:
    """Name the required steps that no way to a completed case takes: every case would be held."""
    taken = {step for path in paths if path.closure == ClosureKind.COMPLETED for step in path.steps}
    for name in made.plan.required_steps:
        if name not in taken:
            yield CompileFinding("step_on_no_path", "required_steps", made.layer_of("required_steps"), {"step": name})


def _told(path: CasePath) -> tuple[str, ...]:
    return (*path.steps, path.closure)


def _unreached(made: EffectivePlan, walk: PathWalk) -> None:
    """Name the rules that no path ever asks for, and the ends that no path leads to."""
    plan = made.plan
    rules = [f"retention_rules.{rule.name}" for rule in plan.retention_rules if rule.name not in walk.applied]
    walk.findings += [CompileFinding("retention_unreached", place, made.layer_of(place)) for place in rules]
    conditional = (rule for rule in plan.materials if rule.when is not None and rule.code not in walk.needed)
    # A member of a group stands behind the first one; that it is never asked for by itself is the point of a group.
    alone = [f"materials.{rule.code}" for rule in conditional if not rule.alternative]
    walk.findings += [CompileFinding("material_unreached", place, made.layer_of(place)) for place in alone]
    ends = {path.closure for path in walk.paths}
    layer = made.layer_of("process")
    walk.findings += [
        CompileFinding("closure_not_reached", "process", layer, {"closure": kind.value})
        for kind in ClosureKind
        if kind.value not in ends
    ]


def check_codes(made: EffectivePlan, retentions: set[Retention]) -> Iterator[CompileFinding]:
    """Both codes can be given to a case of every retention period that the walk met."""
    plan = made.plan
    for name, rule in (("archival_code_rule", plan.archival_code_rule), ("record_code_rule", plan.record_code_rule)):
        for retention in sorted(retentions):
            reason = _code_fault(rule, plan, retention)
            if reason:
                yield CompileFinding("code_cannot_be_given", name, made.layer_of(name), {"reason": reason})
                break


def _code_fault(rule: str, plan: Plan, retention: Retention) -> str:
    fields = {
        "fonds": "0001",
        "category": plan.category,
        "year": "2000",
        "retention": retention.value,
        "unit": plan.unit,
        "region": "000000",
        "item": plan.item_code,
    }
    render: Callable[[str, Mapping[str, str], int], str] = render_code
    try:
        render(rule, fields, 1)
    except Invalid as invalid:
        return "、".join(problem.code for problem in invalid.problems)
    return ""
