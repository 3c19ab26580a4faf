"""Pictures as Pillow writes them: modes, compressions, frames, profiles, resolutions."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageCms

SIZES = ((1, 1), (7, 5), (160, 120))
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def made() -> Iterator[tuple[str, bytes]]:
    """Yield all pictures."""
    kinds = (_jpegs(), _pngs(), _tiffs(), _gifs(), _bitmaps(), _wavelets())
    for number, (name, data) in enumerate(itertools.chain(*kinds)):
        stem, _, suffix = name.rpartition(".")
        yield f"{number:03}-{stem}.{suffix}", data


def drawn(mode: str, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Return a picture with content in a mode."""
    noise = Image.effect_noise(size, 60)
    colour = Image.merge(
        "RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise.point(lambda value: 255 - value))
    )
    if mode == "I;16":
        return noise.convert("I").convert("I;16")
    return colour.convert(mode)


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def _jpegs() -> Iterator[tuple[str, bytes]]:
    for mode, quality, is_progressive in itertools.product(("L", "RGB", "CMYK"), (10, 75, 100), (False, True)):
        yield "a.jpg", _saved(drawn(mode), "JPEG", quality=quality, progressive=is_progressive, optimize=is_progressive)
    for subsampling in (0, 1, 2):
        yield "s.jpeg", _saved(drawn("RGB"), "JPEG", subsampling=subsampling)
    exif = Image.Exif()
    exif[0x010E], exif[0x0132] = "scan", "2024:01:02 03:04:05"
    yield "exif.jpg", _saved(drawn("RGB"), "JPEG", exif=exif, dpi=(300, 300))
    yield "icc.jpg", _saved(drawn("RGB"), "JPEG", icc_profile=PROFILE, dpi=(200, 200))
    yield "comment.jpg", _saved(drawn("L"), "JPEG", comment=b"made for a test")
    yield "restart.jpg", _saved(drawn("RGB"), "JPEG", restart_marker_blocks=4)
    for size in SIZES:
        yield "size.jpg", _saved(drawn("RGB", size), "JPEG")
    yield "phone.jpg", _saved(drawn("RGB"), "JPEG") + _saved(drawn("RGB", (20, 10)), "JPEG")
    yield "several.jpg", _saved(drawn("RGB"), "MPO", save_all=True, append_images=[drawn("RGB")])


def _pngs() -> Iterator[tuple[str, bytes]]:
    for mode, level in itertools.product(("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), (0, 1, 9)):
        yield "a.png", _saved(drawn(mode), "PNG", compress_level=level)
    for bits in (1, 2, 4):
        yield "bits.png", _saved(drawn("P"), "PNG", bits=bits)
    for size in SIZES:
        yield "size.png", _saved(drawn("RGB", size), "PNG", dpi=(300, 300), icc_profile=PROFILE)
    yield "frames.png", _saved(drawn("RGB"), "PNG", save_all=True, append_images=[drawn("RGB"), drawn("RGB")])
    yield "clear.png", _saved(drawn("P"), "PNG", transparency=0)


def _tiffs() -> Iterator[tuple[str, bytes]]:
    packed = ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits")
    for mode, compression in itertools.product(("1", "L", "RGB", "RGBA", "CMYK", "P", "I;16", "F"), packed):
        yield "a.tif", _saved(drawn(mode), "TIFF", compression=compression, dpi=(300, 300))
    for compression in ("group3", "group4"):
        yield "fax.tif", _saved(drawn("1"), "TIFF", compression=compression)
    yield "jpeg.tiff", _saved(drawn("RGB"), "TIFF", compression="jpeg", quality=80)
    yield "many.tif", _saved(drawn("L"), "TIFF", save_all=True, append_images=[drawn("1"), drawn("RGB")])
    yield "big.tif", _saved(drawn("L"), "TIFF", big_tiff=True)
    for size in SIZES:
        yield "size.tif", _saved(drawn("L", size), "TIFF", icc_profile=PROFILE)


def _gifs() -> Iterator[tuple[str, bytes]]:
    for mode, interlace in itertools.product(("1", "L", "P", "RGB"), (0, 1)):
        yield "a.gif", _saved(drawn(mode), "GIF", interlace=interlace, comment=b"note")
    for count in (2, 5):
        frames = [drawn("P") for _ in range(count)]
        yield "moving.gif", _saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    yield "clear.gif", _saved(drawn("P"), "GIF", transparency=3, disposal=2)
    for size in SIZES:
        yield "size.gif", _saved(drawn("L", size), "GIF", optimize=True)


def _bitmaps() -> Iterator[tuple[str, bytes]]:
    for mode, size in itertools.product(("1", "L", "P", "RGB", "RGBA"), SIZES):
        yield "a.bmp", _saved(drawn(mode, size), "BMP", dpi=(96, 96))


def _wavelets() -> Iterator[tuple[str, bytes]]:
    for mode, is_lossy in itertools.product(("L", "LA", "RGB", "RGBA"), (False, True)):
        yield (
            "a.jp2",
            _saved(drawn(mode), "JPEG2000", irreversible=is_lossy, quality_layers=[20, 5] if is_lossy else None),
        )
    yield "tiles.jp2", _saved(drawn("RGB"), "JPEG2000", tile_size=(64, 64), num_resolutions=3, progression="RPCL")
