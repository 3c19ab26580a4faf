"""What the compiler says of a whole layer: its findings over all items it speaks for, each once, with the items named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jingui.domain.catalogue.planning.compiling import PlanReport
from jingui.domain.catalogue.planning.findings import CompileFinding, finding_from_dict, finding_to_dict
from jingui.domain.catalogue.plans import plan_to_dict
from jingui.domain.records.canonical import canonical_sha256

if TYPE_CHECKING:
    from jingui.domain.catalogue.planning.layers import EffectivePlan

MOST_ITEMS = 20
_OF_ONE_ITEM = frozenset({"import", "previous"})
_NAMES = ("item_code", "item_version", "item_name", "layers", "plan_version")


class FoundIn:
    """One finding with the items it was found in: how many, and the first of them."""

    def __init__(self, finding: CompileFinding) -> None:
        """Begin with no item."""
        self.finding = finding
        self.item_count = 0
        self.items: list[str] = []

    def add(self, item_code: str) -> None:
        """Count one more item."""
        self.item_count += 1
        if len(self.items) < MOST_ITEMS and item_code:
            self.items.append(item_code)


class LayerReport:
    """The sum over all items of a layer. ``is_whole``: no bound of the walk left anything out in any of them."""

    def __init__(self) -> None:
        """Begin with no item."""
        self.item_count = 0
        self.uncovered_count = 0
        self.path_count = 0
        self.case_count = 0
        self.rounds = 0
        self.is_whole = True
        self.found: dict[object, FoundIn] = {}

    def add(self, item_code: str, report: PlanReport) -> None:
        """Add what was found of one item."""
        self.item_count += 1
        self.path_count = max(self.path_count, report.path_count)
        self.case_count += report.case_count
        self.rounds = report.rounds
        self.is_whole = self.is_whole and report.is_whole
        codes = {finding.code for finding in report.findings}
        self.uncovered_count += bool(codes & {"item_uncovered", "retention_undecided"})
        for finding in report.findings:
            self.add_finding(finding, item_code)

    def add_finding(self, finding: CompileFinding, item_code: str = "") -> None:
        """Add one finding."""
        self.found.setdefault(_identity(finding), FoundIn(finding)).add(item_code)

    @property
    def findings(self) -> list[FoundIn]:
        """Errors first, then what concerns most items."""
        return sorted(self.found.values(), key=lambda found: (not found.finding.is_error, -found.item_count))

    @property
    def error_count(self) -> int:
        """How many different errors there are."""
        return sum(found.finding.is_error for found in self.found.values())


def _identity(finding: CompileFinding) -> object:
    # One rule at fault is one finding, however many items it stands in; an uncovered item is one for itself.
    return finding.identity() if finding.code == "item_uncovered" else _common(finding)


def _common(finding: CompileFinding) -> object:
    params = {name: value for name, value in finding.params.items() if name not in {"item", "name"}}
    layer = _kind(finding.layer)
    return (finding.code, finding.rule, layer, tuple(sorted(params.items())))


def layer_report_to_dict(report: LayerReport, *, most: int = 500) -> dict[str, object]:
    """Return a report as JSON values, the gravest ``most`` findings."""
    findings = report.findings
    return {
        "item_count": report.item_count,
        "uncovered_count": report.uncovered_count,
        "path_count": report.path_count,
        "case_count": report.case_count,
        "rounds": report.rounds,
        "is_whole": report.is_whole,
        "error_count": report.error_count,
        "warning_count": len(findings) - report.error_count,
        "findings": [
            {**finding_to_dict(found.finding), "item_count": found.item_count, "items": found.items}
            for found in findings[:most]
        ],
    }


_COUNTS = ("item_count", "uncovered_count", "path_count", "case_count", "rounds", "is_whole")


def report_state(report: LayerReport) -> dict[str, Any]:
    """Return all of a report as JSON values, so that a proof that was broken off can go on."""
    found = [[finding_to_dict(one.finding), one.item_count, one.items] for one in report.found.values()]
    return {**{name: getattr(report, name) for name in _COUNTS}, "found": found}


def report_from_state(state: Mapping[str, Any]) -> LayerReport:
    """Return a report that ``report_state`` wrote."""
    report = LayerReport()
    for name in _COUNTS:
        setattr(report, name, state[name])
    for told, count, items in state["found"]:
        finding = finding_from_dict(told)
        one = report.found.setdefault(_identity(finding), FoundIn(finding))
        one.item_count, one.items = count, list(items)
    return report


def compile_key(made: EffectivePlan) -> str:
    """Return what two plans share if the compiler must say the same of both: all but names, codes of items and layers.

    Layers of single items are told by their kind, so that a thousand imported items are proved once.
    """
    told = {name: value for name, value in plan_to_dict(made.plan).items() if name not in _NAMES}
    materials = told["materials"]
    rows = materials if isinstance(materials, list) else []
    told["materials"] = [{name: value for name, value in row.items() if name != "name"} for row in rows]
    origin = {place: _kind(label) for place, label in made.origin.items()}
    faults = [finding_to_dict(finding) for finding in made.findings]
    return canonical_sha256([told, origin, faults, made.has_retention, _has_safe_code(made.plan.item_code)])


def _kind(label: str) -> str:
    kind = label.partition(":")[0]
    return kind if kind in _OF_ONE_ITEM else label


def _has_safe_code(code: str) -> bool:
    return code.isascii() and code.isalnum()


def told_findings(report: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the findings of a stored report."""
    found = report.get("findings", [])
    return found if isinstance(found, list) else []
