"""The confirmation of an applicant as a document: the signature drawn, and a readable PDF that carries the evidence."""

from __future__ import annotations

from jingui.formats.confirmations.document import ConfirmationSheet, confirmation_pdf
from jingui.formats.confirmations.signature import signature_png, signature_svg

__all__ = ["ConfirmationSheet", "confirmation_pdf", "signature_png", "signature_svg"]
