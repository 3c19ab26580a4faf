"""Checks single rows of a catalogue: items with their plans, and agencies."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from jingui.domain.catalogue.codes import ROW_PROBLEM_CODES, ItemCodes, agency_of_item, credit_code, read_codes
from jingui.domain.catalogue.content import ItemContent, ItemMaterial, read_content
from jingui.domain.catalogue.drafts import (
    ALLOTTED,
    LIMIT_UNITS,
    AgencyDraft,
    AgencyHint,
    CatalogueDefaults,
    ItemDraft,
    ItemState,
    Lifetime,
    TimeLimit,
)
from jingui.domain.catalogue.plans import PlanBasis, read_plan
from jingui.domain.errors import Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.records import identifiers
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.terms import MaterialClass, Obligation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.records.facts import Plan

__all__ = ["NEXT_VERSION", "ROW_PROBLEM_CODES", "check_agency_row", "check_item_row"]

NEXT_VERSION = "+"
"""What a row says for its version where the list has none."""

_VERSION_LIMIT = 2**31 - 1
_DAYS_LIMIT = 10_000
_CONDITION_LIMIT = 500
_CODE = re.compile(r"[\w.-]{1,50}")


def check_agency_row(
    raw: Mapping[str, object], *, defaults: CatalogueDefaults | None = None
) -> tuple[AgencyDraft | None, tuple[Problem, ...]]:
    """Read an agency; a problem that the profile does not tolerate means no draft.

    An absent fonds number is allotted by the import.
    """
    fields = FieldReader(raw)
    agency = AgencyDraft(
        code=credit_code(fields, "code"),
        name=fields.text("name", limit=200, is_required=True).strip(),
        short_name=fields.text("short_name", limit=60),
        region_code=_region_code(fields),
        fonds=_fonds(fields),
        fonds_name=fields.text("fonds_name", limit=200),
    )
    fields.refuse_unknown()
    profile = (defaults or CatalogueDefaults()).profile
    is_refused = any(profile.refuses(problem.code) for problem in fields.problems)
    draft = None if is_refused else replace(agency, fonds_name=agency.fonds_name or agency.name)
    return draft, tuple(fields.problems)


def check_item_row(
    raw: Mapping[str, object], *, defaults: CatalogueDefaults | None = None
) -> tuple[ItemDraft | None, tuple[Problem, ...]]:
    """Read an item with its plan; a problem that the profile does not tolerate means no draft.

    With a draft, the problems are what is to be reported of the row although it is taken.
    """
    defaults = defaults or CatalogueDefaults()
    fields = FieldReader(raw)
    item = _read_item(fields, defaults)
    fields.refuse_unknown()
    fields.problems += _missing_elements(item, defaults)
    is_refused = any(defaults.profile.refuses(problem.code) for problem in fields.problems)
    return (None if is_refused else item), tuple(fields.problems)


def _read_item(fields: FieldReader, defaults: CatalogueDefaults) -> ItemDraft:
    name = fields.text("item_name", limit=200, is_required=True).strip()
    codes = read_codes(fields, defaults)
    version = _version(fields)
    hint = AgencyHint(
        name=fields.text("agency_name", limit=200).strip(), region_code=fields.text("agency_region", limit=12)
    )
    content = _with_agency(read_content(fields), hint)
    raw_plan = fields.nested("plan")
    told_plan = frozenset(str(name) for name, value in raw_plan.unknown() if value not in (None, "", []))
    return ItemDraft(
        item_code=codes.item,
        item_name=name,
        item_version=version,
        base_code=codes.base,
        item_type=codes.item_type,
        agency=agency_of_item(fields, name=hint.name, region=hint.region_code, defaults=defaults),
        statutory_limit=_time_limit(fields, "statutory_limit"),
        promised_limit=_time_limit(fields, "promised_limit"),
        plan=_plan(raw_plan, _basis(codes, name, version, defaults), content, defaults),
        is_default_plan="retention" not in told_plan,
        told_plan=told_plan,
        task_code=codes.task,
        handling_code=codes.handling,
        content=content,
        lifetime=_lifetime(fields),
        agency_hint=hint,
    )


def _with_agency(content: ItemContent, hint: AgencyHint) -> ItemContent:
    if not hint.name or "dept_name" in content.elements:
        return content
    return replace(content, elements={"dept_name": hint.name, **content.elements})


def _version(fields: FieldReader) -> int:
    if fields.take("item_version") == NEXT_VERSION:
        return ALLOTTED
    return fields.whole("item_version", minimum=1, maximum=_VERSION_LIMIT, is_required=True) or 1


def _lifetime(fields: FieldReader) -> Lifetime:
    state = fields.member("state", ItemState, default=ItemState.IN_FORCE) or ItemState.IN_FORCE
    begins, ends = _day(fields, "effective_from"), _day(fields, "effective_to")
    if begins and ends and ends < begins:
        fields.fault("effective_to", "too_small", minimum=begins.isoformat())
    return Lifetime(state, begins, ends)


def _day(fields: FieldReader, name: str) -> date | None:
    text = fields.text(name, limit=10)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fields.fault(name, "not_a_time")
        return None


def _missing_elements(item: ItemDraft, defaults: CatalogueDefaults) -> list[Problem]:
    told = item.content.elements
    return [Problem(f"elements.{name}", "required") for name in defaults.profile.required if name not in told]


def _basis(codes: ItemCodes, name: str, version: int, defaults: CatalogueDefaults) -> PlanBasis:
    return PlanBasis(
        item_code=codes.item,
        item_version=version,
        item_name=name,
        retention=defaults.retention,
        retention_reason=defaults.retention_reason,
        category=defaults.category,
        unit=defaults.unit,
    )


def _plan(fields: FieldReader, basis: PlanBasis, content: ItemContent, defaults: CatalogueDefaults) -> Plan:
    plan = read_plan(fields, basis)
    # A plan that was exported carries its item's identity; what the item row says counts.
    for name in ("item_code", "item_version", "item_name"):
        fields.take(name)
    fields.refuse_unknown()
    own = plan.materials if fields.has("materials") else _rules_of(content)
    has_own = any(rule.material_class is not MaterialClass.APPLICATION for rule in own)
    taken = {code for rule in own for code in (rule.code, *rule.aliases)}
    extra = () if has_own else tuple(rule for rule in defaults.added_materials if rule.code not in taken)
    return replace(plan, materials=own + extra)


NO_MATERIAL = frozenset({"无", "无材料", "无需提交材料"})  # lists write a word where there is nothing to hand in


def _rules_of(content: ItemContent) -> tuple[MaterialRule, ...]:
    """Return what a plan expects where only the item's own materials are told: each of them, coded in order."""
    wanted = [material for material in content.materials if material.name not in NO_MATERIAL]
    codes = [material.code for material in wanted if _CODE.fullmatch(material.code)]
    if len(set(codes)) < len(wanted):
        codes = [f"A{number:02}" for number in range(1, len(wanted) + 1)]
    return tuple(_rule_of(material, code) for material, code in zip(wanted, codes, strict=True))


