"""Mutated inputs over the readers: findings only, no crash of the parent, no hang, memory bounded.

``python bench/fuzz.py [--inputs N] [--seed S] [--corpora]`` mutates the product's own samples and, with the corpora there,
their files up to 200 KB; every input is read by the confined reading process as in operation, PRONOM included.
Exit code 1: the parent had to give up, an input took longer than allowed, or a reader met what it was not written for.
What a decoder process died over is listed: it is a finding about the input, and told as one.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests/formats/reading")]

from bench.mutations import mutated  # noqa: E402

if TYPE_CHECKING:
    from tests.formats.reading.made_files import SOUND, mp4, word_97
else:  # by its bare name: another package's "tests" would hide ours
    from made_files import SOUND, mp4, word_97

from jingui.adapters.examination import Confinement, ProcessExaminer  # noqa: E402
from jingui.domain.records.facts import Reading  # noqa: E402

DATA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared")) / "data"
FOLDERS = ("mixed-formats", "format-corpus", "ofd", "verapdf", "pdf-sign", "scans", "chinese-docs", "caselogs")
SEED_BYTES = 200_000
BOUNDS = Confinement(memory_bytes=2 * 1024**3, cpu_seconds=10, wall_seconds=30.0)
DEATHS = ("reader_crashed", "reader_timeout", "reader_out_of_memory", "reader_failed")
Seed = tuple[str, bytes]


def seeds() -> list[Seed]:
    """Return what is mutated: the files made by the tests and those of the corpora."""
    found: list[Seed] = [*SOUND.items(), ("旧稿.doc", word_97()), ("录像.mp4", mp4())]
    for folder in FOLDERS:
        paths = sorted(path for path in (DATA / folder).rglob("*") if path.is_file())
        found += [(path.name, path.read_bytes()) for path in paths if 0 < path.stat().st_size <= SEED_BYTES]
    return found


def inputs(chosen: list[Seed], count: int, seed: int) -> Iterator[tuple[int, str, bytes]]:
    """Yield number, name and bytes of every input; the same for the same seed and files."""
    others = [data for _, data in chosen]
    for at in range(count):
        rng = random.Random(f"{seed}/{at}")
        name, data = rng.choice(chosen)
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            data = mutated(data, rng, others)
        yield at, name, data


def run(count: int, seed: int, *, only: int | None = None) -> int:
    """Read all inputs and print what came of them."""
    tally: collections.Counter[str] = collections.Counter()
    deaths: list[str] = []
    slowest = (0.0, "")
    with tempfile.TemporaryDirectory() as folder, ProcessExaminer(processes=1, bounds=BOUNDS) as examiner:
        for at, name, data in inputs(seeds(), count, seed):
            if only is not None and at != only:
                continue
            path = Path(folder) / f"{at}{Path(name).suffix}"
            path.write_bytes(data)
            started = time.monotonic()
            [(reading, _text)] = examiner.examine([(path, name)])
            slowest = max(slowest, (time.monotonic() - started, f"{at} {name}"))
            _count(reading, tally)
            deaths += [
                f"{at} {name} ({len(data)} bytes): {code} {detail}"
                for code, detail in reading.defects
                if code in DEATHS
            ]
            path.unlink()
            if at % 1_000 == 999:
                print(f"  {at + 1} …", file=sys.stderr, flush=True)
    _show(tally, deaths, slowest)
    return int(any("reader_failed" in death for death in deaths) or slowest[0] > BOUNDS.wall_seconds * 2 + 5)


def _count(reading: Reading, tally: collections.Counter[str]) -> None:
    tally["inputs"] += 1
    tally["with defects" if reading.defects else "without defects"] += 1
    tally.update(f"defect {code}" for code in {code for code, _ in reading.defects})


def _show(tally: collections.Counter[str], deaths: list[str], slowest: tuple[float, str]) -> None:
    for death in deaths:
        print(death)
    for name, number in sorted(tally.items()):
        print(f"{number:>7}  {name}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"slowest {slowest[0]:.1f} s ({slowest[1]}); peak memory: readers {peak:.0f} MB, parent {own:.0f} MB")


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="this input alone")
    arguments = parser.parse_args()
    return run(arguments.inputs, arguments.seed, only=arguments.only)


if __name__ == "__main__":
    sys.exit(main())
