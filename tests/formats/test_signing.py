"""Signed requests: fixed vectors, what a signature covers, and hostile headers."""

from __future__ import annotations

import hashlib
import hmac
from functools import partial
from typing import Any

import pytest

from jingui.domain.errors import Invalid, Refused
from jingui.formats import signing
from jingui.formats.signing import Signable

NONCE = "abcdefghijklmnop"
BODY_DIGEST = signing.content_digest_of(b'{"a":1}')


def signed(request: Signable, **changes: Any) -> signing.Authorization:
    arguments: dict[str, Any] = {"key_id": "k1", "secret": "秘密", "time": 1_700_000_000, "nonce": NONCE} | changes
    return signing.sign(request, **arguments)


def test_the_signed_text_is_the_seven_lines_of_the_contract() -> None:
    request = Signable("put", "/api/v1/cases/a/files/f%201", "name=%E8%A1%A8.pdf&material=A01", BODY_DIGEST)
    assert signing.canonical_request(request, time=1_700_000_000, nonce=NONCE) == (
        b"JG-HMAC-SHA256\nPUT\n/api/v1/cases/a/files/f%201\nmaterial=A01&name=%E8%A1%A8.pdf\n1700000000\n"
        b"abcdefghijklmnop\n" + BODY_DIGEST.encode()
    )


def test_a_request_without_a_body_ends_with_an_empty_line() -> None:
    text = signing.canonical_request(Signable("GET", "/api/v1/keys"), time=1, nonce=NONCE)
    assert text == b"JG-HMAC-SHA256\nGET\n/api/v1/keys\n\n1\nabcdefghijklmnop\n"


def test_the_signature_is_a_plain_hmac_that_anyone_can_make() -> None:
    text = b"JG-HMAC-SHA256\nGET\n/api/v1/keys\n\n1700000000\nabcdefghijklmnop\n"
    wanted = hmac.new("秘密".encode(), text, hashlib.sha256).hexdigest()
    assert signed(Signable("GET", "/api/v1/keys")).signature == wanted


def test_a_written_header_is_read_back_and_verifies() -> None:
    request = Signable("POST", "/api/v1/cases", "", BODY_DIGEST)
    header = signing.format_authorization(signed(request))
    assert signing.verify(request, authorization=signing.parse_authorization(header), secret="秘密")


@pytest.mark.parametrize(
    "other",
    [
        Signable("GET", "/p", "a=1", "d"),
        Signable("PUT", "/p2", "a=1", "d"),
        Signable("PUT", "/p", "a=2", "d"),
        Signable("PUT", "/p", "a=1&a=1", "d"),
        Signable("PUT", "/p", "a=1", "e"),
        Signable("PUT", "/p", "a=1", ""),
    ],
)
def test_a_changed_part_of_the_request_breaks_the_signature(other: Signable) -> None:
    authorization = signed(Signable("PUT", "/p", "a=1", "d"))
    assert not signing.verify(other, authorization=authorization, secret="秘密")


def test_another_secret_breaks_the_signature() -> None:
    request = Signable("GET", "/p")
    assert not signing.verify(request, authorization=signed(request), secret="other")


@pytest.mark.parametrize(
    ("one", "two"), [("b=2&a=1", "a=1&b=2"), ("a=%41", "a=A"), ("a=x+y", "a=x%20y"), ("a=~", "a=%7E")]
)
def test_queries_that_mean_the_same_are_signed_the_same(one: str, two: str) -> None:
    assert signing.canonical_query(one) == signing.canonical_query(two)


def test_an_empty_value_is_signed_and_not_dropped() -> None:
    assert signing.canonical_query("b=&a=1") == "a=1&b="


@pytest.mark.parametrize("query", ["a=%FF", "&".join(f"a{n}=1" for n in range(99)), "a=\udc80"])
def test_a_query_that_cannot_be_read_is_refused(query: str) -> None:
    with pytest.raises(Refused) as caught:
        signing.canonical_query(query)
    assert caught.value.code == "signature_malformed"


def test_a_line_break_in_a_signed_part_is_refused() -> None:
    with pytest.raises(Refused):
        signing.canonical_request(Signable("GET", "/a\n/b"), time=1, nonce=NONCE)


@pytest.mark.parametrize("value", [None, ""])
def test_no_header_is_named_as_missing(value: str | None) -> None:
    with pytest.raises(Refused) as caught:
        signing.parse_authorization(value)
    assert caught.value.code == "signature_missing"


GOOD = f"key=k1,time=1700000000,nonce={NONCE},signature={'0' * 64}"


