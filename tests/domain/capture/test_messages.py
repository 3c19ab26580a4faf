from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jingui.domain.capture.checking import (
    CAPTURE_PROBLEM_CODES,
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.capture.sameness import message_digest
from jingui.domain.errors import Invalid
from jingui.domain.metadata.fields import PROBLEM_CODES
from jingui.domain.records.terms import Channel, ClosureKind, MaterialClass

CASE = {
    "case_number": "440000-20240301-0001",
    "title": "关于地方教材初审的申请",
    "item_code": "11440000006940116U2440102002003",
    "item_version": 1,
    "applicant": {"name": "欧阳·明", "kind": "person", "id_type": "111", "id_number": "11010519491231002X"},
    "received_at": "2024-03-01T09:30:00+08:00",
    "accepted_at": None,
    "channel": "counter",
    "region_code": "440000",
    "situations": ["委托办理"],
    "metadata": {"accept_num": "粤教受〔2024〕5号"},
}
STEP = {
    "step_key": "s1",
    "name": "受理",
    "started_at": "2024-03-01T09:30:00+08:00",
    "handler": "李四",
    "opinion": "同意\n请办",
}
CLOSURE = {"kind": "completed", "closed_at": "2024-03-12T16:00:00+08:00", "declared_files": 3, "declared_bytes": 10**12}
FILE = {"file_key": "f1", "name": "申请表（欧阳·明）.pdf", "material_code": "A01", "step": "收件", "sha256": "A" * 64}
KINDS = [
    (check_case_message, CASE),
    (check_step_message, STEP),
    (check_closure_message, CLOSURE),
    (check_file_message, FILE),
]
CODES = PROBLEM_CODES | CAPTURE_PROBLEM_CODES


def problems_of(check, raw):
    """Return where and why a message is refused; the values needed for the wording must be there."""
    with pytest.raises(Invalid) as failure:
        check(raw)
    for problem in failure.value.problems:
        assert set(problem.params) == set(CODES[problem.code])
    return [(problem.location, problem.code) for problem in failure.value.problems]


def test_a_case_message_is_read():
    message = check_case_message(CASE)

    assert message.received_at == datetime.fromisoformat("2024-03-01T09:30:00+08:00")
    assert message.channel is Channel.COUNTER
    assert message.applicant.name == "欧阳·明"
    assert message.situations == ("委托办理",)
    assert message.metadata == {"accept_num": "粤教受〔2024〕5号"}


def test_a_short_case_message_takes_defaults():
    short = {name: CASE[name] for name in ("case_number", "title", "item_code", "received_at")} | {
        "applicant": {"name": "甲"}
    }

    message = check_case_message(short)

    assert (message.item_version, message.channel, message.metadata) == (None, Channel.OTHER, {})


def test_fields_we_do_not_know_are_kept_as_metadata():
    message = check_case_message(
        CASE | {"investment_no": "2024-44", "is_project": True, "visits": 0, "extra": {"b": [1]}}
    )

    assert message.metadata == {
        "investment_no": "2024-44",
        "is_project": "true",
        "visits": "0",
        "extra": '{"b": [1]}',
        "accept_num": "粤教受〔2024〕5号",
    }


def test_all_problems_of_a_case_message_are_told_at_once():
    bad = CASE | {"case_number": "a/b", "title": "", "received_at": "today", "channel": "fax", "region_code": "99"}

    assert problems_of(check_case_message, bad) == [
        ("case_number", "case_number_malformed"),
        ("title", "required"),
        ("received_at", "not_a_time"),
        ("channel", "not_in_range"),
        ("region_code", "region_code_malformed"),
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"applicant": None}, ("applicant.name", "required")),
        ({"applicant": []}, ("applicant", "wrong_type")),
        ({"applicant": {"name": "甲", "phone": "1"}}, ("applicant.phone", "unknown_field")),
        ({"applicant": {"name": "甲", "kind": "robot"}}, ("applicant.kind", "not_in_range")),
        ({"item_version": "1"}, ("item_version", "wrong_type")),
        ({"case_number": "4" * 51}, ("case_number", "too_long")),
        ({"situations": "委托"}, ("situations", "wrong_type")),
        ({"metadata": []}, ("metadata", "wrong_type")),
        ({"metadata": {"a": "\x00"}}, ("metadata.a", "control_character")),
        ({"metadata": {"a": "字" * 4001}}, ("metadata.a", "too_long")),
        ({"metadata": {str(n): "" for n in range(201)}}, ("metadata", "too_many")),
        ({"metadata": {"a": "1"}, "a": "2"}, ("metadata.a", "metadata_twice")),
        ({"x\ud800": "1"}, ("metadata.x\\ud800", "control_character")),
    ],
)
def test_a_bad_part_of_a_case_message_is_told(changes, problem):
    assert problem in problems_of(check_case_message, CASE | changes)


