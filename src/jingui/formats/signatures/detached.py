"""CMS values that stand in files of their own (.p7s, .sig): their forms, and what they state to sign."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from asn1crypto import pem

from jingui.formats.signatures.algorithms import UnsupportedAlgorithmError, digest, digest_name
from jingui.formats.signatures.cms_structures import MESSAGE_DIGEST, SignedContent, read_signed_data
from jingui.formats.signatures.der import BROKEN, MalformedError, first_value

Stated = tuple[tuple[str, str], ...]


def der_of(data: bytes) -> bytes:
    """Return the DER of a value in DER, PEM or bare Base64; what is none of them comes back as it is."""
    try:
        if pem.detect(data):
            return bytes(pem.unarmor(data)[2])
        return data if data[:1] == b"\x30" else base64.b64decode(b"".join(data.split()), validate=True)
    except (binascii.Error, ValueError, TypeError):
        return data


def stated_digests(data: bytes) -> tuple[int, Stated]:
    """Return how many signers a value has, and the digests of the content that it states, by algorithm.

    A value without signed attributes states none; one that carries its content states that content's digests.

    Raises:
        MalformedError: it is no signed data.
    """
    found = read_signed_data(der_of(data))
    return len(found.signers), tuple(dict.fromkeys(_stated(found)))


def counted(data: bytes) -> tuple[int, int]:
    """Return how many signers a value has, and how many certificates it carries.

    Raises:
        MalformedError: it is no signed data.
    """
    found = read_signed_data(der_of(data))
    return len(found.signers), len(found.certificates)


def _stated(found: SignedContent) -> Iterator[tuple[str, str]]:
    for row in found.signers:
        try:
            name = digest_name(row.digest)
            value = first_value(row.signed, MESSAGE_DIGEST)
            if value is not None:
                yield name, bytes(value.parse().contents).hex()
            elif found.content is not None:
                yield name, digest(name, (found.content,)).hex()
        except (UnsupportedAlgorithmError, *BROKEN):
            continue


__all__ = ["MalformedError", "counted", "der_of", "stated_digests"]
