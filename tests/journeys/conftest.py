"""Real instances for journeys; their processes are gone when the tests are, however they end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fresh_databases import fresh_database
from tests.journeys.instances import RealInstance, Template


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Give what prepared instances are copies of; it is made when the first one is wanted."""
    with fresh_database() as url:
        yield Template(tmp_path_factory.mktemp("template"), url)


def made_instance(folder: Path, template: Template) -> Iterator[RealInstance]:
    """Give an instance folder that nothing has been done in."""
    with fresh_database() as url:
        made = RealInstance(folder / "home", template, url)
        try:
            yield made
        finally:
            made.kill()
            sys.stdout.write(made.last_words())  # pytest shows it of a test that failed


@pytest.fixture
def instance(tmp_path: Path, template: Template) -> Iterator[RealInstance]:
    """Give an instance for one test."""
    yield from made_instance(tmp_path, template)


@pytest.fixture(scope="module")
def shared_instance(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[RealInstance]:
    """Give an instance for all tests of a module, which use cases of their own."""
    yield from made_instance(tmp_path_factory.mktemp("shared"), template)
