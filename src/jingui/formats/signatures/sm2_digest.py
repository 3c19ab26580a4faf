"""What an SM2 signature is made over (GB/T 32918.2), with the curve of GB/T 32918.5: for signing and for checking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.digests import new_hasher

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_IDENTITY = b"1234567812345678"
"""Signer identity where none is agreed, GM/T 0009."""

POINT_BYTES, SCALAR_BYTES = 64, 32
ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
# a, b and the base point of the curve, as they enter Z.
_CURVE = bytes.fromhex(
    "fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc"
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93"
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)


def message_digest(public: bytes, pieces: Iterable[bytes | memoryview], *, identity: bytes = DEFAULT_IDENTITY) -> bytes:
    """Return e = SM3(Z ‖ M), GB/T 32918.2 §5.5 and §6.1; ``public`` is x ‖ y, 64 bytes."""
    signer = new_hasher("sm3")
    signer.update((len(identity) * 8).to_bytes(2, "big") + identity + _CURVE + public)
    digest = new_hasher("sm3")
    digest.update(bytes.fromhex(signer.hexdigest()))
    for piece in pieces:
        digest.update(piece)
    return bytes.fromhex(digest.hexdigest())
