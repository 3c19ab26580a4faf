"""Those who send to the API."""

from __future__ import annotations

import pytest
from tests.personas import Integrator, Office


@pytest.fixture
def integrator(office: Office) -> Integrator:
    """Give the office's first source."""
    return office.integrator
