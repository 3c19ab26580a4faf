"""Reading bytes as if they were a staged file."""

from __future__ import annotations

from pathlib import Path

import pytest

from jingui.domain.records.facts import Reading
from jingui.formats.reading import Limits, read


@pytest.fixture
def reading_of(tmp_path: Path):
    def read_bytes(data: bytes, name: str, **limits: int) -> tuple[Reading, str]:
        path = tmp_path / "staged"
        path.write_bytes(data)
        return read(path, name, limits=Limits(**limits))

    return read_bytes
