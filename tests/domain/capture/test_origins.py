"""What a source says of themes, shared files and called files is checked whole, and kept as it was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jingui.domain.capture.checking import check_case_message, check_file_message, check_shared_file_message
from jingui.domain.capture.provenance import REQUIRED, check_called
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.capture.themes import can_share
from jingui.domain.errors import Invalid
from jingui.domain.records.origins import Origin, Provenance, SharedFrom, ThemePart, ThemeRole

SHA = "ab" * 32
CALL = {"origin": "data_sharing", "system": "人口库", "interface": "Get", "called_at": "2025-03-03T09:05:00+08:00"}
FILE = {"file_key": "f1", "name": "f.json", "sha256": SHA}
CASE = {
    "case_number": "n1",
    "title": "t",
    "item_code": "i",
    "applicant": {"name": "甲"},
    "received_at": "2025-03-03T09:00:00+08:00",
}
THEME = {"number": "T-1", "name": "开办企业", "role": "main", "count": 3}


def problems(check, raw):
    with pytest.raises(Invalid) as refused:
        check(raw)
    return {problem.location: problem.code for problem in refused.value.problems}


def test_a_provenance_is_kept_as_it_was_said():
    told = {**CALL, "response_digest": "SM3:" + "AB" * 32, "requester": "李四", "licence_number": "1.2.156.3005.2"}

    message = check_file_message({**FILE, "provenance": told})

    assert message.provenance == Provenance(
        Origin.DATA_SHARING,
        "人口库",
        "Get",
        datetime.fromisoformat(CALL["called_at"]),
        licence_number="1.2.156.3005.2",
        requester="李四",
        response_digest="sm3:" + "ab" * 32,
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"origin": "elsewhere"}, {"provenance.origin": "not_in_range"}),
        ({"origin": None}, {"provenance.origin": "required"}),
        ({"system": ""}, {"provenance.system": "required"}),
        ({"interface": None}, {"provenance.interface": "required"}),
        ({"called_at": "gestern"}, {"provenance.called_at": "not_a_time"}),
        ({"called_at": "2025-03-03T09:00:00"}, {"provenance.called_at": "time_without_offset"}),
        ({"response_digest": "md5:1"}, {"provenance.response_digest": "response_digest_malformed"}),
        ({"licence_type": "x" * 201}, {"provenance.licence_type": "too_long"}),
        ({"requester": "a\u202eb"}, {"provenance.requester": "control_character"}),
        ({"secret": 1}, {"provenance.secret": "unknown_field"}),
    ],
)
def test_a_provenance_that_is_not_well_told_is_refused(change, found):
    assert problems(check_file_message, {**FILE, "provenance": {**CALL, **change}}) == found


@pytest.mark.parametrize("origin", list(Origin))
def test_each_origin_wants_what_makes_the_call_traceable(origin):
    found = problems(check_file_message, {**FILE, "provenance": {"origin": origin.value}})

    assert found == {f"provenance.{name}": "required" for name in REQUIRED[origin]}


def test_a_call_in_the_future_is_refused_beyond_what_clocks_differ():
    now = datetime(2025, 3, 3, tzinfo=UTC)
    soon = Provenance(Origin.OWN_ISSUE, "x", called_at=now + timedelta(hours=1))

    check_called(soon, now=now, tolerance=timedelta(hours=2))
    check_called(None, now=now, tolerance=timedelta())
    with pytest.raises(Invalid):
        check_called(soon, now=now, tolerance=timedelta(minutes=5))


def test_a_theme_is_kept_as_it_was_said():
    assert check_case_message({**CASE, "theme": THEME}).theme == ThemePart("T-1", "开办企业", ThemeRole.MAIN, 3)
    assert check_case_message({**CASE, "theme": None}).theme is None


@pytest.mark.parametrize(
    ("theme", "found"),
    [
        ({**THEME, "number": ""}, {"theme.number": "required"}),
        ({**THEME, "number": " a"}, {"theme.number": "edge_space"}),
        ({**THEME, "role": "boss"}, {"theme.role": "not_in_range"}),
        ({**THEME, "count": 0}, {"theme.count": "too_small"}),
        ({**THEME, "more": 1}, {"theme.more": "unknown_field"}),
        ("n", {"theme": "wrong_type", "theme.number": "required", "theme.name": "required", "theme.role": "required"}),
    ],
)
def test_a_theme_that_is_not_well_told_is_refused(theme, found):
    assert problems(check_case_message, {**CASE, "theme": theme}) == found


def test_a_shared_file_names_the_other_case_and_file():
    message = check_shared_file_message({**FILE, "shared_from": {"case_number": "n0", "file_key": "f0"}})

    assert message.shared_from == SharedFrom("n0", "f0")
    assert message.file.file_key == "f1"


@pytest.mark.parametrize(
    ("shared", "found"),
    [
        (None, {"shared_from": "required"}),
        ({"case_number": "n0"}, {"shared_from.file_key": "required"}),
        ({"case_number": "n0", "file_key": "f0", "x": 1}, {"shared_from.x": "unknown_field"}),
    ],
)
def test_a_reference_that_names_nothing_is_refused(shared, found):
    assert problems(check_shared_file_message, {**FILE, "shared_from": shared}) == found


def test_a_message_that_says_nothing_new_has_the_digest_it_always_had():
    plain = check_file_message(FILE)

    # Computed before there was provenance; sources resend old messages, and the rows keep their old digests.
    assert message_digest("file", plain) == "ac725f05c6dc31492105ee0e6e9995d50b23778761c68a6f414131382960ce53"
    assert (
        message_digest("case", check_case_message(CASE))
        == "784cae0f396c24212b52955d9de6995a7f46ba7fd45603ef9cfde255371520dd"
    )
    assert message_digest("file", check_file_message({**FILE, "provenance": CALL})) != message_digest("file", plain)


def test_only_a_case_of_a_theme_or_one_not_announced_can_share():
    quoting = check_case_message({**CASE, "metadata": {"a": '"theme":{'}, "title": '"theme":{"number"'})

    assert can_share("")
    assert can_share(message_text(check_case_message({**CASE, "theme": THEME})))
    assert not can_share(message_text(check_case_message(CASE)))
    assert not can_share(message_text(quoting))
