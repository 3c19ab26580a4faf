"""PDF/A claims of the veraPDF corpus: is a file that does not conform contradicted, and one that conforms not?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from bench.agreement import Pick, Row
from bench.agreement._readings import read_all

FOLDER = "verapdf"
TITLE = "PDF/A claim"


def rows(folder: Path, pick: Pick) -> Iterator[Row]:
    """Compare each file; a file without a claim that is known counts as contradicted."""
    entries = {entry["file"]: entry for entry in json.loads((folder / "expectations.json").read_text())["files"]}
    for name, reading in read_all(folder, [name for name in entries if pick(name)]):
        faults = [note.partition(": ")[2] for note in reading.notes if note.startswith("pdfa_fault")]
        is_claimed = "pdfa_unproven" in {note.partition(":")[0] for note in reading.notes}
        expected, clause = entries[name]["expect"], entries[name]["clause"]
        found = "not contradicted" if is_claimed else f"contradicted: {faults[0] if faults else reading.format_name}"
        yield Row(
            name, f"{expected} ({entries[name]['flavour']}, {clause})", found, is_claimed == (expected == "conforms")
        )
