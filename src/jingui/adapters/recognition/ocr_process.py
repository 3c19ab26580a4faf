"""A process that recognises pages for its parent: ``python -m jingui.adapters.recognition.ocr_process BOUNDS``."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.adapters.recognition.lines import lines_to_message
from jingui.adapters.recognition.rapid_engine import RapidEngine
from jingui.domain.capture.pages import PagePart

MAX_PIXELS = 40_000_000


def answer(item: Message) -> tuple[Message, bytes]:
    """Recognise one page."""
    try:
        with Image.open(BytesIO(bytes.fromhex(item["image"])), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return {"failure": f"{picture.width}×{picture.height} pixels"}, b""
            page = picture.convert("RGB")
        lines, is_upside_down = _ENGINE.read(page, PagePart(item["part"]))
        return lines_to_message(lines, is_upside_down=is_upside_down), b""
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything; the page cannot be read
        return {"failure": f"{type(error).__name__}: {error}"[:200]}, b""


if __name__ == "__main__":
    _ENGINE = RapidEngine()
    serve(answer)
