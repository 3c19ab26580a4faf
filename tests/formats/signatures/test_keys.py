"""RSA signatures whose block was written by old programs, and blocks that only look like one."""

from __future__ import annotations

import hashlib

import pytest
from asn1crypto.algos import DigestAlgorithmId
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.formats.signatures.authority import octets, seq

from jingui.formats.signatures.algorithms import Scheme
from jingui.formats.signatures.keys import PublicKey, Signed, holds

CONTENT = b"words of a decision"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(key: rsa.RSAPrivateKey, named: bytes, *, padded: int = 0, tail: bytes = b"") -> bytes:
    """Return the value whose block holds this octet string (EMSA-PKCS1-v1_5), made by the private exponent itself."""
    numbers, length = key.private_numbers(), key.key_size // 8
    filling = b"\xff" * (padded or length - 3 - len(named) - len(tail))
    block = b"\x00\x01" + filling + b"\x00" + named + tail
    value = pow(int.from_bytes(block.ljust(length, b"\0")), numbers.d, numbers.public_numbers.n)
    return value.to_bytes(length)


def stands(key: rsa.RSAPrivateKey, value: bytes, name: str = "sha256") -> bool:
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return holds(PublicKey(der), Scheme("rsa", name), Signed("", value), lambda: (CONTENT,))


def said(name: str, *, null: bytes = b"", content: bytes = CONTENT) -> bytes:
    algorithm = DigestAlgorithmId(name).dump()
    return seq(seq(algorithm, null), octets(hashlib.new(name, content).digest()))


@pytest.mark.parametrize("name", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("null", [b"\x05\x00", b""])
def test_a_block_with_and_without_the_null_is_a_signature(key: rsa.RSAPrivateKey, name: str, null: bytes) -> None:
    assert stands(key, signed(key, said(name, null=null)), name)


def test_a_block_that_says_something_else_is_none(key: rsa.RSAPrivateKey) -> None:
    assert not stands(key, signed(key, said("sha256", content=b"other words")))
    assert not stands(key, signed(key, said("sha1")))
    assert not stands(key, signed(key, said("sha256", null=b"\x05\x00\x05\x00")))
    assert not stands(key, signed(key, said("sha256") + b"\0"))


def test_a_short_filling_with_octets_behind_the_digest_is_none(key: rsa.RSAPrivateKey) -> None:
    assert not stands(key, signed(key, said("sha256"), padded=8, tail=b"\x07" * 100))
