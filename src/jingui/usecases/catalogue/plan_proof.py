"""Proving a layer over every item it speaks for, and trying it on cases of the past; both batch by batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from jingui.db.models import Agency, ArchivingPlan, Case, PlanLayer, ServiceItem
from jingui.db.queries.facts import stored_plan
from jingui.db.queries.past_cases import past_case_batches, past_cases
from jingui.db.queries.plan_layers import LayerShelf, effective_plans, item_batches, plan_seen_from
from jingui.domain.catalogue.planning.compiling import PlanReport, compile_plan
from jingui.domain.catalogue.planning.findings import CompileFinding
from jingui.domain.catalogue.planning.layers import EffectivePlan, LayerScope
from jingui.domain.catalogue.planning.profile import CompileProfile
from jingui.domain.catalogue.planning.reports import LayerReport, compile_key
from jingui.domain.catalogue.planning.trial import TrialTotals, compare_plans
from jingui.domain.errors import Invalid
from jingui.domain.records.facts import Plan

Told = Callable[[LayerReport, str], None]
"""Hears of a proof after each batch: the report so far, and the last item code."""

TriedSoFar = Callable[[TrialTotals, UUID], None]
"""Hears of a trial after each batch: the totals so far, and the last case."""

_MOST_KNOWN = 5000


class PlanProver:
    """Compiles plans and remembers what it said, so that items with the same plan are proved once."""

    def __init__(self, profile: CompileProfile) -> None:
        """Start with nothing known."""
        self.profile = profile
        self._known: dict[str, PlanReport] = {}

    def prove(self, made: EffectivePlan) -> PlanReport:
        """Return what the compiler says of a plan."""
        key = compile_key(made)
        report = self._known.get(key)
        if report is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            report = self._known[key] = compile_plan(made, self.profile)
        return report


def prove_layer(
    layer: PlanLayer,
    *,
    profile: CompileProfile,
    begun: LayerReport | None = None,
    after: str = "",
    told: Told | None = None,
) -> LayerReport:
    """Prove a layer version over every item it speaks for, together with all other layers in force.

    ``begun`` is the report over all items up to the code ``after``; ``told`` hears of each batch.
    """
    report, prover, shelf = begun or LayerReport(), PlanProver(profile), LayerShelf.open(layer)
    for batch in item_batches(layer.scope, layer.code, after=after):
        for item, made in _readable(batch, shelf, report):
            report.add(item.item_code, _named(prover.prove(made), item))
        if told:
            told(report, batch[-1].item_code)
    if not report.item_count:
        _prove_alone(layer, prover, report)
    if layer.scope == LayerScope.DEFAULT.value:
        for agency in Agency.objects.filter(items__isnull=True).order_by("fonds").iterator():
            report.add_finding(CompileFinding("agency_without_items", params={"agency": agency.name}))
    return report


def _named(report: PlanReport, item: ServiceItem) -> PlanReport:
    """Put the name of this item into the findings that name one; the report may be of another with the same plan."""
    named = {"item": item.item_code, "name": item.name}
    found = tuple(
        replace(finding, params=named) if finding.code == "item_uncovered" else finding for finding in report.findings
    )
    return replace(report, findings=found)


def _readable(
    batch: list[ServiceItem], shelf: LayerShelf, report: LayerReport
) -> list[tuple[ServiceItem, EffectivePlan]]:
    """Return the effective plans of a batch; one that cannot be read is a finding and stops no other."""
    try:
        return list(effective_plans(batch, shelf))
    except Invalid as invalid:
        if len(batch) == 1:
            report.item_count += 1
            problem = "；".join(f"{problem.location} {problem.code}" for problem in invalid.problems[:5])
            report.add_finding(CompileFinding("plan_unreadable", params={"problem": problem}), batch[0].item_code)
            return []
        return [pair for item in batch for pair in _readable([item], shelf, report)]


def _prove_alone(layer: PlanLayer, prover: PlanProver, report: LayerReport) -> None:
    """Prove a layer that speaks for no item yet, as if there were one that says nothing of its own."""
    try:
        made = plan_seen_from(layer)
    except Invalid as invalid:
        problem = "；".join(f"{problem.location} {problem.code}" for problem in invalid.problems[:5])
        report.add_finding(CompileFinding("plan_unreadable", params={"problem": problem}))
        return
    proved = prover.prove(made)
    report.add("", proved)
    report.item_count = report.uncovered_count = 0


def try_layer(
    layer: PlanLayer,
    *,
    since: datetime,
    begun: TrialTotals | None = None,
    after: UUID | None = None,
    told: TriedSoFar | None = None,
) -> TrialTotals:
    """Say what a layer version would change in the cases closed since then.

    ``begun`` are the totals of all cases up to the key ``after``; ``told`` hears of each batch.
    """
    totals, shelf = begun or TrialTotals(), LayerShelf.open(layer)
    plans: dict[UUID, Plan | None] = {}
    for batch in past_case_batches(past_cases(layer, since).select_related("plan__item__agency"), after=after):
        if len(plans) > _MOST_KNOWN:
            plans.clear()
        _learn(plans, [case for case, _ in batch], shelf)
        for case, fact in batch:
            new = plans[_plan_of(case).item_id]
            if new is not None:
                totals.add(compare_plans(fact, before=stored_plan(_plan_of(case).key), after=new))
        if told:
            told(totals, batch[-1][0].key)
    return totals


def _plan_of(case: Case) -> ArchivingPlan:
    if case.plan is None:  # the query leaves out cases without one
        message = f"case {case.key} has no plan"
        raise RuntimeError(message)
    return case.plan


def _learn(plans: dict[UUID, Plan | None], cases: list[Case], shelf: LayerShelf) -> None:
    items = {_plan_of(case).item_id: _plan_of(case).item for case in cases if _plan_of(case).item_id not in plans}
    for item in items.values():
        try:
            plans[item.key] = next(iter(effective_plans([item], shelf)))[1].plan
        except Invalid:
            plans[item.key] = None  # the compiler names it
