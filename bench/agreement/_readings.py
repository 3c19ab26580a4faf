"""What the modules of this package share: reading files as in operation, in the confined process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from jingui.adapters.examination import ProcessExaminer
from jingui.domain.records.facts import Reading


def read_all(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, Reading]]:
    """Read files of a folder by their names in order."""
    with ProcessExaminer(processes=1) as examiner:
        readings = examiner.examine((folder / name, Path(name).name) for name in names)
        yield from zip(names, (reading for reading, _text in readings), strict=True)


def codes(reading: Reading) -> set[str]:
    """Return the codes of all defects and notes."""
    return {code for code, _ in reading.defects} | {note.partition(":")[0] for note in reading.notes}
