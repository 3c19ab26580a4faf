"""The scope-and-retention table (归档范围与保管期限表) of an agency, as it is submitted for approval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.catalogue.planning.path_checks import evidence_of
from jingui.domain.records.terms import EvidenceClass, Obligation

if TYPE_CHECKING:
    from datetime import date

    from jingui.domain.records.conditions import Condition
    from jingui.domain.records.facts import MaterialRule, Plan
    from jingui.domain.records.terms import Retention


@dataclass(frozen=True, slots=True)
class ScopeMaterial:
    """One material in the scope, with what makes it needed and the law that keeps its paper."""

    code: str
    name: str
    obligation: Obligation
    condition: str
    when: Condition | None
    alternative: str
    paper_basis: str


@dataclass(frozen=True, slots=True)
class ScopePeriod:
    """One retention period of an item, in which cases, and why; the last of a row is that of all other cases."""

    retention: Retention
    when: Condition | None
    reason: str
    basis: str


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One item of the table: what of it is archived, by evidence class, and for how long."""

    number: int
    item_code: str
    item_name: str
    plan_version: int
    statement: str
    materials: tuple[tuple[EvidenceClass, tuple[ScopeMaterial, ...]], ...]
    periods: tuple[ScopePeriod, ...]


@dataclass(frozen=True, slots=True)
class ScopeHead:
    """Whose table it is, which version, since when or from when, and what the supervising authority said."""

    agency_name: str
    agency_code: str
    fonds: str
    version: str
    state: str
    effective_on: date | None
    opinion: str = ""
    document_number: str = ""
    examiner: str = ""
    examined_on: date | None = None


def scope_rows(plans: Iterable[Plan]) -> Iterator[ScopeRow]:
    """Return the rows of the table in the order of the plans."""
    for number, plan in enumerate(plans, 1):
        yield ScopeRow(
            number=number,
            item_code=plan.item_code,
            item_name=plan.item_name,
            plan_version=plan.plan_version,
            statement=plan.scope_statement,
            materials=tuple((kind, found) for kind in EvidenceClass if (found := _materials(plan, kind))),
            periods=_periods(plan),
        )


def _materials(plan: Plan, kind: EvidenceClass) -> tuple[ScopeMaterial, ...]:
    return tuple(_material(rule) for rule in plan.materials if evidence_of(rule) is kind)


def _material(rule: MaterialRule) -> ScopeMaterial:
    basis = rule.paper_basis if rule.is_paper_kept else ""
    return ScopeMaterial(rule.code, rule.name, rule.obligation, rule.condition, rule.when, rule.alternative, basis)


def _periods(plan: Plan) -> tuple[ScopePeriod, ...]:
    rules = sorted(plan.retention_rules, key=lambda rule: (-rule.priority, rule.name))
    periods = [ScopePeriod(rule.retention, rule.when, rule.reason, rule.basis) for rule in rules]
    return (*periods, ScopePeriod(plan.retention, None, plan.retention_reason, ""))
