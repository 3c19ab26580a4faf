"""The pixels of a picture in a form that a PDF takes, without loss: as they lie in the file where possible."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from jingui.formats.scanning.opening import flat, refusal, stated_dpi

PNG_HEAD_BYTES = 8
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1}  # colour type → channels, for the types a PDF can take as they are
_ADOBE = "adobe"


@dataclass(frozen=True, slots=True)
class Pixels:
    """``data`` under a PDF ``filter``; ``palette`` as RGB triples; ``is_predicted``: rows begin with a PNG filter byte."""

    width: int
    height: int
    dpi: int
    channels: int
    bits: int
    filter: str
    data: bytes
    palette: bytes = b""
    is_predicted: bool = False
    is_inverted: bool = False


def pixels_of(picture: Image.Image, path: Path) -> Pixels:
    """Return the pixels of the frame a picture stands at. Raises Invalid where they cannot be read."""
    if picture.format == "JPEG":
        return _jpeg(picture, path)
    if picture.format == "PNG":
        return _png(picture, path) or _packed(picture)
    return _packed(picture)


def _jpeg(picture: Image.Image, path: Path) -> Pixels:
    """Take a JPEG as it is. Adobe writes the four inks inverted."""
    channels = len(picture.getbands())
    return Pixels(
        picture.width,
        picture.height,
        stated_dpi(picture),
        channels,
        8,
        "DCTDecode",
        path.read_bytes(),
        is_inverted=channels == 4 and _ADOBE in picture.info,  # noqa: PLR2004 - cyan, magenta, yellow, black
    )


def _png(picture: Image.Image, path: Path) -> Pixels | None:
    """Take the data of a plain PNG as it is; ``None`` for an interlaced one or one with transparency."""
    chunks = _chunks(path.read_bytes())
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if colour not in _PNG_CHANNELS or interlace or b"tRNS" in chunks:
        return None
    return Pixels(
        width,
        height,
        stated_dpi(picture),
        _PNG_CHANNELS[colour],
        bits,
        "FlateDecode",
        chunks[b"IDAT"],
        palette=chunks.get(b"PLTE", b"") if colour == 3 else b"",  # noqa: PLR2004 - indexed colour
        is_predicted=True,
    )


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, list[bytes]] = {}
    position = PNG_HEAD_BYTES
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        found.setdefault(name, []).append(data[position + 8 : position + 8 + length])
        position += length + 12
    if b"IHDR" not in found or b"IDAT" not in found or len(found[b"IHDR"][0]) != struct.calcsize(">IIBBBBB"):
        raise refusal("scan_damaged", detail="PNG without header or data")
    return {name: b"".join(parts) for name, parts in found.items()}


def _packed(picture: Image.Image) -> Pixels:
    """Decode and pack without loss; black and white stays one bit."""
    dpi = stated_dpi(picture)
    image = picture if picture.mode == "1" else flat(picture)
    bits = 1 if image.mode == "1" else 8
    data = zlib.compress(image.tobytes(), 6)
    return Pixels(image.width, image.height, dpi, len(image.getbands()), bits, "FlateDecode", data)
