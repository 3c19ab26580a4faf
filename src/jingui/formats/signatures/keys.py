"""Public keys, and whether a value is a signature under one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from asn1crypto import core
from asn1crypto.algos import DigestAlgorithmId
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from jingui.formats.signatures import sm2
from jingui.formats.signatures.algorithms import (
    EC_PUBLIC_KEY,
    SM2_CURVE,
    Scheme,
    UnsupportedAlgorithmError,
    digest,
    digest_name,
)
from jingui.formats.signatures.der import BROKEN, AlgorithmIdentifier, MalformedError, dumped
from jingui.formats.signatures.sm2_digest import POINT_BYTES

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - old signatures are checked, none is made
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}

MAX_RSA_BITS = 16_384
MAX_PLAIN_BYTES = 256 << 20
Pieces = Callable[[], Iterable[bytes | memoryview]]


class _KeyStructure(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", AlgorithmIdentifier), ("key", core.BitString)]


class _PssParameters(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("hash", AlgorithmIdentifier, {"explicit": 0, "optional": True}),
        ("mask", AlgorithmIdentifier, {"explicit": 1, "optional": True}),
        ("salt", core.Integer, {"explicit": 2, "optional": True}),
        ("trailer", core.Integer, {"explicit": 3, "optional": True}),
    ]


class _PlainValue(core.Sequence):  # type: ignore[misc]
    _fields = [("r", core.Integer), ("s", core.Integer)]


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A SubjectPublicKeyInfo: its DER, and for SM2 the point x ‖ y."""

    der: bytes
    sm2_point: bytes = b""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature to be checked: the algorithm as written, its parameters, the digest named beside it, the value."""

    algorithm: str
    value: bytes
    digest: str = ""
    parameters: bytes = b""


def public_key(der: bytes) -> PublicKey:
    """Read a SubjectPublicKeyInfo. Raises MalformedError."""
    try:
        info = _KeyStructure.load(der)
        names = _named(info["algorithm"])
        if SM2_CURVE not in names:
            return PublicKey(der)
        octets = bytes(core.BitString.load(info["key"].dump()).cast(core.OctetBitString).native)
    except BROKEN as error:
        raise MalformedError(f"public key: {error}") from None
    if octets[:1] != b"\x04" or len(octets) != POINT_BYTES + 1:
        raise MalformedError("public key: not an uncompressed SM2 point")
    return PublicKey(der, octets[1:])


def _named(identifier: Any) -> tuple[str, ...]:  # noqa: ANN401 - asn1crypto is untyped
    algorithm = identifier["algorithm"].native
    if algorithm != EC_PUBLIC_KEY:
        return (algorithm,)
    parameters = dumped(identifier["parameters"])
    return (algorithm, core.ObjectIdentifier.load(parameters).native) if parameters[:1] == b"\x06" else (algorithm,)


def holds(key: PublicKey, found: Scheme, signed: Signed, pieces: Pieces) -> bool:
    """Say whether the value signs the content under the key; ``pieces`` gives the content anew each time.

    Raises:
        UnsupportedAlgorithmError: the scheme, key or parameters cannot be checked here.
    """
    if found.family == "sm2" or key.sm2_point:
        return _holds_sm2(key, found, signed, pieces)
    try:
        loaded = load_der_public_key(key.der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnsupportedAlgorithmError(f"key: {error}"[:120]) from None
    check = _CHECKS.get(found.family)
    if check is None:
        raise UnsupportedAlgorithmError(found.family)
    try:
        return check(loaded, found, signed, pieces)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm, *BROKEN) as error:
        raise UnsupportedAlgorithmError(f"{found.family}: {error}"[:120]) from None


def _holds_sm2(key: PublicKey, found: Scheme, signed: Signed, pieces: Pieces) -> bool:
    if not key.sm2_point or found.family not in ("sm2", "ecdsa") or found.digest not in ("sm3", ""):
        raise UnsupportedAlgorithmError(f"{found.family} with another kind of key")
    return sm2.is_signed(key.sm2_point, pieces(), signed.value)


def _prehashed(name: str) -> utils.Prehashed:
    if name not in _HASHES:
        raise UnsupportedAlgorithmError(f"digest {name or 'not named'}")
    return utils.Prehashed(_HASHES[name])


def _rsa(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401 - one of many key classes
    key = _as(key, rsa.RSAPublicKey, found)
    if key.key_size > MAX_RSA_BITS:
        raise UnsupportedAlgorithmError(f"RSA of {key.key_size} bits")
    hashed, hashing = digest(found.digest, pieces()), _prehashed(found.digest)
    try:
        key.verify(signed.value, hashed, padding.PKCS1v15(), hashing)
    except InvalidSignature:
        return _has_old_form(key, signed.value, found.digest, hashed)
    return True


def _has_old_form(key: rsa.RSAPublicKey, value: bytes, name: str, hashed: bytes) -> bool:
    """Say whether a value holds the digest and its algorithm without the NULL that RFC 8017 §9.2 wants after it.

    Older programs wrote it so, Office documents among them. Every octet is still given, so nothing can be forged by it.
    """
    algorithm: bytes = DigestAlgorithmId(name).dump()
    octets = b"\x04" + bytes([len(hashed)]) + hashed
    named = b"\x30" + bytes([len(algorithm)]) + algorithm
    old = b"\x30" + bytes([len(named) + len(octets)]) + named + octets
    return key.recover_data_from_signature(value, padding.PKCS1v15(), None) == old


def _pss(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401
    key = _as(key, rsa.RSAPublicKey, found)
    main, mask, salt = _pss_parameters(signed.parameters)
    if key.key_size > MAX_RSA_BITS:
        raise UnsupportedAlgorithmError(f"RSA of {key.key_size} bits")
    pad = padding.PSS(padding.MGF1(_HASHES[mask]), salt)
    key.verify(signed.value, digest(main, pieces()), pad, _prehashed(main))
    return True


def _pss_parameters(der: bytes) -> tuple[str, str, int]:
    """Read digest, mask digest and salt length; absent ones are SHA-1 and 20 (RFC 8017, appendix A.2.3)."""
    if der[:1] != b"\x30":
        return "sha1", "sha1", 20
    given = _PssParameters.load(der)
    main = mask = "sha1"
    if given["hash"].native is not None:
        main = digest_name(given["hash"]["algorithm"].native)
    if given["mask"].native is not None:
        inner = AlgorithmIdentifier.load(dumped(given["mask"]["parameters"]))
        mask = digest_name(inner["algorithm"].native)
    salt = given["salt"].native
    if main not in _HASHES or mask not in _HASHES:
        raise UnsupportedAlgorithmError(f"RSA-PSS with {main} and {mask}")
    return main, mask, 20 if salt is None else int(salt)


def _ecdsa(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401
    key = _as(key, ec.EllipticCurvePublicKey, found)
    key.verify(signed.value, digest(found.digest, pieces()), ec.ECDSA(_prehashed(found.digest)))
    return True


def _ecdsa_plain(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401
    half = (_as(key, ec.EllipticCurvePublicKey, found).key_size + 7) // 8
    if len(signed.value) != 2 * half:
        # One signature, one value: numbers written shorter or longer are not in this form (BSI TR-03111 §4.1.1).
        return False
    r, s = (int.from_bytes(part, "big") for part in (signed.value[:half], signed.value[half:]))
    der = Signed(signed.algorithm, _PlainValue({"r": r, "s": s}).dump(), signed.digest)
    return _ecdsa(key, found, der, pieces)


def _dsa(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401
    key = _as(key, dsa.DSAPublicKey, found)
    key.verify(signed.value, digest(found.digest, pieces()), _prehashed(found.digest))
    return True


def _edwards(key: Any, found: Scheme, signed: Signed, pieces: Pieces) -> bool:  # noqa: ANN401
    kind = ed25519.Ed25519PublicKey if found.family == "ed25519" else ed448.Ed448PublicKey
    parts, size = [], 0
    for piece in pieces():
        size += len(piece)
        if size > MAX_PLAIN_BYTES:
            raise UnsupportedAlgorithmError(f"{found.family} over more than {MAX_PLAIN_BYTES} bytes")
        parts.append(bytes(piece))
    _as(key, kind, found).verify(signed.value, b"".join(parts))
    return True


def _as(key: Any, kind: type[Any], found: Scheme) -> Any:  # noqa: ANN401
    if not isinstance(key, kind):
        raise UnsupportedAlgorithmError(f"{found.family} with another kind of key")
    return key


_CHECKS: dict[str, Callable[[Any, Scheme, Signed, Pieces], bool]] = {
    "rsa": _rsa,
    "rsa-pss": _pss,
    "ecdsa": _ecdsa,
    "ecdsa-plain": _ecdsa_plain,
    "dsa": _dsa,
    "ed25519": _edwards,
    "ed448": _edwards,
}
