"""Batches of the city profile in a folder: packages first, then their sheet."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from jingui.formats.handover.city_writer import Batch, WrittenPackage, write_package, write_sheet
from jingui.interfaces.cli.replay.deliver.handing import Connecting, Gathered, gather, tallied
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jingui.formats.handover.cases import HandedCase
    from jingui.interfaces.cli.replay.deliver.handing import Handing
    from jingui.interfaces.cli.replay.feed import FeedResult
    from jingui.interfaces.cli.replay.plan import Message

FONDS = "0001"
REGION = "000000"
REGION_LENGTH = 6


class BatchDelivery:
    """Writes batches; a case handed over again is named again by a later sheet."""

    def __init__(self, handing: Handing) -> None:
        """Use the folder, which is made if need be."""
        self._folder, self._together = Path(handing.into).resolve(), handing.together
        self._written: dict[str, WrittenPackage] = {}
        self._known: dict[str, HandedCase] = {}
        self._packages = self._sheets = 0

    def connecting(self) -> Connecting:
        """Return the configuration of the connection."""
        return Connecting("folder", {"folder": str(self._folder), "interval_seconds": 1})

    def deliver(self, sendings: Sequence[Message]) -> FeedResult:
        """Write all cases, then those that are handed over again."""
        self._folder.mkdir(parents=True, exist_ok=True)
        started, cases = time.monotonic(), gather(sendings)
        progress = Progress("packages", len(cases))
        rounds = iter(self._rounds(cases))
        while some := list(islice(rounds, self._together)):
            self._hand_over(some)
            progress.advance(len(some))
        progress.finish()
        return tallied(sendings, seconds=time.monotonic() - started)

    def close(self) -> None:
        """Leave everything where it is."""

    @staticmethod
    def _rounds(cases: list[Gathered]) -> Iterator[Gathered]:
        most = max((each.times for each in cases), default=0)
        return (each for turn in range(most) for each in cases if turn < each.times)

    def _hand_over(self, cases: list[Gathered]) -> None:
        packages = {written.path: written for written in map(self._package, cases)}
        self._sheets += 1
        first = next((each.case.case for each in cases if each.case.case), {}) or {}
        at = datetime.fromisoformat(str(first.get("received_at") or "2000-01-01"))
        region = (str(first.get("region_code") or "") or REGION)[:REGION_LENGTH]
        batch = Batch(region, FONDS, f"{at:%Y%m%d}{self._sheets:04d}", f"{at:%Y-%m-%d %H:%M:%S}")
        write_sheet(self._folder, batch, packages.values())

    def _package(self, each: Gathered) -> WrittenPackage:
        case, key = self._whole(each.case), f"{each.case.case_number}\n{len(each.case.files)}\n{each.case.case is None}"
        if key not in self._written:
            self._packages += 1
            number = _record_number(case, self._packages)
            self._written[key] = write_package(self._folder, case, record_number=number, sources=each.sources)
        return self._written[key]

    def _whole(self, case: HandedCase) -> HandedCase:
        """Give what is sent later the case and closure that a package always has."""
        known = self._known.setdefault(case.case_number, case)
        return replace(case, case=case.case or known.case, closure=case.closure or known.closure)


def _record_number(case: HandedCase, serial: int) -> str:
    told = case.case or {}
    region = (str(told.get("region_code") or "") or REGION)[:REGION_LENGTH].ljust(REGION_LENGTH, "0")
    year = str(told.get("received_at", "2000"))[:4]
    return f"{region}-{FONDS}-{told.get('item_code', '')}-{year}-D30-{serial:06d}"
