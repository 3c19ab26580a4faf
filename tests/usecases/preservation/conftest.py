"""A server that speaks S3, shared by the tests of a worker process."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.usecases.preservation.vault import Bucket, object_server


@pytest.fixture(scope="session")
def bucket() -> Iterator[Callable[[], Bucket]]:
    """Return what makes a fresh bucket."""
    with object_server() as make:
        yield make
