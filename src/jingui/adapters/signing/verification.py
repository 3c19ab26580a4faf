"""Verifies a signature by the name of its algorithm, as packages, receipts and checkpoints give it."""

from __future__ import annotations

from jingui.adapters.signing import ed25519, sm2

_VERIFIERS = {ed25519.ALGORITHM: ed25519.verify, sm2.ALGORITHM: sm2.verify}


def verify_signature(*, algorithm: str, public_key_pem: str, message: bytes, value: bytes) -> bool:
    """Say whether ``value`` signs the message under the key. An unknown algorithm or a bad key signs nothing."""
    verifier = _VERIFIERS.get(algorithm)
    return verifier is not None and verifier(public_key_pem=public_key_pem, message=message, value=value)
