"""An instance in this process for each test of what people and programs meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.personas import Office, open_office

from jingui.bootstrap import services


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any) -> Iterator[Office]:
    """Give an instance whose rows vanish with the test's transaction."""
    settings.JINGUI = settings.JINGUI  # restored after the test
    yield open_office(tmp_path / "home")
    services.cache_clear()
