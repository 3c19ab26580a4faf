"""What rows of a case lean on, rebuilt from packages where it is gone: source, agency, item, plan, counters of codes.

A plan rebuilt so says of materials only that cases had them. Where the catalogue was imported before, its plan counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from jingui.db.models import Agency, ArchivingPlan, CodeSequence, ServiceItem, Source
from jingui.db.models.records import ProtectedRow
from jingui.domain.catalogue.plans import plan_from_dict, plan_to_dict
from jingui.domain.records.facts import MaterialRule, Plan
from jingui.domain.records.terms import MaterialClass, Obligation, Retention, SharingClass
from jingui.formats.packages.retold import ToldFile, ToldPackage
from jingui.usecases.preservation.rebuilt_words import LETTERS

REASON = "由信息包重建"
_CODE = re.compile(r"(?P<scope>.*[-·._])(?P<serial>[0-9]{1,9})", re.DOTALL)
_SHELF = re.compile(r".+-(?P<category>[^-·]+)·[0-9]{4}-[^-]+-(?P<unit>.+)-[0-9]+", re.DOTALL)


@dataclass(slots=True)
class Basis:
    """What a case leans on; ``new`` and ``changed`` are rows to be written with it."""

    source: Source
    agency: Agency
    plan_row: ArchivingPlan
    new: list[ProtectedRow] = field(default_factory=list)
    changed: list[ProtectedRow] = field(default_factory=list)


def basis_of(told: ToldPackage, *, now: datetime) -> Basis:
    """Find what a package leans on, or make it of what the package says.

    Raises:
        Invalid: what it says makes no plan.
        ValueError: a value is not one of those it may have.
    """
    new: list[ProtectedRow] = []
    source = _source(told, new)
    agency = _agency(told, new)
    item = _item(told, agency, new)
    plan = _plan(told, item, new, now)
    return Basis(source, agency, plan, new)


def _source(told: ToldPackage, new: list[ProtectedRow]) -> Source:
    name = told.agency.get("source_system", "") or REASON
    row = Source.objects.filter(name=name).first()
    if row is None:
        row = Source(name=name, agency_codes=[], is_active=False)
        new.append(row)
    return row


def _agency(told: ToldPackage, new: list[ProtectedRow]) -> Agency:
    base = told.base
    row = Agency.objects.filter(code=base["social_code"]).first()
    if row is None:
        row = Agency(
            code=base["social_code"],
            name=base["department_name"],
            region_code=base.get("region_code", ""),
            fonds=base.get("fonds_identifier", ""),
            fonds_name=base.get("fonds_name", ""),
        )
        new.append(row)
    return row


def _item(told: ToldPackage, agency: Agency, new: list[ProtectedRow]) -> ServiceItem:
    code, version = told.base["task_code"], int(told.base["task_version"])
    row = ServiceItem.objects.filter(item_code=code, item_version=version).first()
    if row is None:
        row = ServiceItem(
            item_code=code,
            item_version=version,
            name=told.base["task_name"],
            item_type=told.base.get("task_type", "")[:4],
            agency=agency,
            content_sha256="",  # no catalogue has said anything of it
        )
        new.append(row)
    return row


def _plan(told: ToldPackage, item: ServiceItem, new: list[ProtectedRow], now: datetime) -> ArchivingPlan:
    last = ArchivingPlan.objects.filter(item=item).order_by("-plan_version").first()
    if last is not None and item.content_sha256:
        return last
    known = plan_from_dict(last.content) if last else None
    wanted = _thin_plan(told, known)
    if last is not None and known == wanted:
        return last
    # A stored plan is never changed: one more material makes the next version.
    row = ArchivingPlan(item=item, plan_version=wanted.plan_version, content=plan_to_dict(wanted), adopted_at=now)
    plan_from_dict(row.content)
    new.append(row)
    return row


def _thin_plan(told: ToldPackage, known: Plan | None) -> Plan:
    base = told.base
    rules = {rule.code: rule for rule in known.materials} if known else {}
    for file in told.files:
        code = file.said.get("file_code", "")
        if code and not file.made and code not in rules:
            rules[code] = _rule(code, file)
    materials = tuple(sorted(rules.values(), key=lambda rule: rule.code))
    if known:
        grown = known.materials != materials
        return replace(known, materials=materials, plan_version=known.plan_version + 1) if grown else known
    shelf = _SHELF.fullmatch(base.get("archival_code", ""))
    plan = Plan(
        item_code=base["task_code"],
        item_version=int(base["task_version"]),
        plan_version=1,
        item_name=base["task_name"],
        materials=materials,
        retention=Retention(base["retention_period"]),
        retention_reason=REASON,
        security_classification=base["security_classification"],
        accept_unlisted=True,
    )
    return replace(plan, category=shelf["category"], unit=shelf["unit"]) if shelf else plan


def _rule(code: str, file: ToldFile) -> MaterialRule:
    return MaterialRule(
        code=code,
        name=file.said.get("file_standard_name") or code,
        material_class=LETTERS.get(file.said.get("file_class", ""), MaterialClass.APPLICATION),
        obligation=Obligation.OPTIONAL,
        min_count=0,
        sharing=SharingClass(file.said.get("file_share") or SharingClass.CONDITIONAL),
    )


def counters_of(told: ToldPackage) -> tuple[list[CodeSequence], list[CodeSequence]]:
    """Return counters to be made and to be moved on, so that no serial of a rebuilt code is given out again."""
    new, changed = [], []
    for scope, serial in _scopes(told):
        row = CodeSequence.objects.filter(scope=scope).first()
        if row is None:
            new.append(CodeSequence(scope=scope, last=serial))
        elif row.last < serial:
            row.last = serial
            changed.append(row)
    return new, changed


def _scopes(told: ToldPackage) -> Iterator[tuple[str, int]]:
    """Give the scope of each code whose serial stands at its end, as templates have it that end in ``{serial}``."""
    for column, name in (("archival_code", "archival_code"), ("record_code", "electronic_record_code")):
        found = _CODE.fullmatch(told.base.get(name, ""))
        if found:
            yield f"{column}:{found['scope']}{{serial}}", int(found["serial"])
