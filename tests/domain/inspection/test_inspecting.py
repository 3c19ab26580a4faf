from __future__ import annotations

import ast
import copy
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.sound_case import CLOSED, NOW, edited, make_case, make_context, make_file, make_plan

import jingui.domain.inspection as package
from jingui.domain.errors import Invalid
from jingui.domain.inspection import FINDING_CODES, RULES, inspect, report_from_dict, report_to_dict
from jingui.domain.inspection.content_rules import DEFECTS, TOLERATED
from jingui.domain.metadata import ELEMENTS, DataType, Element, MetadataProfile
from jingui.domain.records.terms import ClosureKind, Obligation, Outcome

SOURCES = sorted(Path(package.__file__).parent.glob("*.py"))


def report_of(case=None, plan=None, context=None):
    return inspect(case or make_case(), plan or make_plan(), facts=context or make_context(), now=NOW)


def said(report, code):
    return [finding for finding in report.findings if finding.code == code]


def test_a_sound_case_is_clear_and_nothing_fails():
    report = report_of()

    assert report.verdict == "clear"
    assert report.counts()["failed"] == report.counts()["warned"] == 0
    assert report.counts()["passed"] == sum(rule.is_built for rule in RULES)


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


def test_a_case_without_files_passes_no_rule_about_files():
    case = replace(make_case(), files=())

    outcomes = {finding.rule: finding.outcome for finding in report_of(case).findings}

    for rule in ("GD-1-1", "GD-1-9", "GD-1-10", "GD-1-11", "GD-2-7", "GD-3-3", "GD-3-4", "GD-3-8"):
        assert outcomes[rule] is Outcome.NOT_APPLICABLE


def test_a_file_that_nobody_opened_is_not_passed():
    case = edited(make_case(), "files.0.reading", None)

    report = report_of(case)

    assert {finding.rule for finding in said(report, "not_examined")} == {
        "GD-1-10", "GD-2-7", "GD-3-3", "GD-3-4", "GD-3-8",
    }  # fmt: skip
    assert all(finding.outcome is Outcome.NOT_CHECKED for finding in said(report, "not_examined"))


def test_a_digest_that_was_not_recomputed_is_not_passed():
    report = report_of(edited(make_case(), "files.0.stored_sha256", None))

    assert said(report, "digest_not_recomputed")[0].outcome is Outcome.NOT_CHECKED


def test_a_declared_digest_that_differs_fails():
    assert said(report_of(edited(make_case(), "files.0.declared_sha256", "0" * 64)), "digest_mismatch")


def test_signatures_are_said_to_be_unchecked():
    (finding,) = said(report_of(), "signatures_not_checked")

    assert finding.outcome is Outcome.NOT_CHECKED
    assert finding.params == {"count": "3"}


def test_a_file_without_a_reader_needs_a_person():
    case = edited(edited(make_case(), "files.0.reading.is_readable", None), "files.0.reading.notes", ["no CAD reader"])

    (finding,) = said(report_of(case), "no_reader")

    assert finding.outcome is Outcome.NEEDS_PERSON
    assert "no CAD reader" in finding.evidence


def test_a_file_that_does_not_open_without_a_known_defect_fails():
    assert said(report_of(edited(make_case(), "files.0.reading.is_readable", False)), "file_not_readable")


@pytest.mark.parametrize("defect", [*DEFECTS, "never_seen_before"])
def test_every_defect_of_a_reader_fails_exactly_one_blocking_rule(defect):
    report = report_of(edited(make_case(), "files.0.reading.defects", [[defect, "detail"]]))

    code = DEFECTS.get(defect, ("GD-3-4", "unknown_defect"))[1]
    assert [finding.code for finding in report.blocking_findings()] == [code]


@pytest.mark.parametrize("defect", TOLERATED)
def test_a_tolerated_defect_is_told_and_holds_nothing(defect):
    report = report_of(edited(make_case(), "files.0.reading.defects", [[defect, "detail"]]))

    assert [(f.rule, f.outcome) for f in said(report, "unknown_defect")] == [(TOLERATED[defect], Outcome.WARNED)]
    assert not report.is_blocked


def test_a_wrong_extension_that_the_reader_told_of_is_said_once():
    case = edited(make_case(), "files.0.reading.defects", [["extension_mismatch", ".pdf"]])

    assert [f.code for f in report_of(case).blocking_findings()] == ["extension_not_of_format"]


def test_a_file_that_opens_only_after_repair_and_shows_nothing_fails():
    case = edited(make_case(), "files.0.reading.defects", [["needs_repair", ""]])

    assert said(report_of(edited(case, "files.0.reading.is_readable", False)), "file_not_readable")


def test_an_empty_file_is_found_without_a_reader():
    case = edited(edited(make_case(), "files.0.bytes", 0), "files.0.stored_bytes", 0)

    assert len(said(report_of(case), "content_empty")) == 1


