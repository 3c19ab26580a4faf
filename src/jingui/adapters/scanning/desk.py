"""The parent's side of preparing scans."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ProcessLostError, ProcessPool
from jingui.domain.capture.pages import PageFacts, RecognisedText
from jingui.domain.errors import Invalid, Problem
from jingui.formats.scanning.placing import Placement
from jingui.ports import PreparedPage

SCAN_MODULE = "jingui.adapters.scanning.scan_process"
SCAN_BOUNDS = Confinement(cpu_seconds=120, wall_seconds=180.0, files_per_process=2_000)

Message = dict[str, Any]


class ConfinedScanDesk:
    """Implements ``ports.ScanDesk``. Several threads may share one; each page is asked for by itself."""

    def __init__(self, *, processes: int = 1, bounds: Confinement = SCAN_BOUNDS) -> None:
        """Start nothing yet."""
        self._pool = ProcessPool(SCAN_MODULE, size=processes, bounds=bounds)

    def count_pages(self, path: Path) -> int:
        """Count the pages of a scan.

        Raises:
            Invalid: see ``formats.scanning.opening.opened``; ``scan_damaged`` also if the process was lost over it.
            TransientFailure: no process could be started.
        """
        return int(self._ask({"act": "count", "path": _named(path)})[0]["count"])

    def pages(self, path: Path) -> Iterator[PreparedPage]:
        """Prepare one page after another. Raises as ``count_pages`` does."""
        for number in range(self.count_pages(path)):
            yield self.page(path, number)

    def page(self, path: Path, number: int) -> PreparedPage:
        """Prepare one page (from 0). Raises as ``count_pages`` does."""
        message, upright = self._ask({"act": "page", "path": _named(path), "number": number})
        values = message["facts"]
        return PreparedPage(PageFacts(**{**values, "barcodes": tuple(values["barcodes"])}), upright)

    def assemble(self, pages: Iterable[Placement], *, title: str) -> bytes:
        """Put pages into one PDF. Raises as ``count_pages`` does, ``scan_too_large`` above 240 MiB."""
        placed = [_placement(page) for page in pages]
        return self._ask({"act": "assemble", "pages": placed, "title": title})[1]

    def close(self) -> None:
        """End the process."""
        self._pool.close()

    def _ask(self, item: Message) -> tuple[Message, bytes]:
        try:
            with self._pool.leased() as process:
                process.send([item])
                message, data = process.receive()
        except ProcessLostError as error:
            raise Invalid((Problem("scan", "scan_damaged", {"detail": f"{error.code} {error.detail}"}),)) from None
        if "refusal" in message:
            raise Invalid(tuple(Problem("scan", code, params) for code, params in message["refusal"]))
        return message, data


def _named(path: Path) -> str:
    """Name a file; as hexadecimal, because names are bytes and need not be text."""
    return os.fsencode(path.absolute()).hex()


def _placement(page: Placement) -> Message:
    values = {"path": _named(page.path), "number": page.number, "quarter_turns": page.quarter_turns}
    return {**values, "skew_degrees": page.skew_degrees, "text": _text(page.text)}


def _text(text: RecognisedText | None) -> list[Message]:
    return [asdict(line) for line in text.lines] if text else []
