"""Object identifiers of digests and signature algorithms, and digests by their name.

The SM2 and SM3 identifiers are those of GM/T 0006; the others of RFC 8017, RFC 5758, RFC 8410, RFC 8702 and BSI TR-03111.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from jingui.formats.digests import new_hasher

DIGESTS: dict[str, str] = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.7": "sha3_224",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
    "2.16.840.1.101.3.4.2.12": "shake256",
    "1.2.156.10197.1.401": "sm3",
    "1.2.156.10197.1.401.1": "sm3",
}
"""Digest names by object identifier."""

DIGEST_NAMES: dict[str, str] = {
    "md5": "md5",
    "sha1": "sha1",
    "sha-1": "sha1",
    "sha256": "sha256",
    "sha-256": "sha256",
    "sha384": "sha384",
    "sha512": "sha512",
    "sm3": "sm3",
}
"""Digest names as XML documents of writers spell them, lower case."""

SHAKE256_BYTES = 64
SM2_CURVE = "1.2.156.10197.1.301"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a value is checked: ``family`` and the digest that goes with it (``""``: named elsewhere in the signature)."""

    family: str
    digest: str = ""


SCHEMES: dict[str, Scheme] = {
    "1.2.840.113549.1.1.1": Scheme("rsa"),
    "1.2.840.113549.1.1.4": Scheme("rsa", "md5"),
    "1.2.840.113549.1.1.5": Scheme("rsa", "sha1"),
    "1.2.840.113549.1.1.14": Scheme("rsa", "sha224"),
    "1.2.840.113549.1.1.11": Scheme("rsa", "sha256"),
    "1.2.840.113549.1.1.12": Scheme("rsa", "sha384"),
    "1.2.840.113549.1.1.13": Scheme("rsa", "sha512"),
    "1.3.14.3.2.29": Scheme("rsa", "sha1"),
    "2.16.840.1.101.3.4.3.13": Scheme("rsa", "sha3_224"),
    "2.16.840.1.101.3.4.3.14": Scheme("rsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.15": Scheme("rsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.16": Scheme("rsa", "sha3_512"),
    "1.2.840.113549.1.1.10": Scheme("rsa-pss"),
    EC_PUBLIC_KEY: Scheme("ecdsa"),
    "1.2.840.10045.4.1": Scheme("ecdsa", "sha1"),
    "1.2.840.10045.4.3.1": Scheme("ecdsa", "sha224"),
    "1.2.840.10045.4.3.2": Scheme("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": Scheme("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": Scheme("ecdsa", "sha512"),
    "2.16.840.1.101.3.4.3.9": Scheme("ecdsa", "sha3_224"),
    "2.16.840.1.101.3.4.3.10": Scheme("ecdsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.11": Scheme("ecdsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.12": Scheme("ecdsa", "sha3_512"),
    "0.4.0.127.0.7.1.1.4.1.2": Scheme("ecdsa-plain", "sha224"),
    "0.4.0.127.0.7.1.1.4.1.3": Scheme("ecdsa-plain", "sha256"),
    "0.4.0.127.0.7.1.1.4.1.4": Scheme("ecdsa-plain", "sha384"),
    "0.4.0.127.0.7.1.1.4.1.5": Scheme("ecdsa-plain", "sha512"),
    "1.2.840.10040.4.1": Scheme("dsa"),
    "1.2.840.10040.4.3": Scheme("dsa", "sha1"),
    "2.16.840.1.101.3.4.3.2": Scheme("dsa", "sha256"),
    "1.3.101.112": Scheme("ed25519"),
    "1.3.101.113": Scheme("ed448"),
    "1.2.156.10197.1.501": Scheme("sm2", "sm3"),
    SM2_CURVE: Scheme("sm2", "sm3"),
    "1.2.156.10197.1.301.1": Scheme("sm2", "sm3"),
}
"""Signature algorithms by object identifier."""

ALGORITHM_NAMES = {
    "rsa": "RSA",
    "rsa-pss": "RSA-PSS",
    "ecdsa": "ECDSA",
    "ecdsa-plain": "ECDSA",
    "dsa": "DSA",
    "ed25519": "Ed25519",
    "ed448": "Ed448",
    "sm2": "SM2",
}


class UnsupportedAlgorithmError(Exception):
    """The algorithm of a signature is not one that can be checked here; the text names it."""


def digest_name(identifier: str) -> str:
    """Return the name of a digest by its identifier or its spelling. Raises UnsupportedAlgorithmError."""
    name = DIGESTS.get(identifier) or DIGEST_NAMES.get(identifier.strip().lower())
    if name is None:
        raise UnsupportedAlgorithmError(f"digest {identifier[:60]}")
    return name


def scheme(identifier: str, *, digest: str) -> Scheme:
    """Return the scheme of a signature algorithm, with ``digest`` where it names none. Raises UnsupportedAlgorithmError."""
    found = SCHEMES.get(identifier)
    if found is None:
        raise UnsupportedAlgorithmError(f"signature {identifier[:60]}")
    return found if found.digest else Scheme(found.family, digest)


def scheme_name(found: Scheme) -> str:
    """Return how a scheme is written for people: ``SM2-SM3``, ``RSA-SHA256``."""
    name = ALGORITHM_NAMES[found.family]
    return f"{name}-{found.digest.upper().replace('_', '-')}" if found.digest else name


def digest(name: str, pieces: Iterable[bytes | memoryview]) -> bytes:
    """Return the digest of content in pieces. Raises UnsupportedAlgorithmError."""
    if name == "sm3":
        sm3 = new_hasher("sm3")
        for piece in pieces:
            sm3.update(piece)
        return bytes.fromhex(sm3.hexdigest())
    if name == "shake256":
        shake = hashlib.shake_256()
        for piece in pieces:
            shake.update(piece)
        return shake.digest(SHAKE256_BYTES)
    try:
        hasher = hashlib.new(name, usedforsecurity=False)
    except ValueError:
        raise UnsupportedAlgorithmError(f"digest {name}") from None
    for piece in pieces:
        hasher.update(piece)
    return hasher.digest()
