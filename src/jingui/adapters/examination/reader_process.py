"""A process that reads files for its parent: ``python -m jingui.adapters.examination.reader_process BOUNDS``."""

from __future__ import annotations

import os
from pathlib import Path

from jingui.adapters.examination.frames import Message, reading_to_message
from jingui.adapters.examination.serving import serve
from jingui.formats.reading import read
from jingui.formats.reading.pdf_text import use_fonts


def answer(item: Message) -> tuple[Message, bytes]:
    """Read one file; the text travels as bytes behind the reading."""
    path = Path(os.fsdecode(bytes.fromhex(item["path"])))
    try:
        reading, text = read(path, item["name"])
    except OSError as error:
        return {"failure": type(error).__name__}, b""
    return reading_to_message(reading), text.encode()


if __name__ == "__main__":
    use_fonts()
    serve(answer)
