"""What signs on behalf of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from jingui.domain.packaging.packages import PackageSigner


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with what a stranger needs to check it."""

    algorithm: str
    key_id: str
    value: bytes


class Signer(PackageSigner, Protocol):
    """Signs on behalf of this installation: packages, as the domain asks of a signer, and whatever else it vouches for."""

    def sign(self, message: bytes) -> Signature:
        """Sign the message."""
        ...

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature of the message."""
        ...
