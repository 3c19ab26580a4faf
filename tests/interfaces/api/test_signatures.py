"""Who may speak: the attacker forges, replays and borrows signatures."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from tests.builders import now
from tests.personas import PREFIX, Integrator, Office, as_json, case_message, file_path, pdf

from jingui.formats import signing
from jingui.usecases.administration import revoke_source_key

CASES = f"{PREFIX}/cases"
BODY = as_json(case_message("N-1"))
DIGEST = signing.content_digest_of(BODY)


def post(
    integrator: Integrator, authorization: str | None, body: bytes = BODY, digest: str = DIGEST
) -> tuple[int, str]:
    reply = integrator.send("POST", CASES, body, digest=digest, authorization=authorization)
    assert reply.headers.get("www-authenticate", "") == ("JG-HMAC-SHA256, JG-HMAC-SM3" if reply.status == 401 else "")
    return reply.status, reply.code


def test_without_a_signature_nobody_is_heard(integrator: Integrator) -> None:
    assert post(integrator, "") == (401, "signature_missing")
    assert integrator.send("GET", f"{CASES}/N-1", authorization="").code == "signature_missing"
    assert integrator.send("PUT", file_path("N-1", "f1"), b"x", authorization="").code == "signature_missing"


@pytest.mark.parametrize(
    "text",
    [
        "Bearer abc",
        "JG-HMAC-SHA256",
        "JG-HMAC-SHA256 ",
        "JG-HMAC-SHA256 key=a,time=1,nonce=aaaaaaaaaaaaaaaa",
        "JG-HMAC-SHA256 key=a,key=a,time=1,nonce=aaaaaaaaaaaaaaaa,signature=" + "0" * 64,
        "JG-HMAC-SHA256 key=a,time=-1,nonce=aaaaaaaaaaaaaaaa,signature=" + "0" * 64,
        "JG-HMAC-SHA256 key=a,time=１,nonce=aaaaaaaaaaaaaaaa,signature=" + "0" * 64,
        "JG-HMAC-SHA256 key=a,time=1,nonce=short,signature=" + "0" * 64,
        "JG-HMAC-SHA256 key=a,time=1,nonce=aaaaaaaaaaaaaaaa,signature=" + "A" * 64,
        "JG-HMAC-SHA256 key=a'--,time=1,nonce=aaaaaaaaaaaaaaaa,signature=" + "0" * 64,
        "JG-HMAC-SHA256 key=a,time=1,nonce=aaaaaaaaaaaaaaaa,signature=" + "0" * 64 + ",x=" + "y" * 5000,
        "\x00\x01",
    ],
)
def test_a_header_that_breaks_the_form_is_malformed(integrator: Integrator, text: str) -> None:
    assert post(integrator, text) == (401, "signature_malformed")


def test_a_forged_signature_is_wrong(integrator: Integrator) -> None:
    assert post(replace(integrator, secret="guessed"), None) == (401, "signature_wrong")


def test_an_unknown_key_is_unknown(integrator: Integrator) -> None:
    assert post(replace(integrator, key_id="jg-nobody"), None) == (401, "key_unknown")


def test_a_revoked_key_is_unknown_at_once(office: Office, integrator: Integrator) -> None:
    assert integrator.case("N-0").status == 201
    revoke_source_key(key_id=integrator.key_id, now=now())
    assert post(integrator, None) == (401, "key_unknown")


@pytest.mark.parametrize(
    ("seconds", "is_heard"), [(-290, True), (290, True), (-310, False), (310, False), (-9e8, False)]
)
def test_the_clock_may_differ_by_five_minutes(integrator: Integrator, seconds: float, is_heard: bool) -> None:
    signed = integrator.sign("POST", CASES, "", DIGEST, at=time.time() + seconds)
    reply = integrator.send("POST", CASES, BODY, digest=DIGEST, authorization=signed)
    assert reply.status == (201 if is_heard else 401)
    assert is_heard or reply.code == "clock_skew"


def test_a_request_played_again_is_refused(integrator: Integrator) -> None:
    signed = integrator.sign("POST", CASES, "", DIGEST)
    assert integrator.send("POST", CASES, BODY, digest=DIGEST, authorization=signed).status == 201
    assert post(integrator, signed) == (401, "nonce_reused")
    read = integrator.sign("GET", f"{CASES}/N-1")
    assert integrator.send("GET", f"{CASES}/N-1", authorization=read).status == 200
    assert integrator.send("GET", f"{CASES}/N-1", authorization=read).code == "nonce_reused"


def test_a_file_played_again_is_refused_and_leaves_nothing(office: Office, integrator: Integrator) -> None:
    path, body = file_path("N-1", "f1"), pdf("one")
    digest = signing.content_digest_of(body)
    signed = integrator.sign("PUT", path, "name=a.pdf", digest)
    sent: dict[str, Any] = {"digest": digest, "authorization": signed, "query": [("name", "a.pdf")]}
    assert integrator.send("PUT", path, body, **sent).status == 201
    staged = office.staged()
    assert integrator.send("PUT", path, body, **sent).code == "nonce_reused"
    assert office.staged() == staged


def test_the_same_nonce_of_two_keys_is_two_nonces(office: Office, integrator: Integrator) -> None:
    for one in (integrator, office.newcomer("另一系统")):
        signed = one.sign("POST", CASES, "", DIGEST, nonce="the-same-nonce-for-both")
        assert one.send("POST", CASES, BODY, digest=DIGEST, authorization=signed).status == 201


@pytest.mark.parametrize("part", ["method", "path", "query", "digest", "body"])
def test_a_signature_holds_for_the_very_request_alone(office: Office, integrator: Integrator, part: str) -> None:
    body = pdf("one")
    told = {
        "method": "PUT",
        "path": file_path("N-1", "f1"),
        "query": "name=a.pdf",
        "digest": signing.content_digest_of(body),
    }
    signed = integrator.sign(told["method"], told["path"], told["query"], told["digest"])
    moved = (
        told
        | {
            "method": {"method": "PATCH"},
            "path": {"path": file_path("N-1", "f2")},
            "query": {"query": "name=b.pdf"},
            "digest": {"digest": signing.content_digest_of(b"other")},
            "body": {},
        }[part]
    )
    target = f"{moved['path']}?{moved['query']}"
    headers = {"Authorization": signed, "Content-Digest": moved["digest"]}
    reply = integrator.carry(moved["method"], target, headers, b"other" if part in {"digest", "body"} else body)
    expected = {"method": (405, "method_not_allowed"), "body": (400, "digest_mismatch")}
    assert (reply.status, reply.code) == expected.get(part, (401, "signature_wrong"))
    assert office.staged() == set()


def test_the_order_and_writing_of_query_pairs_do_not_matter_to_the_signature(integrator: Integrator) -> None:
    body = pdf("one")
    digest, path = signing.content_digest_of(body), file_path("N-1", "f1")
    signed = integrator.sign("PUT", path, "material=A01&name=%E7%94%B3+1%7E.pdf", digest)
    target = f"{path}?name=%e7%94%b3%201~.pdf&material=A01"
    reply = integrator.carry("PUT", target, {"Authorization": signed, "Content-Digest": digest}, body)
    assert reply.status == 201


def test_an_unknown_key_and_a_wrong_signature_are_checked_before_the_body_is_read(
    office: Office, integrator: Integrator
) -> None:
    forger = replace(integrator, secret="guessed")
    assert forger.file("N-1", "f1", b"x" * 10_000).code == "signature_wrong"
    assert office.staged() == set()
