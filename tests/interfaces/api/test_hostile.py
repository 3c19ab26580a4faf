"""Names and addresses from somebody who wants out of the folder, into the database, or to make us fall over."""

from __future__ import annotations

import json
import string
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.personas import PREFIX, Integrator, Office, as_json, in_process, pdf

CASES = f"{PREFIX}/cases"
EVIL_NAMES = (
    "../../etc/passwd",
    "..",
    ".",
    "...",
    "a/b.pdf",
    "a\\b.pdf",
    "/etc/passwd",
    "C:\\x.pdf",
    "a\x00.pdf",
    "a\n.pdf",
    " ",
    "\u202efdp.exe",
    "名" * 200,
)


@pytest.mark.parametrize("name", EVIL_NAMES)
def test_a_file_name_that_is_no_name_is_refused_before_the_body_is_taken(
    office: Office, integrator: Integrator, name: str
) -> None:
    refused = integrator.file("N-1", "f1", pdf("one"), name=name)
    assert refused.status == 422
    assert set(refused.problems) == {"name"}
    assert office.staged() == set()


@pytest.mark.parametrize(
    "name", ["CON.pdf", "a?b*c.pdf", "~$x.pdf", "-rf.pdf", "'; DROP TABLE x;--.pdf", "%2e%2e%2f.pdf", "a b.pdf"]
)
def test_odd_names_are_kept_as_sent_and_never_become_paths(office: Office, integrator: Integrator, name: str) -> None:
    integrator.whole_case("N-1")
    assert integrator.file("N-1", "odd", pdf("odd"), name=name, material="A02").status == 201
    office.work()
    assert integrator.get("N-1").json["state"] == "preserved"
    assert office.findings() == []
    paths = [str(path.relative_to(office.home)) for path in office.home.rglob("*")]
    assert not any(".." in path or "DROP" in path for path in paths)


@pytest.mark.parametrize(
    "key", ["..", ".", "a%00b", "%0a", "a%2Fb", "a%5Cb", "%E2%80%AE", "x" * 201, "%ED%A0%80", "%ff"]
)
@pytest.mark.parametrize("place", ["case", "file"])
def test_a_key_in_a_path_that_is_no_key_is_refused(
    office: Office, integrator: Integrator, place: str, key: str
) -> None:
    path = f"{CASES}/{key}/files/f1" if place == "case" else f"{CASES}/N-1/files/{key}"
    reply = integrator.send("PUT", path, b"x", query=[("name", "a.pdf")])
    assert reply.status in {401, 404, 422}
    assert reply.code
    assert office.staged() == set()


def test_a_case_number_in_a_path_follows_the_rules_of_one_in_a_message(integrator: Integrator) -> None:
    for number in ("a b", "a\\b", "."):
        in_message = integrator.case(number)
        assert in_message.problems == {"case_number": "case_number_malformed"}
        for reply in (integrator.file(number, "f1", b"x"), integrator.steps(number, {}), integrator.closure(number)):
            assert reply.status == 422
        assert integrator.get(number).status in {404, 422}


@pytest.mark.parametrize("number", ["%00", "a%00b", "%0a", "%ED%A0%80", "%ff%fe", "x" * 5000, "%F0%9F%92%A9"])
@pytest.mark.parametrize("part", ["", "/inventory", "/receipt"])
def test_asking_for_a_number_that_cannot_be_is_not_found(integrator: Integrator, number: str, part: str) -> None:
    reply = integrator.send("GET", f"{CASES}/{number}{part}")
    # What is not UTF-8 has no signed form of its own, so its signature cannot be right.
    assert (reply.status, reply.code) in {(404, "case_not_found"), (401, "signature_wrong")}


@pytest.mark.parametrize(
    "query", ["name=%ff", "%ff=1", "name=%ED%A0%80", "a&b&c", "=", "&&&", "name=a.pdf&" + "x=1&" * 2000, "x" * 60_000]
)
def test_a_query_that_cannot_be_read_is_refused(office: Office, integrator: Integrator, query: str) -> None:
    path = f"{CASES}/N-1/files/f1"
    signed = integrator.sign("GET", path)
    reply = in_process("PUT", f"{path}?{query}", {"Authorization": signed}, b"x")
    assert reply.status in {400, 401}
    assert reply.code


def test_a_query_parameter_that_nobody_knows_is_refused(office: Office, integrator: Integrator) -> None:
    refused = integrator.file("N-1", "f1", pdf("one"), materiel="A01")
    assert (refused.status, refused.problems) == (422, {"materiel": "unknown_field"})


def test_a_query_parameter_told_twice_is_refused(office: Office, integrator: Integrator) -> None:
    path = f"{CASES}/N-1/files/f1"
    refused = integrator.send("PUT", path, b"x", query=[("name", "a.pdf"), ("name", "b.pdf")])
    assert (refused.status, refused.problems) == (422, {"name": "repeated"})
    assert office.staged() == set()


BOUNDED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
)
FIELDS = (
    "case_number",
    "title",
    "item_code",
    "item_version",
    "applicant",
    "received_at",
    "channel",
    "situations",
    "metadata",
    "steps",
    "kind",
    "closed_at",
    "declared_files",
)


@BOUNDED
@given(message=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=20), VALUES, max_size=8))
def test_no_json_value_makes_the_server_fail(integrator: Integrator, message: dict[str, Any]) -> None:
    body = str_to_bytes(message)
    for path in (CASES, f"{CASES}/H-1/steps", f"{CASES}/H-1/closure"):
        reply = integrator.send("POST", path, body)
        assert reply.status in {201, 400, 409, 422}
        assert reply.status == 201 or reply.code


def str_to_bytes(message: Any) -> bytes:
    """Write JSON with lone surrogates escaped, as some senders do."""
    try:
        return as_json(message)
    except UnicodeEncodeError:
        return json.dumps(message).encode()


SEGMENTS = st.text(alphabet=st.characters(exclude_characters="/"), max_size=30)


@BOUNDED
@given(number=SEGMENTS, key=SEGMENTS, name=st.text(max_size=30), step=st.text(max_size=30))
def test_no_path_or_query_makes_the_server_fail(
    integrator: Integrator, number: str, key: str, name: str, step: str
) -> None:
    def written(text: str) -> str:
        return quote(text.encode("utf-8", "surrogatepass"), safe="")

    path = f"{CASES}/{written(number)}/files/{written(key)}"
    target = f"{path}?name={written(name)}&step={written(step)}"
    try:
        signed = integrator.sign("PUT", path, f"name={written(name)}&step={written(step)}", "")
    except Exception:  # noqa: BLE001 - the client cannot sign it; an attacker sends it all the same
        signed = integrator.sign("PUT", path)
    reply = in_process("PUT", target, {"Authorization": signed}, b"")
    assert reply.status in {400, 401, 404, 405, 422}
    assert reply.code


@BOUNDED
@given(header=st.text(alphabet=string.printable.replace("\r", "").replace("\n", ""), max_size=200))
def test_no_authorization_header_makes_the_server_fail(integrator: Integrator, header: str) -> None:
    reply = in_process("GET", f"{CASES}/N-1", {"Authorization": header}, None)
    assert (reply.status, reply.code[:9]) == (401, "signature")