def test_a_step_message_is_read():
    message = check_step_message(STEP)

    assert (message.step_key, message.opinion, message.ended_at) == ("s1", "同意\n请办", None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"step_key": ""}, ("step_key", "required")),
        ({"started_at": "2024-03-01T09:30:00"}, ("started_at", "time_without_offset")),
        ({"colour": "red"}, ("colour", "unknown_field")),
        ({"name": "受\n理"}, ("name", "control_character")),
    ],
)
def test_a_bad_part_of_a_step_message_is_told(changes, problem):
    assert problem in problems_of(check_step_message, STEP | changes)


def test_a_closure_message_is_read():
    message = check_closure_message(CLOSURE)

    assert (message.kind, message.declared_files, message.declared_steps) == (ClosureKind.COMPLETED, 3, None)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"kind": ""}, ("kind", "required")),
        ({"kind": "done"}, ("kind", "not_in_range")),
        ({"declared_files": -1}, ("declared_files", "too_small")),
        ({"declared_bytes": 2**63}, ("declared_bytes", "too_large")),
        ({"declared_steps": True}, ("declared_steps", "wrong_type")),
    ],
)
def test_a_bad_part_of_a_closure_message_is_told(changes, problem):
    assert problem in problems_of(check_closure_message, CLOSURE | changes)


def test_a_file_message_is_read_and_its_digest_is_lower_case():
    message = check_file_message(FILE | {"material_class": "result", "replaces": "f0"})

    assert message.name == "申请表（欧阳·明）.pdf"
    assert message.sha256 == "a" * 64
    assert message.material_class is MaterialClass.RESULT
    assert message.replaces == "f0"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"file_key": "a/b"}, ("file_key", "file_key_malformed")),
        ({"file_key": ".."}, ("file_key", "file_key_malformed")),
        ({"file_key": "a\u200bb"}, ("file_key", "file_key_malformed")),
        ({"file_key": "k" * 201}, ("file_key", "too_long")),
        ({"name": "../../etc/passwd"}, ("name", "file_name_malformed")),
        ({"name": "a\\b.pdf"}, ("name", "file_name_malformed")),
        ({"name": "."}, ("name", "file_name_malformed")),
        ({"name": "  "}, ("name", "file_name_malformed")),
        ({"name": "a\x00.pdf"}, ("name", "control_character")),
        ({"name": "字" * 86}, ("name", "too_long")),
        ({"sha256": "g" * 64}, ("sha256", "sha256_malformed")),
        ({"sha256": "a" * 63}, ("sha256", "sha256_malformed")),
        ({"sha256": ""}, ("sha256", "required")),
        ({"material_code": "A 1"}, ("material_code", "material_code_malformed")),
        ({"material_class": "other"}, ("material_class", "not_in_range")),
        ({"replaces": "f1"}, ("replaces", "replaces_itself")),
        ({"replaces": "a/b"}, ("replaces", "file_key_malformed")),
        ({"formed_at": "1.3.2024"}, ("formed_at", "not_a_time")),
    ],
)
def test_a_bad_part_of_a_file_message_is_told(changes, problem):
    assert problem in problems_of(check_file_message, FILE | changes)


@pytest.mark.parametrize("name", ["a.pdf ", " 前有空格.pdf", "无扩展名", "字" * 85, "𠮷.ofd", "a;b&c'\"?.xml"])
def test_odd_original_names_are_kept_byte_for_byte(name):
    assert check_file_message(FILE | {"name": name}).name == name


@pytest.mark.parametrize(("check", "raw"), KINDS)
def test_the_same_message_has_the_same_digest_whatever_its_order(check, raw):
    turned = dict(reversed(raw.items()))

    assert message_digest("k", check(raw)) == message_digest("k", check(turned))


def test_another_writing_of_the_same_time_is_the_same_message():
    other = CASE | {"received_at": "2024-03-01 09:30:00.000+08:00"}

    assert message_digest("case", check_case_message(CASE)) == message_digest("case", check_case_message(other))


@pytest.mark.parametrize(("check", "raw"), KINDS)
def test_any_change_of_a_text_changes_the_digest(check, raw):
    digests = {message_digest("k", check(raw))}
    texts = [
        name for name, value in raw.items() if isinstance(value, str) and name in {"title", "name", "handler", "step"}
    ]
    for name in texts:
        digests.add(message_digest("k", check(raw | {name: raw[name] + "x"})))

    assert len(digests) == len(texts) + 1


def test_messages_of_different_kinds_never_share_a_digest():
    message = check_step_message(STEP)

    assert message_digest("step", message) != message_digest("late_step", message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(("check", "raw"), KINDS)
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_no_message_breaks_a_check(check, raw, data):
    name = data.draw(st.sampled_from(sorted(raw)) | st.text(max_size=9))
    changed = raw | {name: data.draw(JSON)}
    problems, message = _tried(check, changed)

    assert bool(problems) == (message is None)
    assert all(set(problem.params) == set(CODES[problem.code]) for problem in problems)
    assert message is None or len(message_digest("k", message)) == 64


def _tried(check, raw):
    try:
        return (), check(raw)
    except Invalid as refusal:
        return refusal.problems, None
