"""An instance with one copy given out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.personas import open_office
from tests.usecases.access_desk import Desk, open_desk

from jingui.bootstrap import services
from jingui.interfaces.portal.limits import COMPARING, LOOKING


@pytest.fixture
def desk(db: None, tmp_path: Path, settings: Any) -> Iterator[Desk]:
    """Give a desk of an instance whose rows vanish with the test's transaction; nobody has asked anything yet."""
    settings.JINGUI = settings.JINGUI  # restored after the test
    for limit in (LOOKING, COMPARING):
        limit.forget()
    yield open_desk(open_office(tmp_path / "home"))
    services.cache_clear()
