"""Sound files of many kinds, made by real libraries with varied options: none may have a blocking defect.

``python bench/sound_files.py [--keep FOLDER]`` makes them with Pillow, pikepdf, img2pdf, typst, lxml, Python's own modules and,
where it is installed, LibreOffice; reads each in the confined process and prints what blocks, and what contradicts a PDF/A claim
that its maker set out to keep. Exit code 1: anything blocks, or contradicts.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests/formats/reading")]

from bench.made import documents, office, pictures, texts  # noqa: E402

from jingui.adapters.examination import ProcessExaminer  # noqa: E402
from jingui.domain.records.facts import Reading  # noqa: E402
from jingui.formats.reading import blocking_defects  # noqa: E402

MAKERS = {
    "Pillow": pictures.made,
    "pikepdf, img2pdf, typst": documents.made,
    "lxml and Python": texts.made,
    "LibreOffice": office.made,
}


# What a maker really leaves undone, however often it says that it keeps the standard.
KNOWN = {("LibreOffice", "pdfa_fault: 6.3.5 a subset of a Type 1 font without CharSet")}


def faults(reading: Reading) -> list[str]:
    """Say what is wrong with a file that is sound by its making."""
    found = [f"{code}: {detail}" for code, detail in blocking_defects(reading)]
    found += [note for note in reading.notes if note.startswith("pdfa_fault")]
    return found + (["not readable"] if reading.is_readable is False and not found else [])


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make everything under a folder and yield maker and path."""
    for number, (maker, make) in enumerate(MAKERS.items()):
        place = folder / str(number)
        place.mkdir()
        for name, data in make():
            path = place / name
            path.write_bytes(data)
            yield maker, path


def main() -> int:
    """Make, read, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="an empty folder to make the files in")
    arguments = parser.parse_args()
    tally: collections.Counter[str] = collections.Counter()
    bad = 0
    with tempfile.TemporaryDirectory() as folder, ProcessExaminer(processes=1) as examiner:
        made = list(files(arguments.keep or Path(folder)))
        readings = examiner.examine((path, path.name) for _, path in made)
        for (maker, path), (reading, _text) in zip(made, readings, strict=True):
            tally[maker] += 1
            if found := [fault for fault in faults(reading) if (maker, fault) not in KNOWN]:
                bad += 1
                print(f"{maker} {path.name}: {'; '.join(found)}")
    for maker, number in tally.items():
        print(f"{number:>5}  {maker}")
    print(f"{sum(tally.values())} sound files, {bad} with a fault")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
