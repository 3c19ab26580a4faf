"""The engine of inspection and its report: every rule speaks, every code is worded, reports survive."""

from __future__ import annotations

import ast
import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.sound_case import edited, make_case, make_context, report_of, said

import jingui.domain.inspection as package
from jingui.domain.errors import Invalid
from jingui.domain.inspection import FINDING_CODES, RULES, report_from_dict, report_to_dict
from jingui.domain.inspection.content_rules import DEFECTS
from jingui.domain.records.terms import Outcome

SOURCES = sorted(Path(package.__file__).parent.glob("*.py"))


def test_a_sound_case_is_clear_and_nothing_fails():
    report = report_of()

    assert report.verdict == "clear"
    assert report.counts()["failed"] == report.counts()["warned"] == 0
    assert report.counts()["passed"] == sum(rule.method != "person" and rule.identifier != "GD-2-8" for rule in RULES)


def test_every_rule_speaks_in_every_report():
    assert {finding.rule for finding in report_of().findings} == {rule.identifier for rule in RULES}


def test_one_finding_is_made_for_each_problem():
    case = edited(make_case(), "files.0.stored_bytes", 1)
    case = edited(case, "files.1.stored_bytes", 2)

    assert [finding.location for finding in said(report_of(case), "size_mismatch")] == ["file:f-a", "file:f-b"]


def test_a_failure_of_a_blocking_rule_blocks():
    report = report_of(edited(make_case(), "files.0.reading.is_encrypted", True))

    assert report.is_blocked
    assert {finding.code for finding in report.blocking_findings()} == {"file_encrypted"}


def test_a_warning_does_not_block():
    report = report_of(edited(make_case(), "files.0.reading.format_name", "docx"))

    assert [finding.outcome for finding in said(report, "format_not_long_term")] == [Outcome.WARNED]


def test_a_report_survives_json():
    report = report_of(edited(make_case(), "files.0.reading.is_encrypted", True))

    assert report_from_dict(json.loads(json.dumps(report_to_dict(report)))) == report


@pytest.mark.parametrize(
    ("name", "value"),
    [("verdict", "clear"), ("format", "other"), ("inspected_at", "yesterday"), ("counts", {}), ("findings", [{}])],
)
def test_a_report_that_was_tampered_with_is_refused(name, value):
    told = report_to_dict(report_of(edited(make_case(), "files.0.reading.is_encrypted", True)))

    with pytest.raises(Invalid):
        report_from_dict(copy.deepcopy(told) | {name: value})


def _literals(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_finding_code_is_used_by_a_rule():
    told = {text for path in SOURCES if path.name != "codes.py" for text in _literals(path)}
    counted = {f"{size}_{what}_than_declared" for size in ("fewer", "more") for what in ("files", "steps", "bytes")}

    assert set(FINDING_CODES) <= told | counted


PATHS = st.sampled_from(
    [
        ("title", st.text(max_size=600)),
        ("region_code", st.text(max_size=13)),
        ("files.0.name", st.text(min_size=1, max_size=80)),
        ("files.0.bytes", st.integers(0, 5)),
        ("files.0.reading.format_name", st.sampled_from(["", "pdf", "zip", "docx", "martian"])),
        ("files.0.reading.defects", st.lists(st.tuples(st.sampled_from([*DEFECTS, "odd"]), st.text(max_size=5)))),
        ("files.0.step", st.text(max_size=5)),
        ("files.0.material_code", st.sampled_from(["", "A01", "A02", "X"])),
        ("steps.0.name", st.text(max_size=9)),
        ("closure.declared_files", st.none() | st.integers(0, 9)),
        ("applicant.kind", st.sampled_from(["person", "organisation", "robot"])),
        ("metadata", st.dictionaries(st.text(max_size=5), st.text(max_size=20))),
    ]
)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.lists(PATHS, max_size=4))
def test_findings_of_any_case_carry_exactly_the_values_their_wording_needs(data, changes):
    case = make_case()
    for path, values in changes:
        case = edited(case, path, data.draw(values))

    report = report_of(case, context=make_context(scanner=None))

    for finding in report.findings:
        assert set(finding.params) == set(FINDING_CODES[finding.code])
    assert report_from_dict(report_to_dict(report)) == report
    assert report.is_blocked == any(f.is_blocking and f.outcome is Outcome.FAILED for f in report.findings)
