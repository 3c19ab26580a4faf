"""Pictures into PDF/A-2b, a page for each, and into other picture formats; no pixel is changed."""

from __future__ import annotations

import os
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import img2pdf
import pikepdf
from PIL import Image, ImageCms, ImageSequence

from jingui.formats.conversion.made import Converted, NotConvertibleError
from jingui.formats.reading.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

DECODERS = {"jpeg": "JPEG", "png": "PNG", "tiff": "TIFF", "gif": "GIF", "bmp": "BMP", "jp2": "JPEG2000"}


@cache
def colour_profile() -> str:
    """Return a path under which this process finds the sRGB profile; nothing of it lies on the disk.

    To be called before a process gives up writing: the profile lies in memory, which counts as a file.
    """
    descriptor = os.memfd_create("srgb.icc")
    os.write(descriptor, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return f"/proc/self/fd/{descriptor}"


def image_pdf(data: bytes, *, format_name: str, dated: datetime) -> Converted:
    """Put the pictures of a file on pages as they are. The same bytes give the same result.

    Raises:
        NotConvertibleError: ``image_not_taken`` (transparent, damaged …), ``image_too_large``.
    """
    before = _sizes(data, format_name)
    try:
        raw = img2pdf.convert(
            data,
            pdfa=colour_profile(),
            creationdate=dated,
            moddate=dated,
            producer="Jingui, img2pdf",
            rotation=img2pdf.Rotation.ifvalid,
        )
    except Exception as error:  # noqa: BLE001 - a decoder on hostile bytes may raise anything
        raise NotConvertibleError("image_not_taken", f"{type(error).__name__}: {error}") from None
    with pikepdf.open(BytesIO(raw)) as pdf:
        _claim_second_part(pdf)
        kept = BytesIO()
        pdf.save(kept, stream_decode_level=pikepdf.StreamDecodeLevel.none, deterministic_id=True, min_version="1.7")
        return Converted(kept.getvalue(), (before, _placed_sizes(pdf)), _are_same(data, format_name, pdf))


def picture(data: bytes, *, format_name: str, target: str) -> Converted:
    """Write a picture without loss in another format.

    Raises:
        NotConvertibleError: ``image_not_taken``, ``image_too_large``, ``image_moves`` (several pictures).
    """
    before = _sizes(data, format_name)
    if len(before) != 1:
        raise NotConvertibleError("image_moves", f"{len(before)} pictures")
    made = BytesIO()
    with _opened(data, format_name) as image:
        image.save(made, DECODERS[target], **({"compression": "tiff_deflate"} if target == "tiff" else {}))
        with _opened(made.getvalue(), target) as again:
            is_same = image.convert("RGBA").tobytes() == again.convert("RGBA").tobytes()
    return Converted(made.getvalue(), (before, _sizes(made.getvalue(), target)), is_same)


def _opened(data: bytes, format_name: str) -> Image.Image:
    try:
        return Image.open(BytesIO(data), formats=(DECODERS[format_name],))
    except Exception as error:  # noqa: BLE001 - a decoder on hostile bytes may raise anything
        raise NotConvertibleError("image_not_taken", f"{type(error).__name__}: {error}") from None


def _sizes(data: bytes, format_name: str) -> tuple[str, ...]:
    sizes = []
    with _opened(data, format_name) as image:
        for frame in _frames(image):
            if frame.width * frame.height > DEFAULT_LIMITS.pixels:
                raise NotConvertibleError("image_too_large", f"{frame.width}×{frame.height}")
            sizes.append(f"{frame.width}×{frame.height}")
    return tuple(sizes)


def _frames(image: Image.Image) -> Iterator[Image.Image]:
    try:
        yield from ImageSequence.Iterator(image)
    except Exception as error:  # noqa: BLE001 - a decoder on hostile bytes may raise anything
        raise NotConvertibleError("image_not_taken", f"{type(error).__name__}: {error}") from None


def _claim_second_part(pdf: pikepdf.Pdf) -> None:
    # img2pdf knows part 1 alone; what is made here may hold JPEG 2000, soft masks and a colour profile of version 4.
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["pdfaid:part"] = "2"


def _placed(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        yield from page.get_images().values()


def _placed_sizes(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    return tuple(f"{int(image.Width)}×{int(image.Height)}" for image in _placed(pdf))


def _are_same(data: bytes, format_name: str, pdf: pikepdf.Pdf) -> bool:
    """Take every picture out of the pages again and compare it with its original."""
    with _opened(data, format_name) as image:
        placed = list(_placed(pdf))
        frames = _frames(image)
        same = [_is_same(frame, placed[at]) for at, frame in enumerate(frames) if at < len(placed)]
        return len(same) == len(placed) == getattr(image, "n_frames", 1) and all(same)


def _is_same(frame: Image.Image, placed: pikepdf.Stream) -> bool:
    if "/DCTDecode" in str(placed.get("/Filter")):
        found: Image.Image = Image.open(BytesIO(placed.read_raw_bytes()), formats=("JPEG",))
    else:
        found = pikepdf.PdfImage(placed).as_pil_image()
    mode = "CMYK" if frame.mode == "CMYK" else "RGB"
    if frame.has_transparency_data:
        return _is_mask_same(frame.convert("RGBA"), found, placed)
    return frame.convert(mode).tobytes() == found.convert(mode).tobytes()


def _is_mask_same(frame: Image.Image, found: Image.Image, placed: pikepdf.Stream) -> bool:
    mask = placed.get("/SMask")
    if not isinstance(mask, pikepdf.Stream) or frame.convert("RGB").tobytes() != found.convert("RGB").tobytes():
        return False
    return frame.getchannel("A").tobytes() == pikepdf.PdfImage(mask).as_pil_image().convert("L").tobytes()
