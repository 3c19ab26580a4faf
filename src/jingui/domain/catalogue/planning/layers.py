"""Plan layers (归档配置的层级): default → region → agency → item, merged into the effective plan of one item.

A layer states only what it wants; what a lower one states counts more, unless a higher one has fixed it. Of every value
of the effective plan it is known which layer it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jingui.domain.catalogue.planning.findings import CompileFinding
from jingui.domain.catalogue.plans import plan_from_dict, plan_to_dict

if TYPE_CHECKING:
    from jingui.domain.catalogue.drafts import CatalogueDefaults
    from jingui.domain.records.facts import Plan

SETTINGS: tuple[str, ...] = (
    "retention", "retention_reason", "category", "unit", "sharing", "security_classification", "archival_code_rule",
    "record_code_rule", "package_profile", "formats", "required_steps", "min_step_count", "accept_unlisted",
    "scope_statement", "process", "accept_suggestions_from", "process_page",
)  # fmt: skip
"""Values of which the lowest layer that states one decides."""

KEYED: dict[str, str] = {"materials": "code", "retention_rules": "name", "metadata_rules": "element"}
"""Lists whose rows are told apart by a name: a lower row takes the place of the higher one of the same name."""

UNITED: tuple[str, ...] = ("situations", "results")
"""Lists of names to which every layer adds."""

FIXED = "fixed"
IMPORTED = "import"
"""What the catalogue says of an item's plan: a layer above the item's own."""

PREVIOUS = "previous"
"""What the catalogue said of the version before and is carried on (沿用上一版本)."""

REMOVED = "removed"
# What a catalogue can only say in words: its row keeps what a layer above says of the same material in this form.
_DECIDABLE = ("when", "evidence", "source", "formats", "is_paper_kept", "paper_basis")
UNDECIDED = "未规定，暂按永久"
_TOWN, _VILLAGE = 9, 12


class LayerScope(StrEnum):
    """What a layer is for; the order is that of inheritance."""

    DEFAULT = "default"
    REGION = "region"
    AGENCY = "agency"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Layer:
    """One version of one layer: a plan in part. ``code``: region code, credit code or item code; ``""`` for the default."""

    scope: LayerScope
    code: str
    version: int
    content: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its name in findings and plans: ``region:530000@2``."""
        return layer_label(self.scope.value, self.code, self.version)


def layer_label(scope: str, code: str, version: int) -> str:
    """Return the name of a layer version."""
    return f"{scope}:{code}@{version}" if code else f"{scope}@{version}"


@dataclass(frozen=True, slots=True)
class ItemIdentity:
    """The item version a plan is for, and the agency and region it belongs to."""

    item_code: str
    item_version: int
    item_name: str
    agency_code: str
    region_code: str


@dataclass(frozen=True, slots=True)
class EffectivePlan:
    """What all layers together say. ``origin``: place of a value (``retention``, ``materials.A01``) → label of its layer."""

    plan: Plan
    origin: Mapping[str, str]
    findings: tuple[CompileFinding, ...] = ()
    has_retention: bool = True

    def layer_of(self, place: str) -> str:
        """Return the layer a value comes from, ``""`` if none states it."""
        return self.origin.get(place, "")


def region_chain(region_code: str) -> tuple[str, ...]:
    """Return the regions a region lies in, province first, itself last (GB/T 2260; 9 places a town, 12 a village)."""
    wholes = [region_code[:2] + "0000", region_code[:4] + "00", region_code[:6], region_code[:_TOWN]]
    wholes.append(region_code[:_VILLAGE])
    return tuple(dict.fromkeys(code for code in wholes if len(code) <= max(6, len(region_code)) and code))


def layer_chain(item: ItemIdentity) -> Iterator[tuple[LayerScope, str]]:
    """Return scope and code of every layer that can speak for an item, the most general first."""
    yield LayerScope.DEFAULT, ""
    for code in region_chain(item.region_code) if item.region_code else ():
        yield LayerScope.REGION, code
    yield LayerScope.AGENCY, item.agency_code
    yield LayerScope.ITEM, item.item_code


