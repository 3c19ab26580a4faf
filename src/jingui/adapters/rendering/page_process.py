"""A process that draws pages for its parent: ``python -m jingui.adapters.rendering.page_process BOUNDS``."""

from __future__ import annotations

import os
from pathlib import Path

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.adapters.rendering.drawing import draw_page
from jingui.adapters.rendering.fonts import FONT_FOLDERS
from jingui.domain.errors import PermanentFailure
from jingui.formats.reading.pdf_text import use_fonts


def answer(item: Message) -> tuple[Message, bytes]:
    """Draw one page."""
    path = Path(os.fsdecode(bytes.fromhex(item["path"])))
    try:
        return {}, draw_page(path, item["format_name"], page=item["page"], width=item["width"])
    except PermanentFailure as failure:
        return {"failure": failure.code, "detail": failure.detail}, b""
    except MemoryError:
        return {"failure": "reader_out_of_memory", "detail": ""}, b""
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything; the page cannot be drawn
        return {"failure": "page_not_drawn", "detail": f"{type(error).__name__}: {error}"[:200]}, b""


if __name__ == "__main__":
    use_fonts(*FONT_FOLDERS)
    serve(answer)
