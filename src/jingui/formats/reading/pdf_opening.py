"""Opening a PDF with qpdf, also one whose object numbers qpdf holds for impossible."""

from __future__ import annotations

import io
import re
from contextlib import suppress

import pikepdf

from jingui.formats.reading.source import Source

NUMBERS = re.compile(rb"(?<!\d)(\d{1,7}) \d{1,5} obj\b|/Size[ \r\n]+(\d{1,7})(?!\d)")
LARGEST_NUMBER = 8_388_607  # ISO 32000-1 annex C
BYTES_PER_OBJECT = 3
END = b"startxref"


def opened_pdf(source: Source, *, inherits: bool = True) -> pikepdf.Pdf:
    """Open a PDF; without ``inherits`` its pages keep to what stands in themselves.

    qpdf takes no object number above a third of the file's bytes, though numbers need not be dense (ISO 32000-1 §7.3.10):
    a page taken out of a long document and saved with its old numbers is refused. Such a file is given the room.

    Raises:
        pikepdf.PdfError: it cannot be opened; PasswordError: not without a password.
    """
    try:
        return pikepdf.open(source.path, inherit_page_attributes=inherits)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        roomy = _with_room(source)
        if roomy is not None:
            with suppress(pikepdf.PdfError):
                return pikepdf.open(roomy, inherit_page_attributes=inherits)
        raise


def _with_room(source: Source) -> io.BytesIO | None:
    """Set blank lines and the end once more behind a file whose numbers are too high for its size."""
    if source.size > BYTES_PER_OBJECT * LARGEST_NUMBER:
        return None
    data = source.whole()
    highest = max((int(number or size) for number, size in NUMBERS.findall(data)), default=0)
    room = BYTES_PER_OBJECT * (highest + 1) - source.size
    end = data.rfind(END)
    return io.BytesIO(data + b"\n" * room + data[end:]) if room > 0 and end >= 0 else None
