"""An instance of its own for each test of the screens, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from tests.builders import Built, make_account, make_catalogue, make_instance

from jingui.bootstrap import services
from jingui.domain.access.roles import Role
from jingui.interfaces.jobs.worker import Worker

SignIn = Callable[..., Client]


@pytest.fixture
def built(db: None, tmp_path: Path) -> Iterator[Built]:
    before = settings.JINGUI
    cache.clear()
    instance = make_instance(tmp_path / "home")
    make_catalogue()
    yield instance
    settings.JINGUI = before
    services.cache_clear()
    cache.clear()


@pytest.fixture
def sign_in(built: Built) -> SignIn:
    def sign(role: Role = Role.ARCHIVIST, *, agency_code: str = "", username: str = "") -> Client:
        account = make_account(username or f"{role.value}{agency_code[-4:]}", role, agency_code=agency_code)
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(account)
        return client

    return sign


@pytest.fixture
def archivist(sign_in: SignIn) -> Client:
    return sign_in(Role.ARCHIVIST)


def work_off() -> None:
    """Do everything that waits, as a worker would."""
    Worker(services()).run_until_idle()
