"""Checks single rows of a catalogue: items with their plans, and agencies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.catalogue.drafts import LIMIT_UNITS, AgencyDraft, CatalogueDefaults, ItemDraft, TimeLimit
from jingui.domain.catalogue.plans import PlanBasis, read_plan
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records import identifiers
from jingui.domain.records.terms import MaterialClass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.domain.errors import Problem
    from jingui.domain.records.facts import MaterialRule, Plan

ROW_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "item_code_malformed": ("fault",),
    "base_code_malformed": ("fault",),
    "base_code_not_of_item": ("expected",),
    "item_type_not_of_item": ("expected",),
    "credit_code_malformed": ("fault",),
    "region_code_malformed": (),
    "fonds_malformed": ("fault",),
}
"""Codes of problems with rows, beside those of ``plans`` and ``metadata.fields``."""

_VERSION_LIMIT = 2**31 - 1
_DAYS_LIMIT = 10_000


def check_agency_row(raw: Mapping[str, object]) -> tuple[AgencyDraft | None, tuple[Problem, ...]]:
    """Read an agency; any problem means no draft. An absent fonds number is allotted by the import."""
    fields = FieldReader(raw)
    agency = AgencyDraft(
        code=_credit_code(fields, "code"),
        name=fields.text("name", limit=200, is_required=True).strip(),
        short_name=fields.text("short_name", limit=100),
        region_code=_region_code(fields),
        fonds=_fonds(fields),
        fonds_name=fields.text("fonds_name", limit=200),
    )
    fields.refuse_unknown()
    if fields.problems:
        return None, tuple(fields.problems)
    return replace(agency, fonds_name=agency.fonds_name or agency.name), ()


def check_item_row(
    raw: Mapping[str, object], *, defaults: CatalogueDefaults | None = None
) -> tuple[ItemDraft | None, tuple[Problem, ...]]:
    """Read an item with its plan; any problem means no draft."""
    defaults = defaults or CatalogueDefaults()
    fields = FieldReader(raw)
    code = _item_code(fields, defaults)
    name = fields.text("item_name", limit=200, is_required=True).strip()
    version = fields.whole("item_version", minimum=1, maximum=_VERSION_LIMIT, is_required=True) or 1
    raw_plan = fields.nested("plan")
    is_default = not raw_plan.has("retention") or raw_plan.take("retention") == ""
    item = ItemDraft(
        item_code=code,
        item_name=name,
        item_version=version,
        base_code=_base_code(fields, code, defaults),
        item_type=_item_type(fields, code),
        agency=_credit_code(fields, "agency"),
        statutory_limit=_time_limit(fields, "statutory_limit"),
        promised_limit=_time_limit(fields, "promised_limit"),
        plan=_plan(raw_plan, _basis(code, name, version, defaults), defaults.added_materials),
        is_default_plan=is_default,
    )
    fields.refuse_unknown()
    return (None, tuple(fields.problems)) if fields.problems else (item, ())


def _basis(code: str, name: str, version: int, defaults: CatalogueDefaults) -> PlanBasis:
    return PlanBasis(
        item_code=code,
        item_version=version,
        item_name=name,
        retention=defaults.retention,
        retention_reason=defaults.retention_reason,
        category=defaults.category,
        unit=defaults.unit,
    )


def _plan(fields: FieldReader, basis: PlanBasis, added: tuple[MaterialRule, ...]) -> Plan:
    plan = read_plan(fields, basis)
    # A plan that was exported carries its item's identity; what the item row says counts.
    for name in ("item_code", "item_version", "item_name"):
        fields.take(name)
    fields.refuse_unknown()
    has_own = any(rule.material_class is not MaterialClass.APPLICATION for rule in plan.materials)
    taken = {code for rule in plan.materials for code in (rule.code, *rule.aliases)}
    extra = () if has_own else tuple(rule for rule in added if rule.code not in taken)
    return replace(plan, materials=plan.materials + extra)


def _credit_code(fields: FieldReader, name: str) -> str:
    code = fields.key(name, limit=18)
    fault = identifiers.find_credit_code_fault(code) if code else None
    if fault:
        fields.fault(name, "credit_code_malformed", fault=fault.value)
    return code


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


def _item_code(fields: FieldReader, defaults: CatalogueDefaults) -> str:
    code = fields.key("item_code", limit=64)
    fault = identifiers.find_item_code_fault(code, rules=defaults.item_codes) if code else None
    if fault:
        fields.fault("item_code", "item_code_malformed", fault=fault.value)
    return code


def _base_code(fields: FieldReader, item_code: str, defaults: CatalogueDefaults) -> str:
    parts = identifiers.split_item_code(item_code)
    base = fields.text("base_code", limit=20)
    if not base:
        return parts.base_code if parts else ""
    fault = identifiers.find_base_code_fault(base, rules=defaults.item_codes)
    if fault and not defaults.item_codes.allow_local:
        fields.fault("base_code", "base_code_malformed", fault=fault.value)
    elif parts and parts.base_code != base:
        fields.fault("base_code", "base_code_not_of_item", expected=parts.base_code)
    return base


def _item_type(fields: FieldReader, item_code: str) -> str:
    parts = identifiers.split_item_code(item_code)
    kind = fields.text("item_type", limit=2)
    if not kind:
        return parts.item_type if parts else ""
    if kind not in MetadataProfile().ranges["item_type"]:
        fields.fault("item_type", "not_in_range", allowed="00–29")
    elif parts and parts.item_type != kind:
        fields.fault("item_type", "item_type_not_of_item", expected=parts.item_type)
    return kind


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
