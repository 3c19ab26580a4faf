"""All rules of a claim, one after the other; a rule that the file's own breakage stops is left out."""

from __future__ import annotations

import mmap
from collections.abc import Callable

import pikepdf

from jingui.formats.reading.pdfa.claims import Checked, Claim
from jingui.formats.reading.pdfa.document_rules import check_annotations, check_catalogue, check_files
from jingui.formats.reading.pdfa.file_rules import check_file
from jingui.formats.reading.pdfa.metadata_rules import check_metadata
from jingui.formats.reading.pdfa.object_rules import check_objects
from jingui.formats.reading.pdfa.painting import check_painting

CHECKS: tuple[Callable[[Checked], None], ...] = (
    check_file,
    check_metadata,
    check_catalogue,
    check_annotations,
    check_objects,
    check_files,
    check_painting,
)
BROKEN = (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def check_claim(pdf: pikepdf.Pdf, data: mmap.mmap, *, claim: Claim, xmp: bytes) -> list[tuple[str, str]]:
    """Return what contradicts the claim: clause of the part claimed, and what is wrong. At most ``MAX_FAULTS``."""
    checked = Checked(pdf, data, claim, xmp)
    for check in CHECKS:
        try:
            check(checked)
        except BROKEN as error:
            checked.fault("6.1", "6.1", f"a structure that cannot be followed ({type(error).__name__})")
    return checked.faults
