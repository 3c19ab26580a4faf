"""Waiting for what another process does, as long as the slowest machine may need; a limit that is reached is a failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_SECONDS = 180.0


def wait_for(is_so: Callable[[], bool], told: Callable[[], Any] = str) -> None:
    """Wait until something is so; if that never comes, fail with what ``told`` says of the state then."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, f"it did not come about in time: {told()}"
        time.sleep(0.05)
