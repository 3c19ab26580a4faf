"""A sample of the sound files of ``bench/sound_files.py``: none has a blocking defect or contradicts its claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.made import pictures, texts
from bench.made.documents import typeset
from bench.sound_files import faults

from jingui.formats.reading import read

EVERY = 4
STANDARDS = ("1.7", "a-1b", "a-2b", "a-2u", "a-3b")


@pytest.mark.parametrize("maker", [pictures, texts], ids=["pictures", "texts"])
def test_sound_files_of_a_maker_are_found_sound(tmp_path: Path, maker: object) -> None:
    found = {}
    for at, (name, data) in enumerate(maker.made()):  # type: ignore[attr-defined]
        if at % EVERY == 0:
            path = tmp_path / f"{at}"
            path.write_bytes(data)
            found[name] = faults(read(path, name)[0])

    assert found
    assert {name: told for name, told in found.items() if told} == {}


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_document_typeset_to_a_standard_is_found_sound(tmp_path: Path, standard: str) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(typeset((standard,)))

    assert faults(read(path, "a.pdf")[0]) == []
