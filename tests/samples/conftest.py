from __future__ import annotations

import pytest

from jingui.interfaces.cli.samplegen import DemoCase, demo_cases


@pytest.fixture(scope="session")
def cases() -> list[DemoCase]:
    return list(demo_cases())
