"""Rules about the values of metadata: types, times, plausibility, characters."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.domain.sound_case import NOW, edited, make_case, make_context, report_of, said

from jingui.domain.inspection import report_to_dict
from jingui.domain.metadata.elements import ELEMENTS, DataType, Element
from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records.terms import Obligation, Outcome


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


def test_no_finding_carries_personal_values():
    case = edited(make_case(), "applicant.id_number", "110105194912310021")
    case = edited(case, "applicant.name", "张\ufffd三")

    text = json.dumps(report_to_dict(report_of(case)), ensure_ascii=False)

    assert "110105194912310021" not in text
    assert "三" not in text.replace("第三", "")
