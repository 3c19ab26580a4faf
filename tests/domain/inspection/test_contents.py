"""Rules about files: digests, readability, formats, what replaces what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.domain.sound_case import edited, make_case, make_context, make_file, report_of, said

from jingui.domain.inspection.content_rules import DEFECTS, TOLERATED
from jingui.domain.records.terms import Outcome


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


def test_a_sound_file_in_place_of_a_broken_one_clears_the_case():
    broken = edited(make_case(), "files.0.reading.is_encrypted", True)
    mended = replace(
        broken, files=(*broken.files, make_file("f-a2", "A01", replaces="f-a", bytes=900, stored_bytes=900))
    )

    context = make_context(scanner=None)

    assert report_of(broken, context=context).is_blocked
    assert not report_of(mended, context=context).is_blocked


def test_the_same_content_twice_is_told_with_the_first_name():
    case = make_case()
    twin = make_file("f-z", "B16", digests=case.files[0].digests, declared_sha256=case.files[0].declared_sha256)
    case = replace(case, files=(*case.files, replace(twin, stored_sha256=case.files[0].stored_sha256)))

    (finding,) = said(report_of(case), "same_content_twice")

    assert (finding.location, finding.params["other"], finding.outcome) == ("file:f-z", "f-a.pdf", Outcome.WARNED)


def test_a_file_the_scanner_did_not_see_is_not_passed():
    report = report_of(edited(make_case(), "files.2.malware", None))

    assert said(report, "not_scanned")[0].location == "file:f-c"


def test_hostile_text_of_a_reader_is_made_harmless_in_the_report():
    case = edited(make_case(), "files.0.reading.defects", [["truncated", "\x1b[2J\ud800" + "x" * 5000]])

    (finding,) = said(report_of(case), "content_truncated")

    assert finding.params["detail"].startswith("\ufffd[2J\ufffdxxx")
    assert len(finding.params["detail"]) == 1000
