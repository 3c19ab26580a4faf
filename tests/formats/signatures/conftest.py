"""A small SM2 certificate authority of the tests' own: chains, CMS, seals and OFD files made from first principles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.formats.signatures.authority import Authority


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority.create("测试根证书")


@pytest.fixture(scope="session")
def stranger() -> Authority:
    return Authority.create("别家根证书")


Issue = Callable[..., bytes]
