"""Checking SM2 signatures with SM3 (GB/T 32918.2), tolerant of the forms in which writers store r and s."""

from __future__ import annotations

from collections.abc import Iterable

import gmssl_pyx
from asn1crypto import core

from jingui.formats.signatures.algorithms import digest

DEFAULT_IDENTITY = b"1234567812345678"
"""Signer identity where none is agreed, GM/T 0009."""

POINT_BYTES = 64
_RAW_BYTES = 64
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
# a, b and the base point of the curve in GB/T 32918.5, as they enter Z.
_CURVE = bytes.fromhex(
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)


class _Value(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


def message_digest(public: bytes, pieces: Iterable[bytes | memoryview], *, identity: bytes = DEFAULT_IDENTITY) -> bytes:
    """Return e = SM3(Z ‖ M), GB/T 32918.2 §5.5 and §6.1; ``public`` is x ‖ y, 64 bytes."""

    def whole() -> Iterable[bytes | memoryview]:
        yield digest("sm3", ((len(identity) * 8).to_bytes(2, "big") + identity + _CURVE + public,))
        yield from pieces

    return digest("sm3", whole())


def is_signed(
    public: bytes, pieces: Iterable[bytes | memoryview], value: bytes, *, identity: bytes = DEFAULT_IDENTITY
) -> bool:
    """Say whether ``value`` (DER, or r ‖ s) signs the message under the key."""
    numbers = _numbers(value)
    if numbers is None or len(public) != POINT_BYTES:
        return False
    r, s = numbers
    if not (0 < r < _ORDER and 0 < s < _ORDER) or (r + s) % _ORDER == 0:
        return False
    # Written anew in DER: gmssl prints C source lines to stderr for what it cannot parse.
    strict = _Value({"r": r, "s": s}).dump()
    try:
        return bool(gmssl_pyx.sm2_verify_sm3_digest(public, message_digest(public, pieces, identity=identity), strict))
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError):
        return False


def is_plain_value(value: bytes) -> bool:
    """Say whether these bytes are just r and s, with nothing around them (GM/T 0099, signature of type Sign)."""
    return _numbers(value) is not None


def _numbers(value: bytes) -> tuple[int, int] | None:
    if len(value) == _RAW_BYTES and value[0] != 0x30:  # noqa: PLR2004 - not a DER sequence
        return int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    try:
        parsed = _Value.load(value, strict=True)
        return int(parsed["r"].native), int(parsed["s"].native)
    except (ValueError, TypeError, KeyError):
        return None
