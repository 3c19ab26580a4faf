"""Project Wycheproof's vectors, through the functions that the product calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.agreement import Pick, Row
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, scheme
from jingui.formats.signatures.keys import Signed, holds, public_key
from jingui.formats.signing import keyed_digest

FOLDER = "wycheproof"
TITLE = "ECDSA P-256, HMAC-SM3, SM4-GCM"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"
Case = dict[str, Any]


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare every vector of the three files."""
    for name, check in _CHECKS.items():
        groups = json.loads((folder / name).read_text(encoding="utf-8"))["testGroups"]
        for group in groups:
            for case in group["tests"]:
                place = f"{name.partition('_test')[0]} {case['tcId']} {case['comment']}"
                if pick(place):
                    found = "valid" if check(group, case) else "invalid"
                    is_same = found == case["result"] or case["result"] == "acceptable"
                    yield Row(place, case["result"], found, is_same)


def _ecdsa(group: Case, case: Case) -> bool:
    signed = Signed(_ECDSA_SHA256, bytes.fromhex(case["sig"]))
    message = bytes.fromhex(case["msg"])
    key = public_key(bytes.fromhex(group["publicKeyDer"]))
    try:
        return holds(key, scheme(_ECDSA_SHA256, digest=""), signed, lambda: (message,))
    except UnsupportedAlgorithmError:
        return False


def _hmac(group: Case, case: Case) -> bool:
    key, message = bytes.fromhex(case["key"]), bytes.fromhex(case["msg"])
    made = keyed_digest("sm3", key=key, message=message)
    return bool(made[: group["tagSize"] // 4] == case["tag"])


def _gcm(group: Case, case: Case) -> bool:
    iv, tag = bytes.fromhex(case["iv"]), bytes.fromhex(case["tag"])
    try:
        mode = modes.GCM(iv, tag, min_tag_length=group["tagSize"] // 8)
        decryptor = Cipher(algorithms.SM4(bytes.fromhex(case["key"])), mode).decryptor()
        decryptor.authenticate_additional_data(bytes.fromhex(case["aad"]))
        plain = decryptor.update(bytes.fromhex(case["ct"])) + decryptor.finalize()
    except (InvalidTag, ValueError):
        return False
    return bool(plain.hex() == case["msg"])


_CHECKS: dict[str, Callable[[Case, Case], bool]] = {
    "ecdsa_secp256r1_sha256_test.json": _ecdsa,
    "hmac_sm3_test.json": _hmac,
    "sm4_gcm_test.json": _gcm,
}
