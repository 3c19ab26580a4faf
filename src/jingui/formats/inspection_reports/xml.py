"""The report as XML. The form is kept: readers of a hundred years hence have only this and the Chinese names in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jingui.domain.inspection.indicators import BY_NUMBER, PHASE_TITLES
from jingui.domain.inspection.rules import BY_IDENTIFIER
from jingui.domain.records.terms import Outcome, Property
from jingui.formats.packages.elements import add_group, add_value, moment, root_element, to_bytes

if TYPE_CHECKING:
    from lxml import etree

    from jingui.domain.inspection.report import Finding, Report

Say = Callable[[str, Mapping[str, str]], str]
"""Puts the code of a finding with its values into words."""

FORM = "jingui-inspection-xml/1"
OUTCOMES: dict[Outcome, str] = {
    Outcome.PASSED: "通过",
    Outcome.WARNED: "警告",
    Outcome.FAILED: "不通过",
    Outcome.NEEDS_PERSON: "需人工",
    Outcome.NOT_APPLICABLE: "不适用",
    Outcome.NOT_CHECKED: "未检",
}
PROPERTIES: dict[Property, str] = {
    Property.AUTHENTICITY: "真实性",
    Property.INTEGRITY: "完整性",
    Property.USABILITY: "可用性",
    Property.SECURITY: "安全性",
}
METHODS: dict[str, str] = {"auto": "自动", "configured": "按配置自动", "person": "人工"}


def say_plainly(code: str, params: Mapping[str, str]) -> str:
    """Say a finding by its code and values alone, where there are no words at hand."""
    return "; ".join((code, *(f"{name}={value}" for name, value in sorted(params.items()))))


def report_xml(report: Report, *, say: Say = say_plainly, heading: Mapping[str, str] | None = None) -> bytes:
    """Write the report. ``heading`` are values that name the record, by element name, such as its 档号."""
    root = root_element("inspection_report", "四性检测报告")
    root.set("form", FORM)
    for name, title, value in _head(report):
        add_value(root, name, title, value)
    for name, value in (heading or {}).items():
        add_value(root, name, HEADINGS[name], value)
    _add_counts(root, report)
    by_rule = findings_by_rule(report)
    for prop, title in PROPERTIES.items():
        group = add_group(root, "property", title, id=prop.value)
        for identifier, findings in by_rule.items():
            if findings[0].prop is prop:
                _add_item(group, report, identifier, findings, say)
    inputs = add_group(root, "inputs", "受检内容")
    for key, digest in sorted(report.inputs.items()):
        add_value(inputs, "input", "文件SHA-256摘要", digest, file=key)
    return to_bytes(root)


def findings_by_rule(report: Report) -> dict[str, list[Finding]]:
    """Return the findings of each check item, in the order of the report."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        by_rule[finding.rule].append(finding)
    return by_rule


def _add_counts(root: etree._Element, report: Report) -> None:
    counts, found = add_group(root, "counts", "结果统计"), report.counts()
    for outcome, title in OUTCOMES.items():
        add_value(counts, outcome.value, title, str(found[outcome.value]))


HEADINGS: dict[str, str] = {
    "electronic_record_code": "电子文件号",
    "archival_code": "档号",
    "project_name": "办件名称",
    "department_name": "立档单位",
    "package_version": "信息包版本",
}


def _head(report: Report) -> tuple[tuple[str, str, str], ...]:
    return (
        ("case", "办件标识", report.case_key),
        ("phase", "检测环节", PHASE_TITLES[report.phase]),
        ("inspected_at", "检测时间", moment(report.inspected_at)),
        ("rule_set", "检测依据", report.rule_set),
        ("profile", "检测方案", report.profile),
        ("tool", "检测工具", report.tool),
        ("input_sha256", "受检内容总摘要（SHA-256）", report.input_sha256),
        ("verdict", "检测结论", "不通过" if report.is_blocked else "通过"),
    )


def _add_item(parent: etree._Element, report: Report, identifier: str, findings: list[Finding], say: Say) -> None:
    rule = BY_IDENTIFIER.get(identifier)
    item = add_group(parent, "item", rule.title if rule else identifier, id=identifier)
    if rule:
        indicator = BY_NUMBER[report.phase, rule.indicator]
        add_value(item, "indicator", "检测指标", indicator.title, number=indicator.number)
        add_value(item, "method", "检测方式", METHODS[rule.method])
        add_value(item, "basis", "依据", rule.basis)
    add_value(item, "blocking", "不通过时阻断", "是" if findings[0].is_blocking else "否")
    for finding in findings:
        line = add_group(item, "finding", OUTCOMES[finding.outcome], outcome=finding.outcome.value, code=finding.code)
        for name, title, value in _line(report, finding, say):
            if value:
                add_value(line, name, title, value)


def _line(report: Report, finding: Finding, say: Say) -> tuple[tuple[str, str, str], ...]:
    return (
        ("text", "说明", say(finding.code, finding.params)),
        ("location", "位置", finding.location),
        ("input_sha256", "受检内容摘要", input_of(report, finding)),
        ("tool", "检测工具", finding.tool or report.tool),
        ("evidence", "证据", finding.evidence),
    )


def input_of(report: Report, finding: Finding) -> str:
    """Return the digest of what a finding is about: its file, or all that was inspected."""
    kind, _, key = finding.location.partition(":")
    return report.inputs.get(key, "") if kind == "file" else report.input_sha256
