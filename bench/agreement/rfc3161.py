"""Time-stamp responses: valid, invalid, without certificate, for another request, with certificates injected."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from asn1crypto import pem
from bench.agreement import Pick, Row

from jingui.formats.signatures.assessment import TIMESTAMP, Context
from jingui.formats.signatures.certificates import read_certificate
from jingui.formats.signatures.chains import Anchor
from jingui.formats.signatures.timestamps import Token, answers_request, check_token, token_of_response

FOLDER = "rfc3161"
TITLE = "time-stamps"
LIBRARY = "trailofbits"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every response, with its chain given and, where that is the question, without."""
    expected = json.loads((folder / "expectations.json").read_text(encoding="utf-8"))
    payload = expected["payload"].encode()
    for name, words in expected["files"].items():
        if pick(name):
            yield from _compare(folder / LIBRARY, name, words, payload)


def _compare(folder: Path, name: str, words: str, payload: bytes) -> Iterator[Row]:
    place = folder / name
    given = _context(place.with_name("ts_chain.pem"))
    token = check_token(token_of_response(place.read_bytes()), lambda: (payload,), context=given)
    request = place.with_name("request.der")
    if "does not match" in words:
        yield _row(f"{name} [request.der]", "no", answers_request(token, request.read_bytes()))
        yield _row(f"{name} [other]", "yes", answers_request(token, place.with_name("other_request.der").read_bytes()))
        return
    if "request.der" in words:
        yield _row(f"{name} [request.der]", "yes", answers_request(token, request.read_bytes()))
    yield _row(name, "no" if words.startswith("invalid") else "yes", token.is_trusted)
    if "only when" in words:
        bare = check_token(token_of_response(place.read_bytes()), lambda: (payload,), context=Context())
        yield _row(f"{name} [nothing given]", "no", bare.is_sound)
    if "Spoofed" in words:
        yield Row(f"{name} [signer]", "not CN=Spoofed TSA", _signer(token), "Spoofed" not in _signer(token))
    wrong = check_token(token_of_response(place.read_bytes()), lambda: (payload + b"!",), context=given)
    yield _row(f"{name} [other payload]", "no", wrong.is_sound)


def _signer(token: Token) -> str:
    return token.assessment.signer.subject if token.assessment.signer else "none"


def _row(name: str, expected: str, found: bool) -> Row:  # noqa: FBT001 - an answer
    return Row(name, expected, "yes" if found else "no", found == (expected == "yes"))


def _context(chain: Path) -> Context:
    certificates = [read_certificate(der) for _, _, der in pem.unarmor(chain.read_bytes(), multiple=True)]
    root = next(certificate for certificate in certificates if certificate.is_self_issued)
    return Context((Anchor(root, frozenset({TIMESTAMP})),), tuple(certificate.der for certificate in certificates))
