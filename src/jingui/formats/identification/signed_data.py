"""Telling a CMS value by its first bytes: DER, PEM, or the bare Base64 in which mail programs keep it."""

from __future__ import annotations

import base64
import binascii

from jingui.formats.identification.names import UNKNOWN, Identification, named

# Signed data of RFC 5652 and of GB/T 35275, as object identifiers in DER.
SIGNED_DATA = (bytes.fromhex("06092a864886f70d010702"), bytes.fromhex("060a2a811ccf550601040202"))
_LABELS = (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----", b"-----BEGIN SIGNED MESSAGE-----")
_PROBE = 64
_LONGEST_HEADER = 6


def cms(head: bytes) -> Identification:
    """Name a CMS value in DER: a sequence that begins with the identifier of signed data."""
    at = min((place for mark in SIGNED_DATA if (place := head.find(mark, 0, _PROBE)) >= 0), default=-1)
    return named("cms") if 0 <= at <= _LONGEST_HEADER else UNKNOWN


def cms_text(head: bytes) -> Identification:
    """Name a CMS value in PEM or Base64."""
    body = head
    for label in _LABELS:
        body = body.removeprefix(label)
    letters = b"".join(body.split())[:_PROBE]
    try:
        return cms(base64.b64decode(letters[: len(letters) - len(letters) % 4], validate=True))
    except (binascii.Error, ValueError):
        return UNKNOWN
