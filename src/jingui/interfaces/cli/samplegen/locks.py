"""Locks a PDF with a password, for the sample that must not be archived."""

from __future__ import annotations

import io
import warnings

import pikepdf


def encrypted_pdf(content: bytes, *, password: str) -> bytes:
    """Return the PDF encrypted with a user password; old RC4 without random salts, so the bytes are always the same."""
    target = io.BytesIO()
    lock = pikepdf.Encryption(owner=password, user=password, R=3, aes=False, metadata=False)
    with pikepdf.open(io.BytesIO(content)) as pdf, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pdf.save(target, encryption=lock, static_id=True)
    return target.getvalue()