def test_an_unknown_format_fails():
    assert said(report_of(edited(make_case(), "files.0.reading.format_name", "")), "format_unknown")


def test_a_name_without_an_extension_is_only_told():
    assert (
        said(report_of(edited(make_case(), "files.0.name", "申请表")), "extension_missing")[0].outcome is Outcome.WARNED
    )


def test_a_step_that_no_message_told_of_is_found():
    assert said(report_of(edited(make_case(), "files.0.step", "踏勘")), "step_unknown")


def test_a_sound_file_in_place_of_a_broken_one_clears_the_case():
    broken = edited(make_case(), "files.0.reading.is_encrypted", True)
    mended = replace(
        broken, files=(*broken.files, make_file("f-a2", "A01", replaces="f-a", bytes=900, stored_bytes=900))
    )

    context = make_context(scan_results=None)

    assert report_of(broken, context=context).is_blocked
    assert not report_of(mended, context=context).is_blocked


def test_late_files_and_steps_are_told_and_do_not_hold_a_case():
    case = make_case()
    case = replace(case, files=(*case.files, make_file("f-d", "B16")))
    late = replace(case.steps[0], key="s9", started_at=CLOSED + timedelta(days=2), ended_at=CLOSED + timedelta(days=2))
    case = replace(case, steps=(*case.steps, late))

    report = inspect(case, make_plan(), facts=make_context(scan_results=None), now=NOW + timedelta(days=3))

    codes = {finding.code for finding in report.findings if finding.outcome is Outcome.WARNED}
    assert codes == {
        "more_files_than_declared", "more_steps_than_declared", "more_bytes_than_declared", "step_after_closure",
    }  # fmt: skip
    assert not report.is_blocked


def test_fewer_steps_than_declared_hold_a_case():
    assert report_of(edited(make_case(), "closure.declared_steps", 3)).is_blocked


def test_counts_nobody_declared_are_not_checked():
    closure = replace(make_case().closure, declared_files=None, declared_steps=None, declared_bytes=None)
    report = report_of(replace(make_case(), closure=closure))

    assert said(report, "count_not_declared")[0].outcome is Outcome.NOT_CHECKED
    assert said(report, "bytes_not_declared")[0].outcome is Outcome.NOT_CHECKED


def test_an_open_case_is_not_complete():
    report = report_of(replace(make_case(), closure=None))

    assert said(report, "not_closed")
    assert report.is_blocked


@pytest.mark.parametrize("kind", [kind for kind in ClosureKind if kind is not ClosureKind.COMPLETED])
def test_a_case_that_did_not_run_to_its_end_needs_no_result(kind):
    case = make_case()
    closure = replace(case.closure, kind=kind, declared_files=1, declared_steps=1, declared_bytes=1000)
    case = replace(case, closure=closure, files=case.files[:1], steps=case.steps[:1])

    assert not report_of(case).is_blocked


def test_too_few_steps_of_a_completed_case_are_found():
    assert said(report_of(plan=make_plan(min_step_count=3)), "too_few_steps")


def test_unended_steps_and_steps_without_handler_are_told():
    case = edited(edited(make_case(), "steps.0.ended_at", None), "steps.1.handler", "")
    report = report_of(case)

    assert said(report, "step_not_ended")[0].outcome is Outcome.WARNED
    assert said(report, "step_without_handler")[0].outcome is Outcome.WARNED


@pytest.mark.parametrize(
    ("path", "value", "code", "outcome"),
    [
        ("received_at", "1948-12-31T09:00:00+08:00", "year_implausible", Outcome.FAILED),
        ("files.0.formed_at", "1900-01-01T00:00:00+08:00", "year_implausible", Outcome.WARNED),
        ("closure.closed_at", "2031-01-01T09:00:00+08:00", "time_in_future", Outcome.FAILED),
        ("accepted_at", "2024-02-01T09:00:00+08:00", "times_reversed", Outcome.FAILED),
        ("promised_at", "2024-02-01T09:00:00+08:00", "times_reversed", Outcome.WARNED),
        ("steps.0.ended_at", "2024-02-01T09:00:00+08:00", "step_ends_before_start", Outcome.FAILED),
        ("steps.0.started_at", "2024-02-01T09:00:00+08:00", "step_before_receipt", Outcome.WARNED),
        ("files.0.formed_at", "2024-03-09T09:00:00+08:00", "file_formed_after_receipt", Outcome.WARNED),
        ("applicant.id_number", "110105194912310021", "identity_number_implausible", Outcome.WARNED),
    ],
)
def test_implausible_values_are_found(path, value, code, outcome):
    (finding, *_) = said(report_of(edited(make_case(), path, value)), code)

    assert finding.outcome is outcome


def test_a_source_clock_a_little_ahead_is_tolerated():
    case = edited(make_case(), "closure.closed_at", (NOW + timedelta(hours=20)).isoformat())

    assert not said(report_of(case), "time_in_future")


