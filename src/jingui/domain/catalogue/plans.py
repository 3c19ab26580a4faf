"""Archiving plans (归档配置) as JSON: canonical, and the same after a round trip."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from jingui.domain.catalogue.rule_parts import read_condition, read_rules, rules_to_dict
from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.code_rules import check_code_rule
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.conditions import condition_to_list
from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.formats import DEFAULT_ALLOWED, EXTENSIONS
from jingui.domain.records.origins import PageProfile
from jingui.domain.records.terms import (
    EvidenceClass,
    MaterialClass,
    MaterialSource,
    Obligation,
    Retention,
    SharingClass,
)

PLAN_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "material_code_malformed": (),
    "material_twice": ("code",),
    "counts_reversed": ("minimum", "maximum"),
    "condition_missing": (),
    "unknown_format": ("format",),
    "plan_code_malformed": (),
}
"""Codes of problems with plans, beside those of ``metadata.fields`` and ``metadata.code_rules``."""

E = TypeVar("E", bound=StrEnum)

_COUNT_LIMIT = 10_000
_MATERIALS_LIMIT = 500
_SECURITY = ", ".join(sorted(MetadataProfile().ranges["security"]))


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """What a plan takes from its item, and what it takes where it says nothing."""

    item_code: str
    item_version: int
    item_name: str
    retention: Retention | None = None
    retention_reason: str = ""
    category: str = "ZW"
    unit: str = "XZSP"


def plan_to_dict(plan: Plan) -> dict[str, object]:
    """Return a plan as JSON values, every field in a fixed order."""
    return {
        "item_code": plan.item_code,
        "item_version": plan.item_version,
        "plan_version": plan.plan_version,
        "item_name": plan.item_name,
        "retention": plan.retention.value,
        "retention_reason": plan.retention_reason,
        "category": plan.category,
        "unit": plan.unit,
        "sharing": plan.sharing.value,
        "security_classification": plan.security_classification,
        "archival_code_rule": plan.archival_code_rule,
        "record_code_rule": plan.record_code_rule,
        "package_profile": plan.package_profile,
        "formats": list(plan.formats),
        "required_steps": list(plan.required_steps),
        "min_step_count": plan.min_step_count,
        "accept_unlisted": plan.accept_unlisted,
        "materials": [material_to_dict(rule) for rule in plan.materials],
        **rules_to_dict(plan),
        **({"process_page": plan.process_page.value} if plan.process_page else {}),
        **({"accept_suggestions_from": plan.accept_suggestions_from} if plan.accept_suggestions_from else {}),
    }


def material_to_dict(rule: MaterialRule) -> dict[str, object]:
    """Return a material as JSON values; what is not stated is left out, so that older plans keep their digest."""
    stated: dict[str, object] = {
        "when": condition_to_list(rule.when) if rule.when is not None else None,
        "alternative": rule.alternative,
        "evidence": rule.evidence.value if rule.evidence else None,
        "source": rule.source.value if rule.source else None,
        "formats": list(rule.formats),
        "is_paper_kept": rule.is_paper_kept,
        "paper_basis": rule.paper_basis,
    }
    return _ordinary(rule) | {name: value for name, value in stated.items() if value or (name, value) == ("when", [])}


def _ordinary(rule: MaterialRule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "class": rule.material_class.value,
        "obligation": rule.obligation.value,
        "min_count": rule.min_count,
        "max_count": rule.max_count,
        "condition": rule.condition,
        "sharing": rule.sharing.value,
        "aliases": list(rule.aliases),
    }


def plan_from_dict(raw: object) -> Plan:
    """Read a plan that ``plan_to_dict`` wrote.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader(raw)
    basis = PlanBasis(
        item_code=fields.key("item_code", limit=64),
        item_version=fields.whole("item_version", minimum=1, maximum=2**31 - 1, is_required=True) or 1,
        item_name=fields.text("item_name", limit=200, is_required=True),
    )
    plan = read_plan(fields, basis)
    fields.refuse_unknown()
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return plan


