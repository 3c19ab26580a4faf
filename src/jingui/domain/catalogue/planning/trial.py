"""Trial on past cases (试算): what a new plan would change in cases that were archived under the present one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jingui.domain.errors import Invalid
from jingui.domain.metadata.code_rules import code_scope
from jingui.domain.metadata.inventory import take_inventory
from jingui.domain.metadata.retention import decide_retention

if TYPE_CHECKING:
    from jingui.domain.records.facts import CaseFact, Plan

MOST_EXAMPLES = 50


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What would be otherwise for one case; of each pair the present value stands first. Equal pairs mean no change.

    ``missing`` and ``unlisted`` are material codes: what the case would lack, and what would be outside the scope.
    """

    case_number: str
    item_code: str
    retention: tuple[str, str]
    category: tuple[str, str]
    code: tuple[str, str]
    missing: tuple[tuple[str, ...], tuple[str, ...]]
    unlisted: tuple[tuple[str, ...], tuple[str, ...]]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Name what would be otherwise."""
        pairs = (
            ("retention", self.retention),
            ("category", self.category),
            ("code", self.code),
            ("missing", self.missing),
            ("unlisted", self.unlisted),
        )
        return tuple(name for name, (before, after) in pairs if before != after)


class TrialTotals:
    """How many cases were tried and changed, by kind; the first changes as examples."""

    def __init__(self) -> None:
        """Begin with no case."""
        self.case_count = 0
        self.changed_count = 0
        self.kinds: Counter[str] = Counter()
        self.complete_before = 0
        self.complete_after = 0
        self.missing: Counter[str] = Counter()
        self.examples: list[CaseChange] = []

    def add(self, change: CaseChange) -> None:
        """Count one case."""
        self.case_count += 1
        self.complete_before += not change.missing[0]
        self.complete_after += not change.missing[1]
        self.kinds.update(change.kinds)
        self.missing.update(code for code in change.missing[1] if code not in change.missing[0])
        if change.kinds:
            self.changed_count += 1
            if len(self.examples) < MOST_EXAMPLES:
                self.examples.append(change)


_TOTALS = ("case_count", "changed_count", "complete_before", "complete_after")


def totals_to_dict(totals: TrialTotals) -> dict[str, Any]:
    """Return totals as JSON values."""
    return {
        **{name: getattr(totals, name) for name in _TOTALS},
        "kinds": dict(totals.kinds),
        "missing": dict(totals.missing),
        "examples": [asdict(change) for change in totals.examples],
    }


def totals_from_dict(told: Mapping[str, Any]) -> TrialTotals:
    """Return totals that ``totals_to_dict`` wrote."""
    totals = TrialTotals()
    for name in _TOTALS:
        setattr(totals, name, told[name])
    totals.kinds.update(told["kinds"])
    totals.missing.update(told["missing"])
    totals.examples = [_change(row) for row in told["examples"]]
    return totals


def _change(row: Mapping[str, Any]) -> CaseChange:
    return CaseChange(
        case_number=row["case_number"],
        item_code=row["item_code"],
        retention=_pair(row["retention"]),
        category=_pair(row["category"]),
        code=_pair(row["code"]),
        missing=(tuple(row["missing"][0]), tuple(row["missing"][1])),
        unlisted=(tuple(row["unlisted"][0]), tuple(row["unlisted"][1])),
    )


def _pair(told: list[str]) -> tuple[str, str]:
    before, after = told
    return before, after


def try_plans(cases: Iterable[tuple[CaseFact, Plan, Plan]], *, totals: TrialTotals | None = None) -> TrialTotals:
    """Compare each case under its present and its new plan; memory does not grow with the cases."""
    totals = totals or TrialTotals()
    for case, before, after in cases:
        totals.add(compare_plans(case, before=before, after=after))
    return totals


def compare_plans(case: CaseFact, *, before: Plan, after: Plan) -> CaseChange:
    """Say what would be otherwise for one case under another plan."""
    return CaseChange(
        case_number=case.case_number,
        item_code=case.item_code,
        retention=(decide_retention(before, case).retention.value, decide_retention(after, case).retention.value),
        category=(before.category, after.category),
        code=(_code(case, before), _code(case, after)),
        missing=(_missing(case, before), _missing(case, after)),
        unlisted=(_unlisted(case, before), _unlisted(case, after)),
    )


def _missing(case: CaseFact, plan: Plan) -> tuple[str, ...]:
    return tuple(line.code for line in take_inventory(plan, case).missing)


def _unlisted(case: CaseFact, plan: Plan) -> tuple[str, ...]:
    return tuple(sorted({stranger.material_code for stranger in take_inventory(plan, case).unexpected}))


def _code(case: CaseFact, plan: Plan) -> str:
    """Return the archival code without its serial, which only arrangement gives; ``?`` if it could not be given."""
    fields = {
        "fonds": case.fonds,
        "category": plan.category,
        "year": f"{case.closure.closed_at.year:04}" if case.closure else "",
        "retention": decide_retention(plan, case).retention.value,
        "unit": plan.unit,
        "region": case.region_code[:6],
        "item": plan.item_code,
    }
    try:
        return code_scope(plan.archival_code_rule, fields)
    except Invalid:
        return "?"
