"""PDF: structure with qpdf (pikepdf), pages and text with pdfium."""

from __future__ import annotations

import re

import pikepdf

from jingui.formats.identification import Identification, named, pdfa_claim
from jingui.formats.reading.pdf_actions import note_active_content
from jingui.formats.reading.pdf_text import load_pages
from jingui.formats.reading.source import Outcome, Source

READER = f"qpdf {pikepdf.__libqpdf_version__}"
LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,12})")
VERSION = re.compile(r"/?(\d\.\d)")
MAX_XMP_BYTES = 4 * 1024**2


def read_pdf(source: Source) -> Outcome:
    """Open a PDF, count and load its pages and take its text.

    An empty user password is encryption too: ISO 19005 and archives forbid it whether or not readers can open it.
    """
    outcome = Outcome(READER)
    if cut := _cut_off(source):
        outcome.defect("truncated", cut)
    try:
        pdf = pikepdf.open(source.path)
    except pikepdf.PasswordError:
        return outcome.refuse("encrypted", "a password is needed to open it")
    except pikepdf.PdfError as error:
        return outcome.refuse("damaged_structure", _plain(str(error), source))
    with pdf:
        _look_into(pdf, source, outcome)
    return outcome


def _look_into(pdf: pikepdf.Pdf, source: Source, outcome: Outcome) -> None:
    if pdf.is_encrypted:
        outcome.refuse("encrypted", "opens with an empty password")
    outcome.identification = _identification(pdf, source.found)
    outcome.page_count = len(pdf.pages)
    if not outcome.page_count:
        outcome.refuse("no_pages")
        return
    note_active_content(pdf, outcome)
    warnings = pdf.get_warnings()
    if warnings:
        outcome.defect("needs_repair", _plain(str(warnings[0]), source))
    load_pages(source, outcome)
    outcome.is_readable = not outcome.has("encrypted", "truncated", "page_missing", "damaged_structure")


def _cut_off(source: Source) -> str:
    """Say why a PDF looks cut off: no end mark, or shorter than its linearization dictionary says."""
    if b"%%EOF" not in source.tail:
        return "no %%EOF at the end"
    length = LINEARIZED_LENGTH.search(source.head)
    return f"{length[1].decode()} bytes expected" if length and int(length[1]) > source.size else ""


def _identification(pdf: pikepdf.Pdf, first: Identification) -> Identification:
    """Name the PDF/A part that XMP claims, or the PDF version, which the catalogue may raise."""
    metadata = pdf.Root.get("/Metadata")
    if isinstance(metadata, pikepdf.Stream) and (claim := pdfa_claim(_xmp(metadata))):
        return named("pdfa", claim)
    raised = VERSION.match(str(pdf.Root.get("/Version", "")))
    version = max(raised[1] if raised else "", first.version if first.format_name == "pdf" else pdf.pdf_version)
    return named("pdf", version)


def _xmp(metadata: pikepdf.Stream) -> bytes:
    try:
        xmp = metadata.read_bytes()[:MAX_XMP_BYTES]
    except pikepdf.PdfError:
        return b""
    return xmp.decode("utf-16", "ignore").encode() if xmp[:2] in (b"\xfe\xff", b"\xff\xfe") else xmp


def _plain(message: str, source: Source) -> str:
    """Take the path of the file out of a message of qpdf."""
    return message.replace(str(source.path), "").lstrip(" :,")