def read_plan(fields: FieldReader, basis: PlanBasis) -> Plan:
    """Read the plan part of an item row; problems go to the reader. The caller refuses unknown fields."""
    retention = fields.member("retention", Retention, default=basis.retention) or Retention.PERMANENT
    is_own = fields.has("retention") and fields.take("retention") != ""
    reason = fields.text("retention_reason", limit=500, is_required=is_own)
    template = Plan(basis.item_code, basis.item_version, 1, basis.item_name, (), retention, reason)
    return Plan(
        item_code=basis.item_code,
        item_version=basis.item_version,
        plan_version=fields.whole("plan_version", minimum=1, maximum=2**31 - 1) or 1,
        item_name=basis.item_name,
        materials=_materials(fields),
        retention=retention,
        retention_reason=reason or basis.retention_reason,
        category=_code_part(fields, "category", basis.category),
        unit=_code_part(fields, "unit", basis.unit),
        sharing=_sharing(fields),
        security_classification=_security(fields),
        archival_code_rule=_code_rule(fields, "archival_code_rule", template.archival_code_rule),
        record_code_rule=_code_rule(fields, "record_code_rule", template.record_code_rule),
        package_profile=fields.text("package_profile", limit=50) or template.package_profile,
        formats=_known_formats(fields) or DEFAULT_ALLOWED,
        required_steps=fields.texts("required_steps", limit=200, count=100),
        min_step_count=_count(fields, "min_step_count", 1),
        accept_unlisted=fields.flag("accept_unlisted"),
        process_page=_stated(fields, "process_page", PageProfile),
        accept_suggestions_from=fields.whole("accept_suggestions_from", minimum=50, maximum=100),
        **read_rules(fields),  # type: ignore[arg-type]
    )


def _sharing(fields: FieldReader) -> SharingClass:
    return fields.member("sharing", SharingClass, default=SharingClass.CONDITIONAL) or SharingClass.CONDITIONAL


def _count(fields: FieldReader, name: str, default: int) -> int:
    value = fields.whole(name, minimum=0, maximum=_COUNT_LIMIT)
    return default if value is None else value


def _code_part(fields: FieldReader, name: str, default: str) -> str:
    value = fields.text(name, limit=20)
    if value and not (value.isascii() and value.replace("·", "").isalnum()):
        fields.fault(name, "plan_code_malformed")
    return value or default


def _security(fields: FieldReader) -> str:
    value = fields.text("security_classification", limit=10) or "内部"
    if value not in MetadataProfile().ranges["security"]:
        fields.fault("security_classification", "not_in_range", allowed=_SECURITY)
    return value


def _code_rule(fields: FieldReader, name: str, default: str) -> str:
    rule = fields.text(name, limit=200) or default
    fields.problems += check_code_rule(rule, location=fields.where(name))
    return rule


def _known_formats(fields: FieldReader) -> tuple[str, ...]:
    names = fields.texts("formats", limit=20, count=100)
    for name in names:
        if name not in EXTENSIONS:
            fields.fault("formats", "unknown_format", format=name)
    return names


def _materials(fields: FieldReader) -> tuple[MaterialRule, ...]:
    seen: set[str] = set()
    rules: list[MaterialRule] = []
    for row in fields.rows("materials", limit=_MATERIALS_LIMIT):
        rule = read_material(row)
        for code in dict.fromkeys((rule.code, *rule.aliases)):
            if code and code in seen:
                row.fault("code", "material_twice", code=code)
            seen.add(code)
        rules.append(rule)
    return tuple(rules)


def read_material(row: FieldReader) -> MaterialRule:
    """Read one material; problems go to the reader."""
    obligation = row.member("obligation", Obligation, default=Obligation.REQUIRED) or Obligation.REQUIRED
    rule = MaterialRule(
        code=_material_code(row),
        name=row.text("name", limit=200, is_required=True),
        material_class=row.member("class", MaterialClass) or MaterialClass.APPLICATION,
        obligation=obligation,
        min_count=_count(row, "min_count", 1 if obligation is Obligation.REQUIRED else 0),
        max_count=row.whole("max_count", minimum=1, maximum=_COUNT_LIMIT),
        condition=row.text("condition", limit=500),
        sharing=_sharing(row),
        aliases=row.texts("aliases", limit=50, count=20),
        when=read_condition(row, "when"),
        alternative=row.text("alternative", limit=50),
        evidence=_stated(row, "evidence", EvidenceClass),
        source=_stated(row, "source", MaterialSource),
        formats=_known_formats(row),
        is_paper_kept=row.flag("is_paper_kept"),
        paper_basis=row.text("paper_basis", limit=500),
    )
    row.refuse_unknown()
    row.problems += [Problem(row.where(name), code, params) for name, code, params in _rule_faults(rule)]
    return rule


def _stated(row: FieldReader, name: str, kind: type[E]) -> E | None:
    return row.member(name, kind) if row.take(name) not in (None, "") else None


def _rule_faults(rule: MaterialRule) -> list[tuple[str, str, dict[str, str]]]:
    faults: list[tuple[str, str, dict[str, str]]] = []
    if rule.max_count is not None and rule.max_count < rule.min_count:
        counts = {"minimum": str(rule.min_count), "maximum": str(rule.max_count)}
        faults.append(("max_count", "counts_reversed", counts))
    if rule.obligation is Obligation.CONDITIONAL and not rule.condition and rule.when is None:
        faults.append(("condition", "condition_missing", {}))
    return faults


def _material_code(row: FieldReader) -> str:
    code = row.key("code", limit=50)
    if code and not all(sign.isalnum() or sign in "-._" for sign in code):
        row.fault("code", "material_code_malformed")
    return code
