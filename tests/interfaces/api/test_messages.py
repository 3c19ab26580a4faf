"""The four messages as an integrator sends them: again, differently, in any order, too late."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from tests.personas import (
    AGENCY,
    CLOSURE_KINDS,
    ITEM,
    OTHER_ITEM,
    PREFIX,
    Integrator,
    Office,
    Reply,
    case_message,
    in_process,
    pdf,
    step_message,
)

LATE = "2025-04-01T10:00:00+08:00"


def sendings(integrator: Integrator, number: str) -> dict[str, list[Callable[[], Reply]]]:
    """Give each kind of message twice: the message, and a different one under the same key."""
    return {
        "case": [lambda: integrator.case(number), lambda: integrator.case(number, title="另一个标题")],
        "file": [
            lambda: integrator.file(number, "f1", pdf("one")),
            lambda: integrator.file(number, "f1", pdf("two")),
            lambda: integrator.file(number, "f1", pdf("one"), name="别名.pdf"),
        ],
        "steps": [
            lambda: integrator.steps(number, step_message("s1")),
            lambda: integrator.steps(number, step_message("s1", opinion="改了")),
        ],
        "closure": [
            lambda: integrator.closure(number),
            lambda: integrator.closure(number, kind="withdrawn"),
        ],
    }


@pytest.mark.parametrize("kind", ["case", "file", "steps", "closure"])
def test_the_same_message_again_is_answered_with_the_identical_body(
    office: Office, integrator: Integrator, kind: str
) -> None:
    send, *_ = sendings(integrator, "N-1")[kind]
    first, second = send(), send()
    assert (first.status, second.status) == (201, 201)
    assert first.body == second.body
    assert (first.is_replayed, second.is_replayed) == (False, True)


@pytest.mark.parametrize("kind", ["case", "file", "steps", "closure"])
def test_a_different_message_under_the_same_key_is_a_conflict_that_changes_nothing(
    office: Office, integrator: Integrator, kind: str
) -> None:
    send, *others = sendings(integrator, "N-1")[kind]
    first, staged = send(), office.staged()
    for other in others:
        refused = other()
        assert (refused.status, refused.code) == (409, "message_conflict")
    assert send().body == first.body
    assert office.staged() == staged


def test_the_same_meaning_written_differently_is_the_same_message(integrator: Integrator) -> None:
    body = case_message("N-1")
    first = integrator.post(f"{PREFIX}/cases", body)
    again = integrator.post(f"{PREFIX}/cases", dict(reversed(body.items())) | {"department": "", "accepted_at": None})
    assert again.is_replayed
    assert again.body == first.body


def test_one_changed_step_among_known_ones_refuses_the_whole_message(integrator: Integrator) -> None:
    integrator.steps("N-1", step_message("s1"))
    refused = integrator.steps("N-1", step_message("s2"), step_message("s1", opinion="改了"), step_message("s3"))
    assert refused.code == "message_conflict"
    assert integrator.get("N-1").json["steps"] == 1


def test_steps_partly_known_answer_with_one_receipt_each_in_the_order_sent(integrator: Integrator) -> None:
    known = integrator.steps("N-1", step_message("s2")).json["receipts"][0]
    answer = integrator.steps("N-1", step_message("s1"), step_message("s2"), step_message("s3"))
    assert answer.status == 201
    assert not answer.is_replayed
    assert [r["receipt"]["subject"]["step_key"] for r in answer.json["receipts"]] == ["s1", "s2", "s3"]
    assert answer.json["receipts"][1] == known


def test_the_same_step_twice_in_one_message_is_taken_once(integrator: Integrator) -> None:
    assert integrator.steps("N-1", step_message("s1"), step_message("s1")).status == 201
    assert integrator.get("N-1").json["steps"] == 1


def test_two_different_steps_under_one_key_in_one_message_are_invalid(integrator: Integrator) -> None:
    refused = integrator.steps("N-1", step_message("s1"), step_message("s1", opinion="改了"))
    assert (refused.status, refused.code) == (422, "invalid_input")
    assert refused.problems == {"steps[1].step_key": "step_key_twice"}


ORDERS = list(itertools.permutations(["case", "file", "steps", "closure"]))


@pytest.mark.parametrize("order", [*ORDERS[::5], ORDERS[-1]], ids="-".join)
def test_messages_may_come_in_any_order(office: Office, integrator: Integrator, order: tuple[str, ...]) -> None:
    number = "N-1"
    integrator.file(number, "f2", pdf("N-1 f2"), material="C01", name="许可证.pdf")
    for kind in order:
        send = sendings(integrator, number)[kind][0]
        reply: Reply = send()
        assert reply.status == 201
        if "case" in order[order.index(kind) + 1 :]:
            assert integrator.get(number).json["state"] == "expected"
    office.work()
    case = integrator.get(number).json
    assert (case["state"], case["version"], case["files"], case["steps"]) == ("preserved", 1, 2, 1)


def test_a_late_step_and_a_late_file_make_a_new_version_and_flags(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    office.work()
    before = integrator.get("N-1").json
    assert (before["version"], before["flags"]) == (1, [])
    integrator.steps("N-1", step_message("s9", "回访", LATE))
    integrator.file("N-1", "f9", pdf("late"), material="A02", name="补充.pdf")
    office.work()
    after = integrator.get("N-1").json
    assert (after["state"], after["version"], sorted(after["flags"])) == (
        "preserved",
        2,
        ["late_arrival", "late_event"],
    )
    assert (after["archival_code"], after["record_code"]) == (before["archival_code"], before["record_code"])


def test_a_message_of_a_preserved_case_sent_again_makes_no_version(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    office.work()
    integrator.whole_case("N-1")
    assert office.work() == 0
    assert integrator.get("N-1").json["version"] == 1


def test_a_late_step_sent_between_closure_and_inspection_is_flagged_in_the_first_version(
    office: Office, integrator: Integrator
) -> None:
    integrator.whole_case("N-1")
    integrator.steps("N-1", step_message("s9", "回访", LATE))
    office.work()
    case = integrator.get("N-1").json
    assert (case["version"], case["flags"]) == (1, ["late_event"])


def test_a_file_that_replaces_another_stands_in_its_place(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    integrator.file("N-1", "bad", b"no pdf at all", material="A02", name="坏.pdf")
    office.work()
    held = integrator.get("N-1").json
    assert held["state"] == "held"
    assert {(f["code"], f["location"]) for f in held["findings"]} == {("extension_not_of_format", "file:bad")}
    assert integrator.file("N-1", "good", pdf("good"), material="A02", name="好.pdf", replaces="bad").status == 201
    office.work()
    mended = integrator.get("N-1").json
    assert (mended["state"], mended["version"], mended["findings"]) == ("preserved", 1, [])


def test_a_file_cannot_replace_itself(office: Office, integrator: Integrator) -> None:
    refused = integrator.file("N-1", "f1", pdf("one"), replaces="f1")
    assert refused.problems == {"replaces": "replaces_itself"}
    assert office.staged() == set()


@pytest.mark.parametrize("kind", CLOSURE_KINDS)
def test_every_kind_of_end_is_archived(office: Office, integrator: Integrator, kind: str) -> None:
    integrator.whole_case("N-1", kind=kind)
    office.work()
    case = integrator.get("N-1").json
    assert (case["state"], case["version"], case["findings"]) == ("preserved", 1, [])


def test_receipts_of_all_stages_verify_with_the_published_key(office: Office, integrator: Integrator) -> None:
    integrator.whole_case("N-1")
    office.work()
    keys = {key["key_id"]: key for key in in_process("GET", f"{PREFIX}/keys", {}, None).json["keys"]}
    answer = integrator.get("N-1", "receipt").json
    kinds = [signed["receipt"]["kind"] for signed in answer["receipts"]]
    assert sorted(kinds) == sorted(
        [
            "case_received",
            "file_received",
            "file_received",
            "step_received",
            "step_received",
            "case_closed",
            "case_archived",
        ]
    )
    times = [signed["receipt"]["at"] for signed in answer["receipts"]]
    assert times == sorted(times)
    for signed in answer["receipts"]:
        pem = keys[signed["signature"]["key_id"]]["public_key_pem"]
        assert signed["signature"]["algorithm"] == "Ed25519"
        assert is_signed(signed["receipt"], pem, signed["signature"]["value"])
        assert not is_signed(signed["receipt"] | {"case_number": "N-2"}, pem, signed["signature"]["value"])


def test_a_held_case_gets_a_receipt_with_its_findings(office: Office, integrator: Integrator) -> None:
    integrator.case("N-1")
    integrator.steps("N-1", step_message())
    integrator.closure("N-1")
    office.work()
    receipts = integrator.get("N-1", "receipt").json["receipts"]
    held = [signed["receipt"] for signed in receipts if signed["receipt"]["kind"] == "case_held"]
    assert len(held) == 1
    assert "material_missing" in {finding["code"] for finding in held[0]["subject"]["findings"]}


def test_the_inventory_runs_from_the_first_message(integrator: Integrator) -> None:
    integrator.file("N-1", "f1", pdf("one"))
    early = integrator.get("N-1", "inventory").json
    assert early["plan"] is None
    integrator.case("N-1")
    integrator.file("N-1", "odd", pdf("odd"), material="Z99")
    inventory = integrator.get("N-1", "inventory").json
    assert inventory["plan"] == {"item_code": ITEM, "item_version": 1, "version": 1}
    assert [line["code"] for line in inventory["present"]] == ["A01"]
    assert [line["code"] for line in inventory["missing"]] == ["C01"]
    assert [line["file_key"] for line in inventory["unexpected"]] == ["odd"]


def test_an_unknown_item_is_named(integrator: Integrator) -> None:
    refused = integrator.case("N-1", item_code="NO-SUCH-ITEM")
    assert (refused.status, refused.problems) == (422, {"item_code": "item_unknown"})
    refused = integrator.case("N-1", item_version=7)
    assert (refused.status, refused.problems) == (422, {"item_code": "item_unknown"})
    assert integrator.get("N-1").status == 404


def test_a_source_of_one_agency_may_not_send_for_another(office: Office) -> None:
    confined = office.newcomer("只管卫健", AGENCY)
    assert confined.case("N-1").status == 201
    refused = confined.case("N-2", item_code=OTHER_ITEM)
    assert (refused.status, refused.problems) == (422, {"item_code": "item_of_other_agency"})


def test_another_sources_case_does_not_exist_for_a_source(office: Office, integrator: Integrator) -> None:
    stranger = office.newcomer("另一系统")
    integrator.case("N-1", title="甲方的")
    for part in ("", "inventory", "receipt"):
        assert (stranger.get("N-1", part).status, stranger.get("N-1", part).code) == (404, "case_not_found")
    assert stranger.get("N-1").body == stranger.get("NEVER").body
    assert stranger.case("N-1", title="乙方的").status == 201
    assert integrator.get("N-1").json["title"] == "甲方的"


def is_signed(receipt: dict[str, Any], pem: str, value: str) -> bool:
    """Check as a stranger would who knows the contract alone: sorted keys, no spaces, UTF-8."""
    body = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    key: Any = load_pem_public_key(pem.encode())
    try:
        key.verify(base64.b64decode(value), body)
    except InvalidSignature:
        return False
    return True
