"""Documents that the archive made for a package (process page, converted versions), opened again as captured files are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jingui.db.models import MadeFile, PackageVersion
from jingui.db.queries.origins import made_files
from jingui.domain.records.facts import Reading
from jingui.ports import Examiner, PreservationStore

Fault = tuple[str, str, str]


def made_faults(package: PackageVersion, *, examiner: Examiner, store: PreservationStore) -> Iterator[Fault]:
    """Yield a fault for each made document of a stored version that cannot be opened; missing bytes are told elsewhere."""
    there = list(_there(package, store))
    found = examiner.examine([(path, row.name) for row, path in there])
    for (row, _), (reading, _) in zip(there, found, strict=True):
        if reading.is_readable is False:
            yield "made_unreadable", row.logical_path, _why(reading)


def _there(package: PackageVersion, store: PreservationStore) -> Iterator[tuple[MadeFile, Path]]:
    for row in made_files(package.case_id, package.number):
        place = package.manifest.get(row.logical_path)
        try:
            if place:
                yield row, store.content_location(package.object_id, place[0])
        except OSError:
            continue


def _why(reading: Reading) -> str:
    return "; ".join(f"{code} {detail}".strip() for code, detail in reading.defects) or reading.format_name