def merge_layers(item: ItemIdentity, layers: Iterable[tuple[str, Mapping[str, Any]]]) -> EffectivePlan:
    """Merge labelled contents, the most general first, into the plan of an item.

    Raises:
        Invalid: a content cannot be read; layers are checked when they are written (``check_layer_content``).
    """
    merged = _Merged()
    for label, content in layers:
        merged.take(label, content)
    raw = {**merged.settings, **{name: list(rows.values()) for name, rows in merged.rows.items()}, **merged.names}
    has_retention = "retention" in raw
    if not has_retention:
        raw |= {"retention": "Y", "retention_reason": UNDECIDED}
    identity = {"item_code": item.item_code, "item_version": item.item_version, "item_name": item.item_name}
    plan = plan_from_dict({**raw, **identity, "layers": merged.labels})
    return EffectivePlan(plan, merged.origin, tuple(merged.findings), has_retention=has_retention)


class _Merged:
    """What the layers taken so far say together."""

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.rows: dict[str, dict[str, Any]] = {name: {} for name in KEYED}
        self.names: dict[str, list[str]] = {name: [] for name in UNITED}
        self.origin: dict[str, str] = {}
        self.fixed: dict[str, str] = {}
        self.findings: list[CompileFinding] = []
        self.labels: list[str] = []

    def take(self, label: str, content: Mapping[str, Any]) -> None:
        """Take one more layer; what a higher one fixed stays and is told."""
        self.labels.append(label)
        for name in SETTINGS:
            if name in content and self.may_state(name, label, content[name]):
                self.settings[name] = content[name]
                self.origin[name] = label
        for name, key in KEYED.items():
            for row in content.get(name, ()):
                self.take_row(name, row[key], row, label)
        for name in UNITED:
            self.unite(name, content.get(name, ()), label)
        self.fixed |= {place: self.fixed.get(place, label) for place in content.get(FIXED, ())}

    def take_row(self, name: str, key: str, row: Mapping[str, Any], label: str) -> None:
        """Take a row of a list in the place of the one of the same name, or take that one out."""
        place = f"{name}.{key}"
        if not self.may_state(place, label, key):
            return
        if row.get(REMOVED):
            self.rows[name].pop(key, None)
            self.origin.pop(place, None)
        else:
            above = self.rows[name].get(key, {}) if label.startswith((IMPORTED, PREVIOUS)) else {}
            inherited = {cell: above[cell] for cell in _DECIDABLE if cell in above}
            self.rows[name][key] = inherited | {cell: value for cell, value in row.items() if cell != REMOVED}
            self.origin[place] = label

    def unite(self, name: str, values: Iterable[str], label: str) -> None:
        """Add names that are not there yet."""
        for value in values:
            if value not in self.names[name]:
                self.names[name].append(value)
                self.origin[f"{name}.{value}"] = label

    def may_state(self, place: str, label: str, value: object) -> bool:
        """Say whether a layer may state a value; if it is fixed above, keep a finding (unless it is the same value)."""
        fixed_by = self.fixed.get(place) or self.fixed.get(place.partition(".")[0])
        if not fixed_by or (place in self.settings and self.settings[place] == value):
            return True
        params = {"value": value if isinstance(value, str) else "", "fixed_by": fixed_by}
        self.findings.append(CompileFinding("fixed_above", place, label, params))
        return False


def imported_content(plan: Plan, defaults: CatalogueDefaults) -> dict[str, Any]:
    """Return what an imported plan says of its own: everything that is not merely assumed where its row was silent."""
    told = plan_to_dict(plan)
    silent = _silent(plan, defaults)
    content = {name: told[name] for name in SETTINGS if name in told and told[name] != silent.get(name)}
    if plan.retention_reason == defaults.retention_reason:
        content.pop("retention", None)
        content.pop("retention_reason", None)
    elif plan.retention_reason:
        content |= {"retention": plan.retention.value, "retention_reason": plan.retention_reason}
    assumed = set(defaults.added_materials)
    stated = {rule.code for rule in plan.materials if rule not in assumed}
    content |= {name: told[name] for name in (*KEYED, *UNITED) if told.get(name)}
    content["materials"] = [row for row in _rows(told["materials"]) if row["code"] in stated]
    return content


def _silent(plan: Plan, defaults: CatalogueDefaults) -> dict[str, object]:
    row = {"retention": "Y", "retention_reason": "-", "category": defaults.category, "unit": defaults.unit}
    identity = {"item_code": plan.item_code, "item_version": plan.item_version, "item_name": plan.item_name}
    return plan_to_dict(plan_from_dict({**row, **identity}))


def _rows(value: object) -> list[dict[str, Any]]:
    return value if isinstance(value, list) else []
