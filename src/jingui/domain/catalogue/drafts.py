"""Service items, agencies and their plans as read from a catalogue, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jingui.domain.catalogue.plans import plan_to_dict
from jingui.domain.records.canonical import canonical_sha256
from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.identifiers import ItemCodeRules
from jingui.domain.records.terms import MaterialClass, Obligation, Retention

if TYPE_CHECKING:
    pass

LIMIT_UNITS: tuple[str, ...] = ("工作日", "自然日", "小时", "月", "年")


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit for handling (办结时限)."""

    days: int
    unit: str


@dataclass(frozen=True, slots=True)
class AgencyDraft:
    """An agency (实施主体, 立档单位) with its fonds. ``is_provisional``: the fonds number was allotted by us."""

    code: str
    name: str
    short_name: str = ""
    region_code: str = ""
    fonds: str = ""
    fonds_name: str = ""
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One version of a service item with its archiving plan. ``is_default_plan``: nobody has stated the retention."""

    item_code: str
    item_name: str
    item_version: int
    base_code: str
    item_type: str
    agency: str
    plan: Plan
    statutory_limit: TimeLimit | None = None
    promised_limit: TimeLimit | None = None
    is_default_plan: bool = False


def _default_materials() -> tuple[MaterialRule, ...]:
    return (
        MaterialRule("B99", "其他过程材料", MaterialClass.PROCESS, Obligation.OPTIONAL, min_count=0),
        MaterialRule("C01", "办理结果文书", MaterialClass.RESULT, Obligation.OPTIONAL, min_count=0),
    )


@dataclass(frozen=True, slots=True)
class CatalogueDefaults:
    """What an installation assumes where a catalogue says nothing.

    ``added_materials`` go into every plan whose list names no process or result material. Agencies without a fonds
    number get provisional ones: a prefix letter and three digits.
    """

    retention: Retention = Retention.YEARS_30
    retention_reason: str = "默认，待审定"
    category: str = "ZW"
    unit: str = "XZSP"
    added_materials: tuple[MaterialRule, ...] = field(default_factory=_default_materials)
    fonds_prefixes: str = "TUVWXYZ"
    item_codes: ItemCodeRules = field(default_factory=ItemCodeRules)


def _limit_to_dict(limit: TimeLimit | None) -> dict[str, object] | None:
    return {"days": limit.days, "unit": limit.unit} if limit else None


def item_to_dict(item: ItemDraft) -> dict[str, object]:
    """Return an item in the project's own catalogue form."""
    return {
        "item_code": item.item_code,
        "item_name": item.item_name,
        "item_version": item.item_version,
        "base_code": item.base_code,
        "item_type": item.item_type,
        "agency": item.agency,
        "statutory_limit": _limit_to_dict(item.statutory_limit),
        "promised_limit": _limit_to_dict(item.promised_limit),
        "plan": plan_to_dict(item.plan),
    }


def agency_to_dict(agency: AgencyDraft) -> dict[str, object]:
    """Return an agency in the project's own catalogue form."""
    return {
        "code": agency.code,
        "name": agency.name,
        "short_name": agency.short_name,
        "region_code": agency.region_code,
        "fonds": agency.fonds,
        "fonds_name": agency.fonds_name,
    }


def item_digest(item: ItemDraft) -> str:
    """Return the SHA-256 of what an item says, for comparing it with the stored version; plan versions do not count."""
    told = item_to_dict(replace(item, plan=replace(item.plan, plan_version=1)))
    return canonical_sha256(told)


def agency_digest(agency: AgencyDraft) -> str:
    """Return the SHA-256 of what is said of an agency."""
    return canonical_sha256(agency_to_dict(agency))
