"""Bodies that are wrong: other bytes than stated, too many, or no JSON in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.personas import (
    CLOSED,
    ITEM,
    PREFIX,
    RECEIVED,
    Integrator,
    Office,
    Reply,
    as_json,
    case_message,
    closure_message,
    file_path,
    pdf,
    step_message,
)

from jingui.formats.signing import content_digest_of

CASES = f"{PREFIX}/cases"
NAME = [("name", "a.pdf")]


def put(integrator: Integrator, body: bytes, digest: str | None = None) -> Reply:
    return integrator.send("PUT", file_path("N-1", "f1"), body, query=NAME, digest=digest)


def test_other_bytes_than_stated_are_not_stored(office: Office, integrator: Integrator) -> None:
    refused = put(integrator, b"what came", content_digest_of(b"what was meant"))
    assert (refused.status, refused.code) == (400, "digest_mismatch")
    assert office.staged() == set()
    assert integrator.get("N-1").status == 404


@pytest.mark.parametrize(
    ("digest", "code"),
    [
        ("", "digest_missing"),
        ("md5=:AAAA:", "digest_missing"),
        ("sha-256=abc", "digest_malformed"),
        ("sha-256=:AAAA:", "digest_malformed"),
        ("sha-256=:" + "A" * 43 + "=:, sha-256=:" + "A" * 43 + "=:", "digest_malformed"),
        ("sha-256=:" + "é" * 44 + ":", "digest_malformed"),
    ],
)
def test_a_body_states_its_digest(office: Office, integrator: Integrator, digest: str, code: str) -> None:
    for reply in (put(integrator, b"abc", digest), integrator.send("POST", CASES, b"{}", digest=digest)):
        assert (reply.status, reply.code) == (400, code)
    assert office.staged() == set()


def test_another_digest_beside_sha_256_is_passed_over(integrator: Integrator) -> None:
    assert put(integrator, b"abc", f"sha-512=:AAAA:, {content_digest_of(b'abc')}").status == 201


def test_an_empty_file_is_taken_and_holds_its_case(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    path, query = file_path("N-1", "empty"), [("name", "空.pdf"), ("material", "A02")]
    taken = integrator.send("PUT", path, b"", query=query)
    assert taken.status == 201
    assert taken.json["receipt"]["subject"]["bytes"] == 0
    office.work()
    held = integrator.get("N-1").json
    assert held["state"] == "held"
    assert "file:empty" in {finding["location"] for finding in held["findings"]}


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    office: Office, integrator: Integrator, settings: Any
) -> None:
    object.__setattr__(office.services.instance, "max_file_bytes", 1000)
    assert put(integrator, b"x" * 1000).status == 201
    refused = integrator.file("N-1", "f2", b"x" * 1001)
    assert (refused.status, refused.code) == (413, "file_too_large")
    assert len(office.staged()) == 1


def test_a_json_message_over_four_mebibytes_is_refused(integrator: Integrator) -> None:
    refused = integrator.post(CASES, case_message("N-1", title="长" * 2_000_000))
    assert (refused.status, refused.code) == (413, "message_too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 200_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"item_version": ' + b"9" * 10_000 + b"}",
        b"{'a': 1}",
        b'{"case_number": "\xed\xa0\x80"}',
        b'{"case_number": "N-1", "case_number": "N-2"}',
    ],
)
def test_what_is_not_json_is_called_so(integrator: Integrator, body: bytes) -> None:
    for path in (CASES, f"{CASES}/N-1/steps", f"{CASES}/N-1/closure"):
        refused = integrator.send("POST", path, body)
        assert (refused.status, refused.code) == (400, "body_not_json")


@pytest.mark.parametrize("value", [None, 1, "text", [], [1], True, {}, {"steps": {}}, {"steps": []}, {"steps": [1]}])
def test_json_of_another_shape_is_invalid(integrator: Integrator, value: Any) -> None:
    for path in (CASES, f"{CASES}/N-1/steps", f"{CASES}/N-1/closure"):
        refused = integrator.post(path, value)
        assert (refused.status, refused.code) == (422, "invalid_input")
        assert refused.problems


def test_every_problem_of_a_message_is_told_at_once(integrator: Integrator) -> None:
    bad = case_message("N 1/2", title="", item_code=5, received_at="yesterday", channel="pigeon", region_code="12")
    bad["applicant"] = {"name": "", "shoe_size": 43}
    refused = integrator.post(CASES, bad)
    assert refused.problems == {
        "case_number": "case_number_malformed",
        "title": "required",
        "item_code": "wrong_type",
        "received_at": "not_a_time",
        "channel": "not_in_range",
        "region_code": "region_code_malformed",
        "applicant.name": "required",
        "applicant.shoe_size": "unknown_field",
    }


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "\u202egpj", "\ud800", "a\nb", "\ufffe", "\x7f"])
def test_characters_that_no_record_may_hold_are_refused_by_their_number(integrator: Integrator, text: str) -> None:
    for bad in (
        case_message("N-1", title=text),
        case_message("N-1", note=text),
        case_message("N-1", metadata={text: "x"}),
    ):
        refused = integrator.send("POST", CASES, json.dumps(bad).encode())
        if text == "a\nb" and bad.get("note"):
            assert refused.status == 201  # free metadata may have lines
            continue
        assert (refused.status, set(refused.problems.values())) == (422, {"control_character"})
    step = integrator.send("POST", f"{CASES}/N-1/steps", json.dumps({"steps": [step_message(name=text)]}).encode())
    assert step.problems == {"steps[0].name": "control_character"}


@pytest.mark.parametrize(
    "at",
    [
        "2025-03-03T09:00:00",
        "0001-01-01T00:00:00+00:00",
        "9999-12-31T23:59:59-14:00",
        "2025-02-30T00:00:00Z",
        5,
        "",
        "x" * 99,
    ],
)
def test_times_that_cannot_be_are_refused(integrator: Integrator, at: Any) -> None:
    assert integrator.closure("N-1", closed_at=at).status == 422
    assert integrator.steps("N-1", step_message(at=at)).status == 422
    assert integrator.case("N-1", received_at=at).status == 422


@pytest.mark.parametrize("at", ["1900-01-01T00:00:00+14:00", "2100-12-31T23:59:59-14:00"])
def test_times_at_the_edge_can_be_kept(office: Office, integrator: Integrator, at: str) -> None:
    for reply in (
        integrator.case("N-1", received_at=at, accepted_at=at, promised_at=at),
        integrator.steps("N-1", step_message(at=at, ended_at=at)),
        integrator.closure("N-1", closed_at=at),
    ):
        assert reply.status == 201
    office.work()
    assert integrator.get("N-1").status == 200
    assert office.findings() == []


@pytest.mark.parametrize("count", [-1, 2**31, 2**63, 1.5, "3", True])
def test_counts_that_cannot_be_are_refused(integrator: Integrator, count: Any) -> None:
    refused = integrator.closure("N-1", declared_files=count, declared_steps=count)
    assert set(refused.problems) == {"declared_files", "declared_steps"}


def test_the_largest_counts_can_be_kept(office: Office, integrator: Integrator) -> None:
    integrator.case("N-1")
    most = {"declared_files": 2**31 - 1, "declared_steps": 2**31 - 1, "declared_bytes": 2**63 - 1}
    assert integrator.closure("N-1", **most).status == 201
    office.work()
    assert integrator.get("N-1").json["state"] == "held"


def test_unknown_fields_of_steps_and_closures_are_refused_and_those_of_cases_are_kept(integrator: Integrator) -> None:
    assert integrator.steps("N-1", step_message(colour="red")).problems == {"steps[0].colour": "unknown_field"}
    assert integrator.post(f"{CASES}/N-1/closure", closure_message(colour="red")).problems == {
        "colour": "unknown_field"
    }
    assert integrator.case("N-1", colour="red").status == 201


def test_a_name_told_back_in_a_problem_is_printable(integrator: Integrator) -> None:
    evil = "<script>\x00\ud800" + "x" * 5000
    refused = integrator.send("POST", f"{CASES}/N-1/closure", json.dumps(closure_message() | {evil: 1}).encode())
    (place,) = refused.problems
    assert len(place) <= 60
    assert place.isprintable()


def test_five_hundred_steps_are_taken_and_one_more_is_refused(integrator: Integrator) -> None:
    steps = [step_message(f"s{n}") for n in range(501)]
    assert integrator.steps("N-1", *steps).problems == {"steps": "steps_malformed"}
    assert integrator.steps("N-1", *steps[:500]).status == 201
    assert integrator.get("N-1").json["steps"] == 500


def test_text_as_long_as_the_limits_can_be_kept_on_every_database(office: Office, integrator: Integrator) -> None:
    long = case_message("数" * 50, title="题" * 500, department="部" * 200, situations=["情" * 200] * 50)
    long["metadata"] = {f"{n:0100}": "值" * 4000 for n in range(200)}
    assert integrator.post(CASES, long).status == 201
    step = step_message(
        "键" * 200, "名" * 200, handler="人" * 100, unit="组" * 200, opinion="见" * 2000, action="动" * 50
    )
    assert integrator.steps("数" * 50, step).status == 201
    query = {"name": "件" * 83 + ".pdf", "material": "A" * 50, "title": "标" * 500, "step": "环" * 200}
    assert integrator.file("数" * 50, "键" * 200, pdf("x"), **query).status == 201
    assert integrator.closure("数" * 50, result="果" * 1000, result_number="号" * 200, handler="人" * 100).status == 201
    office.work()
    assert integrator.get("数" * 50).json["state"] == "held"
    assert office.findings() == []


def test_a_message_for_an_item_without_a_plan_or_with_its_own_times_survives(integrator: Integrator) -> None:
    body = as_json(case_message("N-1", item_code=ITEM, accepted_at=RECEIVED, promised_at=CLOSED))
    assert replace(integrator).send("POST", CASES, body).status == 201