def test_times_are_compared_as_instants():
    case = edited(make_case(), "accepted_at", "2024-03-01T03:00:00+01:00")

    assert not said(report_of(case), "times_reversed")


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\ue000"])
def test_invisible_and_private_characters_are_told(sign):
    report = report_of(edited(make_case(), "title", f"申请{sign}"))

    assert not report.is_blocked
    assert said(report, "special_character") or said(report, "private_use_character")


def test_a_strange_character_in_an_original_name_never_holds_a_case():
    report = report_of(edited(make_case(), "files.0.name", "申请\ufffd.pdf"))

    assert said(report, "special_character")[0].outcome is Outcome.WARNED


@pytest.mark.parametrize(
    ("datatype", "value", "code"),
    [
        (DataType.INTEGER, "三", "value_not_a_number"),
        (DataType.INTEGER, "３", "value_not_a_number"),
        (DataType.TIME, "昨天", "value_not_a_time"),
        (DataType.TIME, "2024-03-01", "value_not_a_time"),
        (DataType.TIME, "2024-03-01T09:00:00+08:00", None),
        (DataType.INTEGER, "3", None),
    ],
)
def test_elements_that_an_installation_adds_are_held_to_their_type(datatype, value, code):
    extra = Element("local", "本地元素", "", datatype, 40, Obligation.OPTIONAL, "metadata.local")
    context = make_context(profile=MetadataProfile(elements=(*ELEMENTS, extra)))

    report = report_of(make_case(metadata={"local": value}), context=context)

    assert [f.code for f in report.findings if f.rule == "GD-1-3"] == [code or "all_well"]


def test_lines_of_an_opinion_are_no_special_characters():
    assert not said(report_of(edited(make_case(), "steps.0.opinion", "同意。\n请办理。\t")), "special_character")


def test_the_same_content_twice_is_told_with_the_first_name():
    case = make_case()
    twin = make_file("f-z", "B16", digests=case.files[0].digests, declared_sha256=case.files[0].declared_sha256)
    case = replace(case, files=(*case.files, replace(twin, stored_sha256=case.files[0].stored_sha256)))

    (finding,) = said(report_of(case), "same_content_twice")

    assert (finding.location, finding.params["other"], finding.outcome) == ("file:f-z", "f-a.pdf", Outcome.WARNED)


def test_an_organisation_without_a_legal_representative_is_told():
    report = report_of(edited(make_case(), "applicant.kind", "organisation"))

    assert [finding.params["element"] for finding in said(report, "conditional_element_empty")] == ["legal_man"]


def test_files_outside_the_plan_and_over_its_counts_are_found():
    case = make_case()
    extra = (make_file("x", "Z99"), make_file("y", "B16"), make_file("z", "B16"))
    report = report_of(replace(case, files=case.files + extra))

    assert [finding.location for finding in said(report, "file_not_in_plan")] == ["file:x"]
    assert [finding.location for finding in said(report, "too_many_files")] == ["file:z"]


def test_repeated_numbers_are_found():
    report = report_of(context=make_context(number_series={"file_sequence": (1, 2, 2)}))

    assert said(report, "number_repeated")[0].params == {"series": "file_sequence", "number": "2"}


def test_a_file_the_scanner_did_not_see_is_not_passed():
    report = report_of(context=make_context(scan_results={"f-a": "", "f-b": ""}))

    assert said(report, "not_scanned")[0].location == "file:f-c"


def test_what_nobody_looked_for_is_not_checked():
    report = report_of(context=make_context(extra_files=None, scan_results=None, number_series={}))

    codes = {finding.code for finding in report.findings if finding.outcome is Outcome.NOT_CHECKED}
    assert {"extra_files_not_listed", "no_scanner", "numbers_not_allotted"} <= codes


def test_no_finding_carries_personal_values():
    case = edited(make_case(), "applicant.id_number", "110105194912310021")
    case = edited(case, "applicant.name", "张\ufffd三")

    text = json.dumps(report_to_dict(report_of(case)), ensure_ascii=False)

    assert "110105194912310021" not in text
    assert "三" not in text.replace("第三", "")


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

    report = report_of(case, context=make_context(scan_results=None))

    for finding in report.findings:
        assert set(finding.params) == set(FINDING_CODES[finding.code])
    assert report_from_dict(report_to_dict(report)) == report
    assert report.is_blocked == any(f.is_blocking and f.outcome is Outcome.FAILED for f in report.findings)


def test_hostile_text_of_a_reader_is_made_harmless_in_the_report():
    case = edited(make_case(), "files.0.reading.defects", [["truncated", "\x1b[2J\ud800" + "x" * 5000]])

    (finding,) = said(report_of(case), "content_truncated")

    assert finding.params["detail"].startswith("\ufffd[2J\ufffdxxx")
    assert len(finding.params["detail"]) == 1000
