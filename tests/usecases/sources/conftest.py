"""A business database beside an office that reads it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from tests.personas import Office
from tests.usecases.sources.file_server import FileServer, file_server
from tests.usecases.sources.inbox import Inbox, watch
from tests.usecases.sources.source_database import BusinessDatabase


@pytest.fixture
def business(tmp_path: Path) -> Iterator[BusinessDatabase]:
    """Give a database of a source: on the server of the second run where there is one, else a SQLite file."""
    server = os.environ.get("JINGUI_DATABASE_URL", "")
    if not server:
        yield BusinessDatabase(f"sqlite:///{tmp_path / 'business.sqlite3'}")
        return
    name = f"business_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        parts = urlsplit(server)
        yield BusinessDatabase(urlunsplit(parts._replace(scheme="postgresql+psycopg", path=f"/{name}")))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def files() -> Iterator[FileServer]:
    """Give a file server of a source."""
    with file_server() as server:
        yield server


@pytest.fixture
def inbox(office: Office, tmp_path: Path) -> Inbox:
    """Watch a folder of batches."""
    return watch(office, tmp_path / "in", "folder")


@pytest.fixture
def bags(office: Office, tmp_path: Path) -> Inbox:
    """Watch a folder of bags."""
    return watch(office, tmp_path / "bags", "bagit")