@pytest.mark.parametrize(
    "value",
    [
        "Bearer abc",
        "JG-HMAC-SHA256",
        "jg-hmac-sha256 " + GOOD,
        f"JG-HMAC-SHA256 {GOOD},key=k2",
        f"JG-HMAC-SHA256 {GOOD},extra=1",
        "JG-HMAC-SHA256 " + GOOD.replace("key=k1,", ""),
        "JG-HMAC-SHA256 " + GOOD.replace("k1", "k 1"),
        "JG-HMAC-SHA256 " + GOOD.replace("1700000000", "-1"),
        "JG-HMAC-SHA256 " + GOOD.replace("1700000000", "١٧"),
        "JG-HMAC-SHA256 " + GOOD.replace(NONCE, "short"),
        "JG-HMAC-SHA256 " + GOOD.replace("0" * 64, "F" * 64),
        "JG-HMAC-SHA256 " + GOOD + "\n",
        "JG-HMAC-SHA256 " + GOOD + "," * 2000,
    ],
)
def test_a_header_out_of_form_is_refused(value: str) -> None:
    with pytest.raises(Refused) as caught:
        signing.parse_authorization(value)
    assert caught.value.code == "signature_malformed"


def test_blanks_after_commas_are_allowed() -> None:
    assert signing.parse_authorization("JG-HMAC-SHA256 " + GOOD.replace(",", ", ")).key_id == "k1"


@pytest.mark.parametrize(("now", "timely"), [(1000, True), (700, True), (1300, True), (1301, False), (699.9, False)])
def test_clocks_may_differ_by_five_minutes(now: float, timely: bool) -> None:
    authorization = signing.Authorization("k", 1000, NONCE, "0" * 64)
    assert signing.is_timely(authorization, now=now) is timely


@pytest.mark.parametrize("change", [{"key_id": "a b"}, {"nonce": "x"}, {"time": -1}])
def test_what_cannot_stand_in_the_header_is_not_signed(change: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        signed(Signable("GET", "/p"), **change)


def test_a_content_digest_is_read_back() -> None:
    assert signing.parse_content_digest(BODY_DIGEST) == hashlib.sha256(b'{"a":1}').digest()


def test_the_content_digest_of_nothing_is_the_known_vector() -> None:
    assert signing.content_digest_of(b"") == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"


def test_other_digest_algorithms_stand_beside() -> None:
    value = f"sha-512=:{'A' * 86}==:, {BODY_DIGEST}"
    assert signing.parse_content_digest(value) == hashlib.sha256(b'{"a":1}').digest()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "digest_missing"),
        ("", "digest_missing"),
        ("sha-512=:AAAA:", "digest_missing"),
        ("sha-256=AAAA", "digest_malformed"),
        ("sha-256=:AAAA:", "digest_malformed"),
        ("sha-256=:AAA:", "digest_malformed"),
        (f"{BODY_DIGEST}, {BODY_DIGEST}", "digest_malformed"),
        ("x" * 5000, "digest_malformed"),
    ],
)
def test_a_bad_content_digest_is_named(value: str | None, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        signing.parse_content_digest(value)
    assert caught.value.code == code


def test_a_request_signed_by_sm3_verifies_and_names_its_scheme() -> None:
    request = Signable("POST", "/api/v1/cases", "", BODY_DIGEST)
    header = signing.format_authorization(signed(request, scheme="JG-HMAC-SM3"))
    assert header.startswith("JG-HMAC-SM3 key=k1,")
    assert signing.verify(request, authorization=signing.parse_authorization(header), secret="秘密")


def test_a_signature_of_one_scheme_is_none_of_the_other() -> None:
    request = Signable("POST", "/api/v1/cases", "", BODY_DIGEST)
    header = signing.format_authorization(signed(request)).replace("SHA256", "SM3")
    assert not signing.verify(request, authorization=signing.parse_authorization(header), secret="秘密")


@pytest.mark.parametrize("key", [b"", b"key", b"k" * 64, b"k" * 65, b"k" * 200])
def test_the_keyed_digest_is_that_of_the_standard_library(key: bytes) -> None:
    wanted = hmac.new(key, b"message", hashlib.sha256).hexdigest()
    assert signing.keyed_digest("sha256", key=key, message=b"message") == wanted


def test_the_keyed_digest_by_sm3_is_that_of_openssl() -> None:
    made = hmac.new(b"key", b"message", partial(hashlib.new, "sm3")).hexdigest()
    assert signing.keyed_digest("sm3", key=b"key", message=b"message") == made