def _rule_of(material: ItemMaterial, code: str) -> MaterialRule:
    condition = " ".join((material.condition or "、".join(material.situations)).split())[:_CONDITION_LIMIT]
    obligation = Obligation.REQUIRED
    if material.requirement == "optional" or material.situations:
        obligation = Obligation.CONDITIONAL if condition else Obligation.OPTIONAL
    return MaterialRule(
        code=code,
        name=" ".join(material.name.split()),  # a plan names a material on one line; the item keeps it as told
        material_class=MaterialClass.APPLICATION,
        obligation=obligation,
        min_count=1 if obligation is Obligation.REQUIRED else 0,
        condition=condition,
    )


def _region_code(fields: FieldReader) -> str:
    code = fields.text("region_code", limit=12, is_required=True)
    if code and not identifiers.region_code_is_valid(code):
        fields.fault("region_code", "region_code_malformed")
    return code


def _fonds(fields: FieldReader) -> str:
    fonds = fields.text("fonds", limit=20)
    fault = identifiers.find_fonds_fault(fonds) if fonds else None
    if fault:
        fields.fault("fonds", "fonds_malformed", fault=fault.value)
    return fonds


def _time_limit(fields: FieldReader, name: str) -> TimeLimit | None:
    if not fields.has(name):
        fields.take(name)
        return None
    limit = fields.nested(name)
    days = limit.whole("days", minimum=0, maximum=_DAYS_LIMIT, is_required=True)
    unit = limit.text("unit", limit=10) or LIMIT_UNITS[0]
    if unit not in LIMIT_UNITS:
        limit.fault("unit", "not_in_range", allowed=", ".join(LIMIT_UNITS))
    limit.refuse_unknown()
    return None if days is None else TimeLimit(days, unit)
