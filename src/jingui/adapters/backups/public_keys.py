"""A public key as something that verifies: what a backup holds of the signers of its journal."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from jingui.adapters.signing.verification import verify_signature
from jingui.domain.errors import PermanentFailure
from jingui.ports import Signature


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``ports.Signer`` that can only verify."""

    algorithm: str
    public_key_pem: str

    @property
    def key_id(self) -> str:
        """Short name of the key, of its PEM."""
        return hashlib.sha256(self.public_key_pem.encode()).hexdigest()[:8]

    def sign(self, message: bytes) -> Signature:
        """Refuse: there is no private key. Raises PermanentFailure (``signing_key_missing``)."""
        raise PermanentFailure("signing_key_missing", f"{self.algorithm}: {len(message)} bytes not signed")

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` signs the message."""
        return verify_signature(
            algorithm=self.algorithm, public_key_pem=self.public_key_pem, message=message, value=value
        )
