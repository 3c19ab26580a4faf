"""Official sample values of SM3, SM4 and SM2, and values that must be refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.agreement import Pick, Row
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jingui.formats.signatures import sm2, sm2_digest
from jingui.formats.signatures.algorithms import digest

FOLDER = "gm"
TITLE = "SM2, SM3, SM4"
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every vector."""
    vectors = json.loads((folder / "gm_standard_vectors.json").read_text(encoding="utf-8"))
    every = [*_sm3(vectors), *_sm4(vectors), *(row for one in vectors["sm2_sign"] for row in _sm2(one))]
    yield from (row for row in every if pick(row.file))


def _equal(name: str, expected: str, found: str) -> Row:
    return Row(name, expected, found, expected == found)


def _sm3(vectors: dict[str, Any]) -> Iterator[Row]:
    for vector in vectors["sm3"]:
        message = bytes.fromhex(vector["msg_hex"])
        yield _equal(f"sm3 {len(message)} bytes", vector["digest"], digest("sm3", (message,)).hex())


def _sm4(vectors: dict[str, Any]) -> Iterator[Row]:
    for vector in vectors["sm4"]:
        encryptor = Cipher(algorithms.SM4(bytes.fromhex(vector["key"])), modes.ECB()).encryptor()
        block = bytes.fromhex(vector["pt"])
        yield _equal("sm4 once", vector["ct_1"], encryptor.update(block).hex())
        for _ in range(1_000_000):
            block = encryptor.update(block)
        yield _equal("sm4 a million times", vector["ct_1000000"], block.hex())


def _sm2(vector: dict[str, Any]) -> Iterator[Row]:
    public, identity = bytes.fromhex(vector["px"] + vector["py"]), vector["id"].encode()
    message, value = vector["msg"].encode(), bytes.fromhex(vector["r"] + vector["s"])
    found = sm2_digest.message_digest(public, (message,), identity=identity).hex()
    yield _equal("sm2 e", vector["e"], found)
    r, s = int(vector["r"], 16), int(vector["s"], 16)
    cases = {
        "as given": (value, identity, "valid"),
        "s flipped": (value[:-1] + bytes([value[-1] ^ 1]), identity, "invalid"),
        "another identity": (value, b"ALICE123@YAHOO.COM", "invalid"),
        "r = 0": (_raw(0, s), identity, "invalid"),
        "s = 0": (_raw(r, 0), identity, "invalid"),
        "r + s = n": (_raw(r, _ORDER - r), identity, "invalid"),
        "s + n": (_raw(r, s + _ORDER) if s + _ORDER < 1 << 256 else _raw(_ORDER, s), identity, "invalid"),
    }
    for name, (changed, who, expected) in cases.items():
        is_held = sm2.is_signed(public, (message,), changed, identity=who)
        yield _equal(f"sm2 {name}", expected, "valid" if is_held else "invalid")


def _raw(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
