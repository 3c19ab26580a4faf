"""Service items, agencies and their plans as read from a catalogue, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from jingui.domain.catalogue.content import ItemContent, content_to_dict
from jingui.domain.catalogue.plans import plan_to_dict
from jingui.domain.catalogue.profiles import STRICT, CatalogueProfile
from jingui.domain.records.canonical import canonical_sha256
from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.identifiers import ItemCodeRules, split_item_code
from jingui.domain.records.terms import MaterialClass, Obligation, Retention

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


class ItemState(StrEnum):
    """Whether a version of an item is in force (在用) or withdrawn (取消)."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Lifetime:
    """From when to when a version is in force; ``None``: not told. ``ends`` is the first day on which it is not."""

    state: ItemState = ItemState.IN_FORCE
    begins: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class AgencyHint:
    """What an item row tells of its agency, for lists that have no table of agencies."""

    name: str = ""
    region_code: str = ""


ALLOTTED = 0
"""The version of a draft whose list has no versions: the import allots the next one where something changed."""


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """One version of a service item with its archiving plan. ``is_default_plan``: nobody has stated the retention.

    ``told_plan`` names the fields of the plan that the list itself tells; the others are assumed.

    ``item_code`` is the code by which cases name the item: the most particular of the three levels that is told.
    """

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
    told_plan: frozenset[str] = field(default=frozenset(), compare=False)
    task_code: str = ""
    handling_code: str = ""
    content: ItemContent = field(default_factory=ItemContent)
    lifetime: Lifetime = field(default_factory=Lifetime)
    agency_hint: AgencyHint = field(default_factory=AgencyHint)
    digest: str = ""  # what ``item_digest`` says of it, once somebody has asked


def with_version(item: ItemDraft, version: int) -> ItemDraft:
    """Return the draft as the given version, its plan with it."""
    return replace(item, item_version=version, plan=replace(item.plan, item_version=version), digest="")


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
    profile: CatalogueProfile = STRICT


def _limit_to_dict(limit: TimeLimit | None) -> dict[str, object] | None:
    return {"days": limit.days, "unit": limit.unit} if limit else None


def item_to_dict(item: ItemDraft) -> dict[str, object]:
    """Return an item in the project's own catalogue form; what it does not tell is left out, so old digests stand."""
    told: dict[str, object] = {
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
    return told | _own_codes(item) | content_to_dict(item.content)


def _own_codes(item: ItemDraft) -> dict[str, object]:
    parts = split_item_code(item.item_code)
    derived = (item.item_code[:-2], item.item_code) if parts and parts.handling else (item.item_code, "")
    told = {"task_code": item.task_code, "handling_code": item.handling_code}
    return {} if (item.task_code, item.handling_code) == derived else {n: v for n, v in told.items() if v}


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


def told_content(item: ItemDraft) -> dict[str, object]:
    """Return the elements, materials, situations, steps and results of an item as they are stored and compared.

    Codes, names and limits stand among the elements too, so that one mapping tells every element of a version.
    """
    parts = content_to_dict(item.content)
    own = {
        "catalog_code": item.base_code,
        "task_code": item.task_code,
        "task_handle_item": item.handling_code,
        "task_name": item.item_name,
        "task_type": item.item_type,
        "dept_code": item.agency,
        "anticipate": limit_text(item.statutory_limit),
        "promise": limit_text(item.promised_limit),
    }
    told = {name: value for name, value in own.items() if value}
    elements = parts.get("elements", {})
    return parts | {"elements": told | (elements if isinstance(elements, dict) else {})}


def limit_text(limit: TimeLimit | None) -> str:
    """Return a time limit in words, empty if there is none."""
    return f"{limit.days} 个{limit.unit}" if limit else ""


def item_digest(item: ItemDraft) -> str:
    """Return the SHA-256 of what an item says, for comparing it with the stored version.

    Neither the version of its plan nor its lifetime counts: a version keeps what it says when it is withdrawn.
    """
    told = item_to_dict(item)
    plan = told["plan"]
    return canonical_sha256(told | {"plan": plan | {"plan_version": 1}} if isinstance(plan, dict) else told)


def agency_digest(agency: AgencyDraft) -> str:
    """Return the SHA-256 of what is said of an agency."""
    return canonical_sha256(agency_to_dict(agency))
