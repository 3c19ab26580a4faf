"""The plan compiler (归档配置的校验): proves a plan before it comes into force, and names every rule at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.catalogue.planning.findings import CompileFinding, distinct, finding_to_dict
from jingui.domain.catalogue.planning.path_checks import check_codes, walk_plan
from jingui.domain.catalogue.planning.rule_checks import check_material_rules, check_retention_rules, check_words
from jingui.domain.catalogue.planning.vocabulary import vocabulary_of
from jingui.domain.metadata.elements import BY_IDENTIFIER
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.terms import Obligation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.catalogue.planning.layers import EffectivePlan
    from jingui.domain.catalogue.planning.profile import CompileProfile

_RANGES = MetadataProfile().ranges


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What the compiler proved about one effective plan, and how far it looked.

    ``is_whole``: every path (each move at most ``rounds`` times) was walked with every combination of answers.
    """

    findings: tuple[CompileFinding, ...]
    path_count: int
    case_count: int
    rounds: int
    is_whole: bool

    @property
    def errors(self) -> tuple[CompileFinding, ...]:
        """What must be mended."""
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def is_sound(self) -> bool:
        """Whether nothing must be mended."""
        return not self.errors


def compile_plan(made: EffectivePlan, profile: CompileProfile) -> PlanReport:
    """Prove one effective plan: rules against each other exactly, then every path of the process."""
    vocabulary = vocabulary_of(made.plan)
    findings = [
        *made.findings,
        *check_words(made, vocabulary),
        *check_retention_rules(made, vocabulary),
        *check_material_rules(made, vocabulary),
        *_values(made, profile),
        *_coverage(made),
    ]
    walk = walk_plan(made, vocabulary, profile)
    findings += [*walk.findings, *check_codes(made, walk.retentions or {made.plan.retention})]
    return PlanReport(distinct(findings), walk.path_count, walk.case_count, profile.rounds, walk.is_whole)


def report_to_dict(report: PlanReport) -> dict[str, object]:
    """Return a report as JSON values."""
    return {
        "findings": [finding_to_dict(finding) for finding in report.findings],
        "path_count": report.path_count,
        "case_count": report.case_count,
        "rounds": report.rounds,
        "is_whole": report.is_whole,
    }


def _coverage(made: EffectivePlan) -> Iterator[CompileFinding]:
    """An item is covered if its plan says what is archived of it; that its period is decided is a check of the rules."""
    if not made.plan.materials:
        params = {"item": made.plan.item_code, "name": made.plan.item_name}
        yield CompileFinding("item_uncovered", "materials", "", params)


def _values(made: EffectivePlan, profile: CompileProfile) -> Iterator[CompileFinding]:
    yield from _formats(made, profile)
    yield from _materials(made)
    yield from _elements(made)
    plan = made.plan
    if plan.package_profile not in profile.package_profiles:
        params = {"profile": plan.package_profile}
        yield CompileFinding("package_profile_unknown", "package_profile", made.layer_of("package_profile"), params)
    if plan.security_classification not in profile.security:
        params, place = {"value": plan.security_classification}, "security_classification"
        yield CompileFinding("security_not_kept_here", place, made.layer_of(place), params)


def _formats(made: EffectivePlan, profile: CompileProfile) -> Iterator[CompileFinding]:
    for rule in made.plan.materials:
        if rule.formats and not set(rule.formats) & set(made.plan.formats):
            place = f"materials.{rule.code}"
            params = {"formats": "、".join(rule.formats)}
            yield CompileFinding("format_not_kept", place, made.layer_of(place), params)
    if "formats" in made.origin:
        for name in sorted(set(made.plan.formats) - profile.long_term_formats):
            yield CompileFinding("format_not_long_term", "formats", made.layer_of("formats"), {"format": name})


def _materials(made: EffectivePlan) -> Iterator[CompileFinding]:
    for rule in made.plan.materials:
        place = f"materials.{rule.code}"
        if rule.is_paper_kept and not rule.paper_basis.strip():
            yield CompileFinding("paper_without_law", place, made.layer_of(place))
        is_worded = rule.obligation is Obligation.CONDITIONAL and rule.when is None
        if is_worded and rule.condition not in made.plan.situations:
            yield CompileFinding("condition_in_words", place, made.layer_of(place), {"condition": rule.condition})


def _elements(made: EffectivePlan) -> Iterator[CompileFinding]:
    for rule in made.plan.metadata_rules:
        place = f"metadata_rules.{rule.element}"
        element = BY_IDENTIFIER.get(rule.element)
        if element is None:
            yield CompileFinding("metadata_element_unknown", place, made.layer_of(place))
        elif element.domain:
            for value in sorted(set(rule.values) - _RANGES[element.domain]):
                yield CompileFinding("metadata_values_outside", place, made.layer_of(place), {"value": value})
