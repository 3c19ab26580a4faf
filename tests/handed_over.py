"""Cases of the small item as their source hands them over in files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.personas import case_message, closure_message, needed, pdf, step_message

from jingui.formats.handover.bag_writer import write_bag
from jingui.formats.handover.cases import HandedCase, HandedFile
from jingui.formats.handover.city_writer import Batch, WrittenPackage, write_package, write_sheet

BATCH = Batch("539900", "0101", "20251121001", "2025-11-21 09:00:00")


def handed_case(number: str, folder: Path, **more: Any) -> tuple[HandedCase, dict[str, Path]]:
    """Return a whole case with two sound files, and where these lie; ``more`` changes the case message."""
    folder.mkdir(parents=True, exist_ok=True)
    files, sources = [], {}
    for key, said in needed():
        content = pdf(f"{number}/{key}")
        local, path = folder / f"{number}-{key}", f"data/{key}/{said['name']}"
        local.write_bytes(content)
        sources[path] = local
        files.append(HandedFile(path, len(content), hashlib.sha256(content).hexdigest(), {"file_key": key, **said}))
    case = {"region_code": "539900", **case_message(number, **more)}
    steps = (step_message(), step_message("s2", "决定", "2025-11-03T10:00:00+08:00"))
    return HandedCase(number, case, tuple(files), steps, closure_message()), sources


def package(folder: Path, number: str, *, record: str = "", **more: Any) -> WrittenPackage:
    """Write a sound package of a case into a folder."""
    case, sources = handed_case(number, folder.parent / "originals", **more)
    return write_package(folder, case, record_number=record or f"539900-0101-{number}-2025-D30-000001", sources=sources)


def sheet(folder: Path, packages: Sequence[WrittenPackage], *, serial: int = 1, **changes: str) -> Path:
    """Write the sheet of packages; ``changes`` are put into its head after it was worked out."""
    batch = replace(BATCH, name=f"20251121{serial:03d}", more=changes)
    return write_sheet(folder, batch, packages)


def bag(folder: Path, number: str, **more: Any) -> Path:
    """Write a sound bag of a case."""
    case, sources = handed_case(number, folder.parent / "originals", **more)
    write_bag(folder / f"bag-{number}", case, sources=sources, info={"Source-Organization": "卫健局"})
    return folder / f"bag-{number}"
