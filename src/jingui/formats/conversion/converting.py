"""One door to the converters that are part of the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.conversion.drawings import drawing_pdf
from jingui.formats.conversion.images import colour_profile, image_pdf, picture
from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.conversion.office_copies import office_copy
from jingui.formats.conversion.texts import text_pdf

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["convert", "prepare"]

MAX_BYTES = 128 << 20


def prepare() -> None:
    """Do what must be done before a process gives up writing."""
    colour_profile()


def convert(data: bytes, *, converter: str, route: tuple[str, str], title: str, dated: datetime) -> Converted:
    """Convert a file by ``image_pdf``, ``text_pdf``, ``drawing_pdf`` or ``picture``; ``route`` is (format, target).

    ``office_copy`` makes the copy of a document that an office is given in its place, in the same format.

    Raises:
        NotConvertibleError: why it cannot be.
    """
    source, target = route
    if len(data) > MAX_BYTES:
        raise NotConvertibleError("file_too_large", f"{len(data)} bytes")
    if converter == "image_pdf":
        return image_pdf(data, format_name=source, dated=dated)
    if converter == "text_pdf":
        return text_pdf(data, format_name=source, title=title, dated=dated)
    if converter == "drawing_pdf":
        return drawing_pdf(data, title=title, dated=dated)
    if converter == "picture":
        return picture(data, format_name=source, target=target)
    if converter == "office_copy":
        return office_copy(data, format_name=source)
    raise NotConvertibleError("no_such_converter", converter)
