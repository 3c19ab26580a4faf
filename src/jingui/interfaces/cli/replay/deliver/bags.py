"""BagIt bags in a folder, one for each case."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jingui.formats.handover.bag_writer import write_bag
from jingui.interfaces.cli.replay.deliver.handing import Connecting, Gathered, gather, tallied
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jingui.interfaces.cli.replay.deliver.handing import Handing
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.plan import Message


class BagDelivery:
    """Writes bags; a case handed over again is a bag of its own."""

    def __init__(self, handing: Handing) -> None:
        """Use the folder, which is made if need be."""
        self._folder = Path(handing.into).resolve()
        self._turns: dict[str, int] = {}

    def connecting(self) -> Connecting:
        """Return the configuration of the connection."""
        return Connecting("bagit", {"folder": str(self._folder), "interval_seconds": 1})

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Write a bag for each case, as often as it is handed over."""
        self._folder.mkdir(parents=True, exist_ok=True)
        started, cases = time.monotonic(), gather(sendings)
        progress = Progress("bags", len(cases))
        for each in cases:
            for _ in range(each.times):
                self._write(each)
            progress.advance()
        progress.finish()
        return tallied(sendings, seconds=time.monotonic() - started)

    def close(self) -> None:
        """Leave everything where it is."""

    def _write(self, each: Gathered) -> None:
        number = each.case.case_number
        turn = self._turns[number] = self._turns.get(number, 0) + 1
        name = "".join(char if char.isalnum() or char in "-_" else "_" for char in number)
        folder = self._folder / f"{name}-{turn}"
        shutil.rmtree(folder.with_name(f".{folder.name}.part"), ignore_errors=True)
        if not folder.exists():
            info = {"Source-Organization": "simulator", "External-Identifier": number}
            write_bag(folder, each.case, sources=each.sources, info=info)
