"""A process that reads files for its parent: ``python -m jingui.adapters.examination.reader_process BOUNDS``."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from jingui.adapters.examination.frames import Message, reading_to_message
from jingui.adapters.examination.serving import serve
from jingui.formats.identification import Asker, Identification, load_pronom
from jingui.formats.reading import Pronom, read
from jingui.formats.reading.pdf_text import use_fonts
from jingui.formats.signatures.noticing import trust
from jingui.formats.signatures.trust import entry_from_message


@cache
def pronom(*, is_for_all: bool) -> Pronom:
    """Make what asks PRONOM; the engine is loaded by the first file that needs it, and this process never forks."""
    return Pronom(_ask, is_for_all)


def _ask(path: Path) -> Identification | None:
    return _engine()(path)


@cache
def _engine() -> Asker:
    return load_pronom()


def answer(item: Message) -> tuple[Message, bytes]:
    """Read one file; the text travels as bytes behind the reading. A trust list counts for the files after it."""
    if "trust" in item:
        trust([entry_from_message(entry) for entry in item["trust"]])
        return {"trusted": len(item["trust"])}, b""
    path = Path(os.fsdecode(bytes.fromhex(item["path"])))
    try:
        reading, text = read(path, item["name"], pronom=pronom(is_for_all=bool(item.get("pronom_for_all"))))
    except OSError as error:
        return {"failure": type(error).__name__}, b""
    return reading_to_message(reading), text.encode()


if __name__ == "__main__":
    use_fonts()
    serve(answer)
