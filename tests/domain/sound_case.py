"""A sound case, its plan and context, and a way to change one thing of them by a dotted path."""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass, replace
from datetime import datetime, timedelta, timezone
from enum import Enum
from functools import partial
from typing import Any

from jingui.domain.inspection import Finding, InspectionContext, Report, inspect
from jingui.domain.inspection.subject import PackageFacts, ScannerFact
from jingui.domain.metadata.elements import ELEMENTS
from jingui.domain.preservation.default_formats import DEFAULT_POLICY
from jingui.domain.preservation.format_policy import judge
from jingui.domain.records.facts import (
    ApplicantFact,
    CaseFact,
    ClosureFact,
    Digests,
    FileFact,
    MalwareResult,
    MaterialRule,
    Plan,
    Reading,
    StepFact,
)
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass, Obligation, Retention

ELEMENT_VALUES = {element.identifier: "有" for element in ELEMENTS} | {"project_name": "关于地方教材初审的申请"}
BEIJING = timezone(timedelta(hours=8))
RECEIVED = datetime(2024, 3, 1, 9, 30, tzinfo=BEIJING)
CLOSED = datetime(2024, 3, 12, 16, 0, tzinfo=BEIJING)
NOW = datetime(2024, 3, 12, 16, 5, tzinfo=BEIJING)
ITEM_CODE = "11440000006940116U2440102002003"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def make_file(key: str, material_code: str, **changes: Any) -> FileFact:
    """Return a sound PDF of one material; its content is its key."""
    kind = {"A": MaterialClass.APPLICATION, "B": MaterialClass.PROCESS, "C": MaterialClass.RESULT}
    file = FileFact(
        key=key,
        name=f"{key}.pdf",
        material_code=material_code,
        material_class=kind.get(material_code[:1], MaterialClass.APPLICATION),
        title=f"材料{key}",
        step="",
        bytes=1000,
        digests=Digests(sha256=sha256(key), sm3="a" * 64, sha512="b" * 128),
        declared_sha256=sha256(key),
        received_at=RECEIVED,
        stored_bytes=1000,
        stored_sha256=sha256(key),
        malware=MalwareResult("ClamAV 1.4.3/27000"),
        reading=Reading(format_name="pdfa", mime_type="application/pdf", is_readable=True, page_count=2, reader="pdf"),
    )
    return replace(file, **changes)


def make_plan(**changes: Any) -> Plan:
    """Return a plan of four materials."""
    plan = Plan(
        item_code=ITEM_CODE,
        item_version=1,
        plan_version=1,
        item_name="中小学地方课程教材初审",
        materials=(
            MaterialRule("A01", "申请表", MaterialClass.APPLICATION),
            MaterialRule(
                "A02", "委托书", MaterialClass.APPLICATION, Obligation.CONDITIONAL, min_count=0, condition="委托办理"
            ),
            MaterialRule("B16", "收件通知书", MaterialClass.PROCESS, Obligation.OPTIONAL, min_count=0, max_count=2),
            MaterialRule("C01", "审查决定书", MaterialClass.RESULT, aliases=("C1",)),
        ),
        retention=Retention.YEARS_30,
        retention_reason="普通许可",
        required_steps=("受理",),
    )
    return replace(plan, **changes)


def make_case(**changes: Any) -> CaseFact:
    """Return a closed case that keeps every rule."""
    case = CaseFact(
        key="case-1",
        case_number="440000-20240301-0001",
        source="platform",
        title="关于地方教材初审的申请",
        item_code=ITEM_CODE,
        item_version=1,
        applicant=ApplicantFact(name="欧阳·明", id_type="111", id_number="11010519491231002X"),
        received_at=RECEIVED,
        channel=Channel.ONLINE,
        region_code="440000",
        agency_name="广东省教育厅",
        agency_code="11440000006940116U",
        fonds="0059",
        fonds_name="广东省教育厅",
        accepted_at=RECEIVED + timedelta(hours=2),
        promised_at=CLOSED + timedelta(days=3),
        files=(
            make_file("f-a", "A01", step="收件", formed_at=RECEIVED - timedelta(days=1)),
            make_file("f-b", "B16", step="受理"),
            make_file("f-c", "C01"),
        ),
        steps=(
            StepFact("s1", "收件", RECEIVED, RECEIVED + timedelta(hours=1), "李四"),
            StepFact("s2", "受理", RECEIVED + timedelta(hours=2), RECEIVED + timedelta(hours=3), "王五", "政策处"),
        ),
        closure=ClosureFact(
            ClosureKind.COMPLETED,
            CLOSED,
            result="准予许可",
            result_number="粤教许〔2024〕5号",
            declared_files=3,
            declared_steps=2,
            declared_bytes=3000,
        ),
        metadata={"accept_num": "粤教受〔2024〕5号"},
    )
    return replace(case, **changes)


def make_context(**changes: Any) -> InspectionContext:
    """Return a context in which everything was looked into."""
    context = InspectionContext(
        extra_files=(),
        scanner=ScannerFact("ClamAV 1.4.3/27000"),
        number_series={"file_sequence": (1, 2, 3)},
        codes=(
            "0059-ZW·2024-D30-XZSP-000001",
            "440000-0059-11440000006940116U2440102002003-2024-D30-000001",
        ),
        code_scopes=(
            "0059-ZW·2024-D30-XZSP-{serial}",
            "440000-0059-11440000006940116U2440102002003-2024-D30-{serial}",
        ),
        package=PackageFacts(elements=ELEMENT_VALUES, documents=11, files=3, stated_files=3, tool="jingui"),
        stored_values={"project_name": "关于地方教材初审的申请"},
        tool="jingui",
        judge_format=partial(judge, DEFAULT_POLICY),
    )
    return replace(context, **changes)


def edited(thing: Any, path: str, value: Any) -> Any:
    """Return the thing with the part at the dotted path replaced; JSON values become what stood there before."""
    head, _, rest = path.partition(".")
    if isinstance(thing, tuple):
        index = int(head)
        return (*thing[:index], edited(thing[index], rest, value) if rest else value, *thing[index + 1 :])
    if is_dataclass(thing) and not isinstance(thing, type):
        old = getattr(thing, head)
        return replace(thing, **{head: edited(old, rest, value) if rest else _like(old, value, head)})
    return {**thing, head: edited(thing[head], rest, value) if rest else value}


def _like(old: Any, value: Any, name: str) -> Any:
    if isinstance(value, str) and (isinstance(old, datetime) or name.endswith("_at")):
        return datetime.fromisoformat(value)
    if isinstance(old, Enum):
        return type(old)(value)
    return _tuples(value)


def _tuples(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_tuples(part) for part in value)
    return {name: _tuples(part) for name, part in value.items()} if isinstance(value, dict) else value


def field_names(kind: type) -> set[str]:
    """Return the names of a dataclass's fields."""
    return {field.name for field in fields(kind)}


def report_of(
    case: CaseFact | None = None, plan: Plan | None = None, context: InspectionContext | None = None
) -> Report:
    """Inspect a case, by default the sound one under its own plan."""
    return inspect(case or make_case(), plan or make_plan(), facts=context or make_context(), now=NOW)


def said(report: Report, code: str) -> list[Finding]:
    """Return the findings of one code."""
    return [finding for finding in report.findings if finding.code == code]
