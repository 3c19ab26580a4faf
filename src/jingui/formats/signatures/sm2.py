"""Checking SM2 signatures with SM3 (GB/T 32918.2), tolerant of the forms in which writers store r and s."""

from __future__ import annotations

from collections.abc import Iterable

import gmssl_pyx
from asn1crypto import core

from jingui.formats.signatures.sm2_digest import DEFAULT_IDENTITY, ORDER, POINT_BYTES, message_digest

_RAW_BYTES = 64


class _Value(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


def is_signed(
    public: bytes, pieces: Iterable[bytes | memoryview], value: bytes, *, identity: bytes = DEFAULT_IDENTITY
) -> bool:
    """Say whether ``value`` (DER, or r ‖ s) signs the message under the key."""
    numbers = _numbers(value)
    if numbers is None or len(public) != POINT_BYTES:
        return False
    r, s = numbers
    if not (0 < r < ORDER and 0 < s < ORDER) or (r + s) % ORDER == 0:
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
