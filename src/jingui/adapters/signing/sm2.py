"""SM2 signatures with SM3 (GB/T 32918.2), signer identity 1234567812345678, keys in PKCS#8 and SubjectPublicKeyInfo.

gmssl_pyx signs the digest e = SM3(Z ‖ M), so that a message is never copied. The key forms are short fixed DER
around the key, written here by hand because ``cryptography`` does not know the curve.
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256
from typing import TYPE_CHECKING, Self

import gmssl_pyx

from jingui.adapters.signing.key_files import read_key, write_key
from jingui.domain.errors import PermanentFailure
from jingui.formats.signatures.sm2_digest import ORDER, POINT_BYTES, SCALAR_BYTES, message_digest
from jingui.ports import Signature

if TYPE_CHECKING:
    from pathlib import Path

ALGORITHM = "SM2-SM3"
KEY_FILE = "signing-sm2.pem"
# AlgorithmIdentifier: 1.2.840.10045.2.1 (ecPublicKey) with 1.2.156.10197.1.301 (SM2).
_CURVE_IDENTIFIER = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_PUBLIC_HEAD = bytes.fromhex("3059") + _CURVE_IDENTIFIER + bytes.fromhex("03420004")
# PrivateKeyInfo around ECPrivateKey (RFC 5915) that also holds the public key.
_PRIVATE_HEAD = bytes.fromhex("308187020100") + _CURVE_IDENTIFIER + bytes.fromhex("046d306b0201010420")
_PRIVATE_MIDDLE = bytes.fromhex("a14403420004")
_REFUSALS = (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError)


class Sm2Signer:
    """Signs with one SM2 key; implements ``ports.Signer``."""

    def __init__(self, *, private: bytes, public: bytes) -> None:
        """Keep the key: 32 bytes private, 64 bytes (x, y) public."""
        self._private = private
        self._public = public
        self._key_id = sha256(_PUBLIC_HEAD + public).hexdigest()[:8]
        self._pem = _to_pem("PUBLIC KEY", _PUBLIC_HEAD + public)

    @classmethod
    def create(cls, folder: Path) -> Self:
        """Make a new key and write it into the folder. Raises PermanentFailure if there is one already."""
        public, private = gmssl_pyx.sm2_key_generate()
        der = _PRIVATE_HEAD + private + _PRIVATE_MIDDLE + public
        write_key(folder / KEY_FILE, _to_pem("PRIVATE KEY", der))
        return cls(private=private, public=public)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read the key that ``create`` wrote. Raises PermanentFailure as ``read_key`` and ``from_pem`` do."""
        return cls.from_pem(read_key(folder / KEY_FILE))

    @classmethod
    def from_pem(cls, pem: str) -> Self:
        """Use a key from a secret (PKCS#8 PEM with the public key inside, as OpenSSL writes it, not encrypted).

        Raises:
            PermanentFailure: ``signing_key_unreadable``, also if the two halves do not belong together.
        """
        der = _from_pem("PRIVATE KEY", pem)
        middle = len(_PRIVATE_HEAD) + SCALAR_BYTES
        public = der[middle + len(_PRIVATE_MIDDLE) :]
        signer = cls(private=der[len(_PRIVATE_HEAD) : middle], public=public)
        is_ours = der.startswith(_PRIVATE_HEAD) and der[middle:].startswith(_PRIVATE_MIDDLE)
        if not is_ours or len(public) != POINT_BYTES or not signer._works():
            raise PermanentFailure("signing_key_unreadable", ALGORITHM)
        return signer

    @property
    def algorithm(self) -> str:
        """``SM2-SM3``."""
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
        """Sign the message; the value is the DER sequence of r and s."""
        return Signature(ALGORITHM, self._key_id, self._sign(message))

    def verify(self, message: bytes, value: bytes) -> bool:
        """Say whether ``value`` is this key's signature of the message."""
        return _is_signed(self._public, message, value)

    def _sign(self, message: bytes) -> bytes:
        return bytes(gmssl_pyx.sm2_sign_sm3_digest(self._private, message_digest(self._public, (message,))))

    def _works(self) -> bool:
        try:
            return self.verify(b"jingui", self._sign(b"jingui"))
        except _REFUSALS:
            return False


def verify(*, public_key_pem: str, message: bytes, value: bytes) -> bool:
    """Say whether ``value`` signs the message under the key; an unreadable key signs nothing."""
    try:
        der = _from_pem("PUBLIC KEY", public_key_pem)
    except PermanentFailure:
        return False
    public = der.removeprefix(_PUBLIC_HEAD)
    return der.startswith(_PUBLIC_HEAD) and len(public) == POINT_BYTES and _is_signed(public, message, value)


def _is_signed(public: bytes, message: bytes, value: bytes) -> bool:
    # Strict DER first: one signature has one form, and gmssl writes C source lines to stderr for what it cannot parse.
    if not _is_strict(value):
        return False
    try:
        return bool(gmssl_pyx.sm2_verify_sm3_digest(public, message_digest(public, (message,)), value))
    except _REFUSALS:
        return False


def _is_strict(value: bytes) -> bool:
    """Say whether the value is exactly SEQUENCE { r INTEGER, s INTEGER } in DER, both in [1, n)."""
    if len(value) < 8 or value[0] != 0x30 or value[2] != 0x02:  # noqa: PLR2004
        return False
    split = 4 + value[3]
    r, s = int.from_bytes(value[4:split], "big"), int.from_bytes(value[split + 2 :], "big")
    in_range = all(0 < number < ORDER for number in (r, s))
    return in_range and value == b"\x30" + _with_length(_integer(r) + _integer(s))


def _integer(number: int) -> bytes:
    return b"\x02" + _with_length(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _with_length(content: bytes) -> bytes:
    return bytes([len(content)]) + content


def _to_pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""))


def _from_pem(label: str, pem: str) -> bytes:
    lines = pem.strip().splitlines()
    if len(lines) < 3 or (lines[0], lines[-1]) != (f"-----BEGIN {label}-----", f"-----END {label}-----"):  # noqa: PLR2004
        raise PermanentFailure("signing_key_unreadable", ALGORITHM)
    try:
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PermanentFailure("signing_key_unreadable", ALGORITHM) from error
