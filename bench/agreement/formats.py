"""PRONOM identifiers of the skeleton suite: identification as in operation, in the confined reading process."""

from __future__ import annotations

import json
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row

from jingui.adapters.examination import ProcessExaminer

FOLDER = "formats"
TITLE = "PRONOM identifier"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare the identifier of every skeleton file."""
    return skeletons(folder, pick, is_pronom_asked_for_all=False)


def skeletons(folder: Path, pick: Pick, *, is_pronom_asked_for_all: bool) -> Iterator[Row]:
    """Compare every skeleton file picked; the suite is unpacked for the length of the run."""
    expected = json.loads((folder / "skeleton-expectations.json").read_text())["expect"]
    chosen = [entry for entry in expected if pick(entry["file"])]
    with tempfile.TemporaryDirectory() as place, ProcessExaminer(processes=1) as examiner:
        with tarfile.open(folder / "skeleton-suite-shared.tar.xz") as archive:
            archive.extractall(place, filter="data")
        paths = [Path(place) / entry["file"] for entry in chosen]
        files = ((path, path.name) for path in paths)
        readings = examiner.examine(files, is_pronom_asked_for_all=is_pronom_asked_for_all)
        for entry, (reading, _text) in zip(chosen, readings, strict=True):
            found = reading.pronom_id or reading.format_name or "unknown"
            yield Row(entry["file"], entry["puid"], found, found == entry["puid"])
