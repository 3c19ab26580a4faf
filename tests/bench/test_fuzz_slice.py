"""A slice of the fuzzing: mutated inputs give findings, never an end of the parent; the whole runs by ``bench/fuzz.py``."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bench.mutations import mutated
from tests.formats.reading.made_files import SOUND, mp4, word_97

from jingui.adapters.examination import Confinement, ProcessExaminer

SEEDS = {**SOUND, "旧稿.doc": word_97(), "录像.mp4": mp4()}
EACH = 12


def test_mutations_are_the_same_for_the_same_seed() -> None:
    others = list(SEEDS.values())

    first, second = ([mutated(data, random.Random(7), others) for data in others] for _ in range(2))

    assert first == second
    assert first != others


def test_mutated_files_of_every_format_give_findings_only(tmp_path: Path) -> None:
    others = list(SEEDS.values())
    files: list[tuple[Path, str]] = []
    for name, data in SEEDS.items():
        for at in range(EACH):
            rng = random.Random(f"{name}/{at}")
            path = tmp_path / f"{len(files)}"
            path.write_bytes(mutated(mutated(data, rng, others), rng, others))
            files.append((path, name))
    bounds = Confinement(memory_bytes=2 * 1024**3, cpu_seconds=10, wall_seconds=60.0)

    with ProcessExaminer(processes=1, bounds=bounds) as examiner:
        readings = [reading for reading, _ in examiner.examine(files)]

    assert len(readings) == len(files)
    unforeseen = [reading.defects for reading in readings if "reader_failed" in dict(reading.defects)]
    assert unforeseen == []
    assert sum(bool(reading.defects) for reading in readings) > len(files) // 2


@pytest.mark.parametrize("name", ["证照.pdf", "包.zip", "过程.xml"])
def test_an_input_cut_anywhere_is_read_to_an_answer(tmp_path: Path, name: str) -> None:
    data = SEEDS[name]
    files: list[tuple[Path, str]] = []
    for length in range(1, len(data), max(1, len(data) // 40)):
        path = tmp_path / str(length)
        path.write_bytes(data[:length])
        files.append((path, name))

    with ProcessExaminer(processes=1) as examiner:
        readings = [reading for reading, _ in examiner.examine(files)]

    assert all(reading.defects for reading in readings)
