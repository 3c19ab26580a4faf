"""A process that opens scans for its parent: ``python -m jingui.adapters.scanning.scan_process BOUNDS``."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.domain.capture.pages import RecognisedLine, RecognisedText
from jingui.domain.errors import Invalid
from jingui.formats.reading.pdf_text import use_fonts
from jingui.formats.scanning.assembling import assemble
from jingui.formats.scanning.opening import Scan, opened
from jingui.formats.scanning.placing import Placement
from jingui.formats.scanning.preparing import prepare

Answer = tuple[Message, bytes]


class OpenedScan:
    """The scan at hand stays open from page to page, so that a long TIFF is not walked anew for each."""

    def __init__(self) -> None:
        """Have none open."""
        self._stack = ExitStack()
        self._mark: tuple[str, int, int] | None = None
        self._scan: Scan | None = None

    def at(self, path: Path) -> Scan:
        """Return the scan of a path, opened now or before. Raises Invalid."""
        state = path.stat()
        mark = (os.fsdecode(path), state.st_mtime_ns, state.st_size)
        if self._scan is None or mark != self._mark:
            self.close()
            self._scan = self._stack.enter_context(opened(path))
            self._mark = mark
        return self._scan

    def close(self) -> None:
        """Close what is open."""
        self._scan = None
        self._stack.close()


_AT_HAND = OpenedScan()


def _path(item: Message) -> Path:
    return Path(os.fsdecode(bytes.fromhex(item["path"])))


def _count(item: Message) -> Answer:
    return {"count": _AT_HAND.at(_path(item)).page_count}, b""


def _page(item: Message) -> Answer:
    facts, upright = prepare(_AT_HAND.at(_path(item)), item["number"])
    return {"facts": asdict(facts)}, upright


def _assemble(item: Message) -> Answer:
    _AT_HAND.close()
    return {}, assemble([_placement(page) for page in item["pages"]], title=item["title"])


def _placement(page: Message) -> Placement:
    lines = tuple(RecognisedLine(line["text"], tuple(line["box"]), line["confidence"]) for line in page["text"])
    text = RecognisedText(lines, "", "") if lines else None
    return Placement(_path(page), page["number"], page["quarter_turns"], page["skew_degrees"], text)


_ACTS: dict[str, Callable[[Message], Answer]] = {"count": _count, "page": _page, "assemble": _assemble}


def answer(item: Message) -> Answer:
    """Do one act; whatever a hostile file makes go wrong is a refusal of it."""
    try:
        return _ACTS[item["act"]](item)
    except Invalid as error:
        _AT_HAND.close()
        return {"refusal": [(problem.code, problem.params) for problem in error.problems]}, b""
    except Exception as error:  # noqa: BLE001 - hostile bytes may raise anything
        _AT_HAND.close()
        return {"refusal": [("scan_damaged", {"detail": f"{type(error).__name__}: {error}"[:200]})]}, b""


if __name__ == "__main__":
    use_fonts()
    serve(answer)
