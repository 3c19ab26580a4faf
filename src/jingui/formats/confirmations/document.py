"""Lays a confirmation out as a PDF that people read, with the evidence and the pictures of the signature embedded.

The file claims PDF/A-3b (ISO 19005-3), as typst writes it; no validator has looked at it here.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jingui.formats.typesetting import compile_template

EVIDENCE_NAME = "confirmation.json"
SVG_NAME = "signature.svg"
PNG_NAME = "signature.png"


@dataclass(frozen=True, slots=True)
class SheetMaterial:
    """A material on the sheet: its name, how many pages, when confirmed, and the digests of the archived file."""

    name: str
    pages: int
    confirmed_at: str
    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class ConfirmationSheet:
    """What stands on the sheet. ``facts`` are pairs of label and value in their order."""

    title: str
    facts: tuple[tuple[str, str], ...]
    statements: tuple[str, ...]
    materials: Sequence[SheetMaterial]
    signed_at: datetime
    signer: str
    evidence_sha256: str
    evidence_sm3: str


def confirmation_pdf(sheet: ConfirmationSheet, *, evidence: bytes, svg: str, png: bytes) -> bytes:
    """Return the PDF. What is on it comes in as data and can never become markup."""
    data = {
        "title": sheet.title,
        "facts": sheet.facts,
        "statements": sheet.statements,
        "materials": [
            {"name": m.name, "pages": m.pages, "at": m.confirmed_at, "sha256": m.sha256, "sm3": m.sm3}
            for m in sheet.materials
        ],
        "signer": sheet.signer,
        "signed": sheet.signed_at.strftime("%Y-%m-%d %H:%M:%S"),
        "stamp": list(sheet.signed_at.timetuple()[:6]),
        "sha256": sheet.evidence_sha256,
        "sm3": sheet.evidence_sm3,
        "evidence": evidence.decode(),
        "svg": svg,
        "png": list(png),
        "names": [EVIDENCE_NAME, SVG_NAME, PNG_NAME],
    }
    return compile_template(
        "jingui.formats.confirmations",
        "confirmation.typ",
        data=json.dumps(data),
        pdf_standards=["a-3b"],
        timestamp=int(sheet.signed_at.timestamp()),
    )
