"""What a list that is declared complete for a scope no longer names: found without holding all codes in memory."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.db.queries.items import codes_in_force
from jingui.domain.catalogue.importing import SourceRow
from jingui.domain.errors import Invalid, Problem
from jingui.formats.catalogues.parcels import Parcels, parcel_of

SHELVES = 256
BATCH = 500


@dataclass(frozen=True, slots=True)
class CompleteScope:
    """What a list is complete for: some agencies, a region by the beginning of its code, or (both empty) everything."""

    agencies: tuple[str, ...] = ()
    region: str = ""

    def told(self) -> dict[str, Any]:
        """Return the scope as JSON values."""
        return {"agencies": list(self.agencies), "region": self.region}


def read_scope(text: str) -> CompleteScope | None:
    """Read ``all``, ``region:4401`` or ``agency:CODE,CODE``; nothing for an empty text.

    Raises:
        Invalid: ``scope_malformed``.
    """
    kind, _, told = text.strip().partition(":")
    codes = tuple(code.strip() for code in told.split(",") if code.strip())
    match kind:
        case "":
            return None
        case "all" if not told:
            return CompleteScope()
        case "region" if told.isascii() and told.isdigit():
            return CompleteScope(region=told)
        case "agency" if codes:
            return CompleteScope(agencies=codes)
        case _:
            raise Invalid((Problem("complete", "scope_malformed"),))


class SeenCodes:
    """The codes that a list names, on disk in shelves; nothing is kept where no scope is declared."""

    def __init__(self, folder: Path, scope: CompleteScope | None) -> None:
        """Use the folder."""
        self.folder = folder
        self.scope = scope

    def clear(self) -> None:
        """Forget what an earlier walk has seen."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, codes: Collection[str]) -> None:
        """Note codes; one noted twice does no harm."""
        if self.scope is None:
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shelves: dict[int, list[str]] = {}
        for code in codes:
            shelves.setdefault(parcel_of(code, SHELVES), []).append(code)
        for number, some in shelves.items():
            with (self.folder / f"{number:03}").open("a", encoding="utf-8", errors="replace") as file:
                file.write("".join(f"{code}\n" for code in some))

    def shelf(self, number: int) -> frozenset[str]:
        """Return the codes of one shelf."""
        path = self.folder / f"{number:03}"
        return frozenset(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else frozenset()


def missing_codes(seen: SeenCodes) -> Iterator[list[str]]:
    """Yield, in batches, the codes of items in force in the scope that the list does not name."""
    if seen.scope is None:
        return
    held = Parcels(seen.folder / "held", SHELVES)
    held.clear()  # what is in force may have changed since
    codes = codes_in_force(agencies=seen.scope.agencies, region=seen.scope.region)
    held.sort(
        (SourceRow("held", 0, {"code": code}) for code in codes), lambda row: parcel_of(str(row.cells["code"]), SHELVES)
    )
    for number in range(SHELVES):
        known = seen.shelf(number)
        missing = [code for row in held.rows(number) if (code := str(row.cells["code"])) not in known]
        for at in range(0, len(missing), BATCH):
            yield missing[at : at + BATCH]
