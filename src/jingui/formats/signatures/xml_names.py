"""Names of algorithms in XML signatures (XMLDSig Core 1.1, RFC 9231), by which they are known elsewhere here."""

from __future__ import annotations

from asn1crypto import algos

from jingui.formats.signatures.algorithms import DIGESTS, Scheme, digest_name, scheme

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE, MORE_2007, MORE_2021, ENC = (
    "http://www.w3.org/2001/04/xmldsig-more#",
    "http://www.w3.org/2007/05/xmldsig-more#",
    "http://www.w3.org/2021/04/xmldsig-more#",
    "http://www.w3.org/2001/04/xmlenc#",
)
DIGEST_NAMES: dict[str, str] = {
    f"{DS}sha1": "sha1",
    f"{MORE}sha224": "sha224",
    f"{ENC}sha256": "sha256",
    f"{MORE}sha384": "sha384",
    f"{ENC}sha512": "sha512",
    f"{MORE_2007}sha3-224": "sha3_224",
    f"{MORE_2007}sha3-256": "sha3_256",
    f"{MORE_2007}sha3-384": "sha3_384",
    f"{MORE_2007}sha3-512": "sha3_512",
    f"{MORE}sm3": "sm3",
    f"{MORE_2007}sm3": "sm3",
}
SCHEME_NAMES: dict[str, Scheme] = {
    f"{DS}rsa-sha1": Scheme("rsa", "sha1"),
    **{f"{MORE}rsa-sha{size}": Scheme("rsa", f"sha{size}") for size in (224, 256, 384, 512)},
    **{f"{MORE}ecdsa-sha{size}": Scheme("ecdsa-plain", f"sha{size}") for size in (1, 224, 256, 384, 512)},
    **{f"{MORE_2021}ecdsa-sha3-{size}": Scheme("ecdsa-plain", f"sha3_{size}") for size in (224, 256, 384, 512)},
    **{f"{MORE_2007}sha{size}-rsa-MGF1": Scheme("rsa-pss", f"sha{size}") for size in (1, 224, 256, 384, 512)},
    **{f"{MORE_2007}sha3-{size}-rsa-MGF1": Scheme("rsa-pss", f"sha3_{size}") for size in (224, 256, 384, 512)},
    f"{MORE_2021}eddsa-ed25519": Scheme("ed25519"),
    f"{MORE_2021}eddsa-ed448": Scheme("ed448"),
    f"{MORE}sm2-sm3": Scheme("sm2", "sm3"),
    f"{MORE_2007}sm2-sm3": Scheme("sm2", "sm3"),
}
_DIGEST_IDENTIFIERS = {name: identifier for identifier, name in DIGESTS.items()}


def xml_digest_name(uri: str) -> str:
    """Return the name of a digest by its URI. Raises UnsupportedAlgorithmError."""
    return DIGEST_NAMES.get(uri) or digest_name(uri.removeprefix("urn:oid:"))


def xml_scheme(uri: str) -> Scheme:
    """Return a signature scheme by its URI. Raises UnsupportedAlgorithmError."""
    return SCHEME_NAMES.get(uri) or scheme(uri.removeprefix("urn:oid:"), digest="")


def parameters_of(found: Scheme) -> bytes:
    """Return the parameters that a URI implies: for RSA-PSS one digest throughout and a salt as long as that."""
    if found.family != "rsa-pss" or found.digest not in _DIGEST_IDENTIFIERS:
        return b""
    used = {"algorithm": _DIGEST_IDENTIFIERS[found.digest]}
    sizes = {"sha1": 20, "sha224": 28, "sha3_224": 28, "sha256": 32, "sha3_256": 32, "sha384": 48, "sha3_384": 48}
    mask = {"algorithm": "mgf1", "parameters": used}
    given = {"hash_algorithm": used, "mask_gen_algorithm": mask, "salt_length": sizes.get(found.digest, 64)}
    return bytes(algos.RSASSAPSSParams(given).dump())
