"""What the plan compiler says: each finding names the rule at fault and the layer it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    """Whether a finding keeps a plan from coming into force."""

    ERROR = "error"
    WARNING = "warning"


COMPILE_CODES: dict[str, tuple[Severity, tuple[str, ...]]] = {
    # Rules among themselves.
    "retention_contradiction": (Severity.ERROR, ("other", "other_layer", "retention", "other_retention")),
    "retention_tie": (Severity.WARNING, ("other", "other_layer")),
    "retention_shadowed": (Severity.ERROR, ("by",)),
    "retention_never_applies": (Severity.ERROR, ()),
    "retention_unreached": (Severity.WARNING, ()),
    "retention_unexplained": (Severity.ERROR, ()),
    "retention_undecided": (Severity.ERROR, ()),
    "condition_unknown_field": (Severity.ERROR, ("field",)),
    "condition_unknown_value": (Severity.ERROR, ("field", "value")),
    "condition_in_words": (Severity.WARNING, ("condition",)),
    "conditions_too_intricate": (Severity.ERROR, ()),
    "material_never_needed": (Severity.ERROR, ()),
    "material_unreached": (Severity.WARNING, ()),
    "material_always_needed": (Severity.WARNING, ()),
    "alternative_alone": (Severity.ERROR, ("group",)),
    "alternative_shadowed": (Severity.ERROR, ("group", "by")),
    "fixed_above": (Severity.ERROR, ("value", "fixed_by")),
    # The package of each path.
    "process_missing": (Severity.ERROR, ()),
    "process_dead_end": (Severity.ERROR, ("state",)),
    "closure_not_reached": (Severity.WARNING, ("closure",)),
    "package_without_evidence": (Severity.ERROR, ("closure", "wanted")),
    "step_on_no_path": (Severity.ERROR, ("step",)),
    "step_not_on_path": (Severity.WARNING, ("step",)),
    "too_few_steps_on_path": (Severity.ERROR, ("needed", "found")),
    "paths_cut": (Severity.WARNING, ("limit",)),
    "combinations_bounded": (Severity.WARNING, ("at_once",)),
    # Single values.
    "format_not_kept": (Severity.ERROR, ("formats",)),
    "format_not_long_term": (Severity.WARNING, ("format",)),
    "paper_without_law": (Severity.ERROR, ()),
    "metadata_element_unknown": (Severity.ERROR, ()),
    "metadata_values_outside": (Severity.ERROR, ("value",)),
    "package_profile_unknown": (Severity.ERROR, ("profile",)),
    "security_not_kept_here": (Severity.ERROR, ("value",)),
    "code_cannot_be_given": (Severity.ERROR, ("reason",)),
    # The catalogue as a whole.
    "item_uncovered": (Severity.ERROR, ("item", "name")),
    "agency_without_items": (Severity.WARNING, ("agency",)),
    "plan_unreadable": (Severity.ERROR, ("problem",)),
}
"""Code → severity and the names of the values that its wording needs, beside ``rule`` and ``layer``."""


@dataclass(frozen=True, slots=True)
class CompileFinding:
    """One thing the compiler found.

    ``rule`` is the place of the value at fault (``materials.A01``), ``layer`` where it was stated, ``example`` a case in
    which it shows (field → value), ``path`` the way through the process.
    """

    code: str
    rule: str = ""
    layer: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        """Whether it keeps the plan from coming into force."""
        return COMPILE_CODES[self.code][0]

    @property
    def is_error(self) -> bool:
        """Whether it keeps the plan from coming into force."""
        return self.severity is Severity.ERROR

    def identity(self) -> tuple[object, ...]:
        """Return what makes two findings the same one, seen in different cases."""
        return (self.code, self.rule, self.layer, tuple(sorted(self.params.items())))


def finding_to_dict(finding: CompileFinding) -> dict[str, object]:
    """Return a finding as JSON values."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "rule": finding.rule,
        "layer": finding.layer,
        "params": dict(finding.params),
        "example": dict(finding.example),
        "path": list(finding.path),
    }


def finding_from_dict(told: Mapping[str, Any]) -> CompileFinding:
    """Return a finding that ``finding_to_dict`` wrote."""
    return CompileFinding(
        told["code"], told["rule"], told["layer"], dict(told["params"]), dict(told["example"]), tuple(told["path"])
    )


def distinct(findings: list[CompileFinding]) -> tuple[CompileFinding, ...]:
    """Return each finding once, errors first, otherwise in the order they were made."""
    seen: dict[tuple[object, ...], CompileFinding] = {}
    for finding in findings:
        seen.setdefault(finding.identity(), finding)
    return tuple(sorted(seen.values(), key=lambda finding: not finding.is_error))
