"""One filled office for all tests of tampering; what each test changes is taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from tests.builders import make_account
from tests.personas import Office, open_office, pdf, step_message
from tests.usecases.tampering.hands import seal

from jingui.bootstrap import services
from jingui.domain.access.roles import Role


@pytest.fixture(scope="module")
def filled_once(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """Fill an office once, in a transaction that ends with this module: filling takes longer than looking."""
    before = settings.JINGUI
    with django_db_blocker.unblock(), transaction.atomic():
        yield fill(open_office(tmp_path_factory.mktemp("filled") / "home"))
        transaction.set_rollback(True)
    settings.JINGUI = before
    services.cache_clear()


@pytest.fixture
def db(filled_once: Office) -> Iterator[None]:
    """Stand in for pytest-django's fixture: a savepoint of the module's transaction for each test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def filled(db: None, filled_once: Office) -> Office:
    """Give the filled office; what a test changes in its rows is taken back."""
    return filled_once


@pytest.fixture
def spoiled(filled: Office, tmp_path: Path) -> Iterator[Office]:
    """Give the filled office to a test that archives more: its folder is put back, too."""
    kept = tmp_path / "kept"
    shutil.copytree(filled.home, kept)
    yield filled
    shutil.rmtree(filled.home)
    shutil.copytree(kept, filled.home)


def fill(office: Office) -> Office:
    """Make preserved, held and open cases, a late version, an account, and a sealed journal."""
    integrator = office.integrator
    make_account("auditor", Role.AUDITOR)
    for number in ("N-1", "N-2", "N-3"):
        integrator.whole_case(number)
    integrator.file("N-3", "bad", b"no pdf", material="A02", name="坏.pdf")
    office.work()
    integrator.steps("N-1", step_message("s9", "回访", "2025-04-01T10:00:00+08:00"))
    integrator.case("N-4")
    integrator.file("N-4", "f1", pdf("open"))
    office.work()
    assert seal(office) > 20
    return office
