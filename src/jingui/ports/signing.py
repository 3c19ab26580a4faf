"""What signs on behalf of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with what a stranger needs to check it."""

    algorithm: str
    key_id: str
    value: bytes


class Signer(Protocol):
    """Signs on behalf of this installation."""

    @property
    def algorithm(self) -> str:
        """``Ed25519`` or ``SM2-SM3``."""
        ...

    @property
    def key_id(self) -> str:
        """Short stable name of the key."""
        ...

    @property
    def public_key_pem(self) -> str:
        """The public key as PEM SubjectPublicKeyInfo."""
        ...

    def sign(self, message: bytes) -> Signature:
        """Sign the message."""
        ...

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature of the message."""
        ...
