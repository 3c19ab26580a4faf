"""An instance in this process for each test; the readers are shared, because starting them takes time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.personas import Integrator, Office, open_office

from jingui.adapters.examination import ProcessExaminer
from jingui.bootstrap import services


@pytest.fixture(scope="session")
def examiner() -> Iterator[ProcessExaminer]:
    """Share one reading process between the tests."""
    with ProcessExaminer(processes=1) as shared:
        yield shared


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any, examiner: ProcessExaminer) -> Iterator[Office]:
    """Give an instance whose rows vanish with the test's transaction."""
    settings.JINGUI = settings.JINGUI  # restored after the test
    yield open_office(tmp_path / "home", examiner)
    services.cache_clear()


@pytest.fixture
def integrator(office: Office) -> Integrator:
    """Give the office's first source."""
    return office.integrator
