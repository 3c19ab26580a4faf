"""Real instances for journeys; their processes are gone when the tests are, however they end."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from tests.journeys.instances import RealInstance, Template


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make an empty database of its own; "" means the instance's default, SQLite in its home."""
    server = os.environ.get("JINGUI_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"journey_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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


@pytest.fixture
def instance(tmp_path: Path, template: Template) -> Iterator[RealInstance]:
    """Give an instance for one test."""
    yield from made_instance(tmp_path, template)


@pytest.fixture(scope="module")
def shared_instance(tmp_path_factory: pytest.TempPathFactory, template: Template) -> Iterator[RealInstance]:
    """Give an instance for all tests of a module, which use cases of their own."""
    yield from made_instance(tmp_path_factory.mktemp("shared"), template)
