"""PDF: structure with qpdf (pikepdf), pages and text with pdfium."""

from __future__ import annotations

import re

import pikepdf

from jingui.domain.records.facts import SignatureFact
from jingui.formats.identification import Identification, named, pdfa_claim
from jingui.formats.reading.pdf_actions import note_active_content
from jingui.formats.reading.pdf_contents import check_contents
from jingui.formats.reading.pdf_fonts import note_fonts
from jingui.formats.reading.pdf_opening import opened_pdf
from jingui.formats.reading.pdf_pictures import check_pictures
from jingui.formats.reading.pdf_structure import borrowing_pages, check_frame, check_page_tree
from jingui.formats.reading.pdf_text import load_pages
from jingui.formats.reading.pdfa import check_claim, claim_of, plain_packet
from jingui.formats.reading.resolution import note_scanned_pages
from jingui.formats.reading.source import Outcome, Source
from jingui.formats.signatures.noticing import pdf_signatures

READER = f"qpdf {pikepdf.__libqpdf_version__}"
LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s+(\d{1,12})")
VERSION = re.compile(r"/?(\d\.\d)")
STREAM = re.compile(r"^stream <[^>]*>")
TOLD_WARNINGS = 5
NO_OWN_ENTRY = "xref entry for the xref stream itself is missing"
"""What many makers leave out and no reader needs: where the table of objects stands is told by startxref."""
MAX_XMP_BYTES = 4 * 1024**2


def read_pdf(source: Source) -> Outcome:
    """Open a PDF, count and load its pages and take its text.

    An empty user password is encryption too: ISO 19005 and archives forbid it whether or not readers can open it.
    """
    outcome = Outcome(READER)
    if cut := _cut_off(source):
        outcome.defect("truncated", cut)
    try:
        pdf = opened_pdf(source)
    except pikepdf.PasswordError:
        outcome.signatures = _signatures(source, None)
        return outcome.refuse("encrypted", "a password is needed to open it")
    except pikepdf.PdfError as error:
        outcome.signatures = _signatures(source, None)
        told = _plain(str(error), source)
        # Locked by a method that is not known here, such as certificates, or locked and then damaged.
        return outcome.refuse("encrypted" if "encryption dictionary" in told else "damaged_structure", told)
    with pdf:
        _look_into(pdf, source, outcome)
        outcome.signatures = _signatures(source, pdf)
    return outcome


def _look_into(pdf: pikepdf.Pdf, source: Source, outcome: Outcome) -> None:
    if pdf.is_encrypted:
        outcome.refuse("encrypted", "opens with an empty password")
    check_frame(source, outcome)
    check_page_tree(pdf, outcome)
    outcome.identification = _identification(pdf, source.found)
    outcome.page_count = len(pdf.pages)
    if not outcome.page_count:
        outcome.refuse("no_pages")
        return
    note_active_content(pdf, outcome)
    warnings = [str(warning) for warning in pdf.get_warnings() if NO_OWN_ENTRY not in str(warning)]
    for warning in dict.fromkeys(_plain(warning, source) for warning in warnings[:TOLD_WARNINGS]):
        outcome.defect("needs_repair", warning)
    load_pages(source, outcome)
    note_scanned_pages(pdf, outcome)
    check_contents(pdf, outcome, pages=source.limits.loaded_pages)
    check_pictures(pdf, outcome, pages=source.limits.loaded_pages)
    note_fonts(pdf, outcome, pages=source.limits.loaded_pages)
    _check_claim(pdf, source, outcome)
    outcome.is_readable = not outcome.has("encrypted", "truncated", "page_missing", "damaged_structure")


def _check_claim(pdf: pikepdf.Pdf, source: Source, outcome: Outcome) -> None:
    """Hold a PDF/A claim against the structure. No fault found is no proof, and is told as such."""
    found = outcome.identification
    if found is None or found.format_name != "pdfa" or source.size > source.limits.parsed_bytes:
        return
    claim = claim_of(found.version)
    if claim is None:
        outcome.note("pdfa_fault", f"6.6.4 the part that is claimed is none: PDF/A-{found.version}")
        return
    metadata = pdf.Root.get("/Metadata")
    borrowing = frozenset() if claim.is_first else borrowing_pages(source)
    with source.mapped() as data:
        xmp = _xmp(metadata) if isinstance(metadata, pikepdf.Stream) else b""
        faults = check_claim(pdf, data, claim=claim, xmp=xmp, borrowing=borrowing)
    for clause, what in faults:
        outcome.note("pdfa_fault", f"{clause} {what}")
    if not faults:
        outcome.note("pdfa_unproven", f"PDF/A-{found.version}, structurally checked")


def _signatures(source: Source, pdf: pikepdf.Pdf | None) -> tuple[SignatureFact, ...]:
    with source.mapped() as data:
        return pdf_signatures(data, pdf)


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
        return plain_packet(metadata.read_bytes()[:MAX_XMP_BYTES])
    except pikepdf.PdfError:
        return b""


def _plain(message: str, source: Source) -> str:
    """Take the path of the file out of a message of qpdf."""
    return STREAM.sub("", message.replace(str(source.path), "")).lstrip(" :,")
