"""Ed25519 (RFC 8032), keys as PKCS#8 and SubjectPublicKeyInfo (RFC 8410)."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from jingui.adapters.signing.key_files import read_key, write_key
from jingui.domain.errors import PermanentFailure
from jingui.ports import Signature

if TYPE_CHECKING:
    from pathlib import Path

ALGORITHM = "Ed25519"
KEY_FILE = "signing-ed25519.pem"


class Ed25519Signer:
    """Signs with one Ed25519 key; implements ``ports.Signer``."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        """Keep the key and derive what names it."""
        self._private = private
        self._public = private.public_key()
        spki = self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self._key_id = sha256(spki).hexdigest()[:8]
        self._pem = self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make a new key and write it into the folder. Raises PermanentFailure if there is one already."""
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        write_key(folder / KEY_FILE, pem)
        return cls(private)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the key that ``create`` wrote. Raises PermanentFailure as ``read_key`` and ``from_pem`` do."""
        return cls.from_pem(read_key(folder / KEY_FILE))

    @classmethod
    def from_pem(cls, pem: str) -> Self:
        """Use a key from a secret (PKCS#8 PEM, not encrypted).

        Raises:
            PermanentFailure: ``signing_key_unreadable``.
        """
        try:
            private = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise PermanentFailure("signing_key_unreadable", ALGORITHM) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise PermanentFailure("signing_key_unreadable", ALGORITHM)
        return cls(private)

    @property
    def algorithm(self) -> str:
        """``Ed25519``."""
        return ALGORITHM

    @property
    def key_id(self) -> str:
        """First eight hexadecimal digits of the SHA-256 of the SubjectPublicKeyInfo."""
        return self._key_id

    @property
    def public_key_pem(self) -> str:
        """The public key as PEM SubjectPublicKeyInfo."""
        return self._pem

    def sign(self, message: bytes) -> Signature:
        """Sign the message; the value is 64 bytes."""
        return Signature(ALGORITHM, self._key_id, self._private.sign(message))

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature of the message."""
        return _is_signed(self._public, message, value)


def verify(*, public_key_pem: str, message: bytes, value: bytes) -> bool:
    """Say whether ``value`` signs the message under the key; an unreadable key signs nothing."""
    try:
        public = load_pem_public_key(public_key_pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        return False
    return isinstance(public, Ed25519PublicKey) and _is_signed(public, message, value)


def _is_signed(public: Ed25519PublicKey, message: bytes, value: bytes) -> bool:
    try:
        public.verify(value, message)
    except InvalidSignature:
        return False
    return True
