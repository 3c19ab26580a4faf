"""All rules of a claim, one after the other; a rule that the file's own breakage stops is left out."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from functools import partial

import pikepdf

from jingui.formats.reading.pdfa.attachment_rules import check_files, check_layers
from jingui.formats.reading.pdfa.claims import Checked, Claim
from jingui.formats.reading.pdfa.document_rules import check_annotations, check_catalogue
from jingui.formats.reading.pdfa.file_rules import check_file
from jingui.formats.reading.pdfa.form_rules import check_forms
from jingui.formats.reading.pdfa.metadata_rules import check_metadata
from jingui.formats.reading.pdfa.object_rules import check_objects
from jingui.formats.reading.pdfa.painting import check_painting

CHECKS: tuple[Callable[[Checked], None], ...] = (
    check_file,
    check_metadata,
    check_catalogue,
    check_layers,
    check_forms,
    check_annotations,
    check_objects,
    check_painting,
)
MAX_DEPTH = 2
BROKEN = (
    pikepdf.PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)


def check_claim(
    pdf: pikepdf.Pdf,
    data: mmap.mmap | bytes,
    *,
    claim: Claim,
    xmp: bytes,
    borrowing: frozenset[tuple[int, int]] = frozenset(),
    depth: int = 0,
) -> list[tuple[str, str]]:
    """Return what contradicts the claim: clause of the part claimed, and what is wrong. At most ``MAX_FAULTS``.

    ``borrowing``: the pages whose resources are those of a node above them; ``depth`` counts the documents that this one lies in.
    """

    def holds(inner: pikepdf.Pdf, content: bytes, claimed: Claim, metadata: bytes) -> bool:
        return depth >= MAX_DEPTH or not check_claim(inner, content, claim=claimed, xmp=metadata, depth=depth + 1)

    checked = Checked(pdf, data, claim, xmp, borrowing=borrowing)
    checks: tuple[Callable[[Checked], None], ...] = (*CHECKS, partial(check_files, again=holds))
    for check in checks:
        try:
            check(checked)
        except BROKEN as error:
            checked.fault("6.1", "6.1", f"a structure that cannot be followed ({type(error).__name__})")
    return checked.faults
