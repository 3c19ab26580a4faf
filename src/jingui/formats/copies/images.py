"""Makes PDF pages of scanned images: every picture of the file upright on A4, decoded and encoded anew.

Decoding anew leaves behind whatever else the file carried: positions and cameras in EXIF, previews, hidden data.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image, ImageOps, UnidentifiedImageError

from jingui.domain.errors import PermanentFailure

MAX_PIXELS = 150_000_000  # A0 at 300 dpi
MAX_PICTURES = 2000
MAX_SIDE = 3508  # A4 at 300 dpi
JPEG_QUALITY = 88
A4_SHORT, A4_LONG = 595.276, 841.89
_DECODERS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "tiff": ("TIFF",)}
_BROKEN = (
    UnidentifiedImageError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    zlib.error,
    TypeError,
    KeyError,
    IndexError,
)


@contextmanager
def pdf_of_images(source: Path, *, format_name: str) -> Iterator[pikepdf.Pdf]:
    """Give a PDF of all pictures in the file, one page each.

    Raises:
        PermanentFailure: ``copy_source_broken`` or ``copy_source_too_large``.
    """
    with pikepdf.new() as pdf:
        try:
            for picture in _pictures(source, _DECODERS[format_name]):
                _add_page(pdf, picture)
        except Image.DecompressionBombError as error:
            raise PermanentFailure("copy_source_too_large", str(error)) from error
        except _BROKEN as error:
            raise PermanentFailure("copy_source_broken", f"{type(error).__name__}: {error}") from error
        yield pdf


def _pictures(source: Path, decoders: tuple[str, ...]) -> Iterator[Image.Image]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd metadata; what it cannot decode it raises
        with Image.open(source, formats=decoders) as image:
            count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            if count > MAX_PICTURES:
                raise PermanentFailure("copy_source_too_large", f"{count} pictures")
            for at in range(count):
                image.seek(at)
                yield _prepared(image)


def _prepared(image: Image.Image) -> Image.Image:
    """Decode, turn upright, and bring to black and white, grey or colour, not larger than A4 at 300 dpi."""
    if image.width * image.height > MAX_PIXELS:
        raise PermanentFailure("copy_source_too_large", f"{image.width}×{image.height} pixels")
    image.draft(None, (MAX_SIDE, MAX_SIDE))  # a large JPEG is decoded smaller at once
    picture = _plain(ImageOps.exif_transpose(image))
    if max(picture.size) > MAX_SIDE:
        picture = picture.convert("L") if picture.mode == "1" else picture
        picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return picture


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in {"1", "L", "RGB"}:
        return image.copy()
    if image.mode.startswith("I;16") or image.mode in {"I", "F"}:
        return image.convert("F").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture).convert("RGB")
    return image.convert("RGB")


def _add_page(pdf: pikepdf.Pdf, picture: Image.Image) -> None:
    width, height = (A4_SHORT, A4_LONG) if picture.height >= picture.width else (A4_LONG, A4_SHORT)
    scale = min(width / picture.width, height / picture.height)
    shown_width, shown_height = picture.width * scale, picture.height * scale
    x, y = (width - shown_width) / 2, (height - shown_height) / 2
    content = f"{shown_width:.4f} 0 0 {shown_height:.4f} {x:.4f} {y:.4f} cm /I Do"
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=Dictionary(XObject=Dictionary(I=_image(pdf, picture))),
        Contents=pdf.make_stream(content.encode("ascii")),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))


def _image(pdf: pikepdf.Pdf, picture: Image.Image) -> pikepdf.Object:
    is_bilevel = picture.mode == "1"
    stream = pdf.make_stream(zlib.compress(picture.tobytes()) if is_bilevel else _jpeg(picture))
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = picture.size
    stream.ColorSpace = Name.DeviceRGB if picture.mode == "RGB" else Name.DeviceGray
    stream.BitsPerComponent = 1 if is_bilevel else 8
    stream.Filter = Name.FlateDecode if is_bilevel else Name.DCTDecode
    return stream


def _jpeg(picture: Image.Image) -> bytes:
    encoded = BytesIO()
    picture.save(encoded, "JPEG", quality=JPEG_QUALITY)
    return encoded.getvalue()
