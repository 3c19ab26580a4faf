"""Empty databases of their own for instances that tests start: on the server that the run uses, else SQLite."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg


@contextmanager
def fresh_database() -> Iterator[str]:
    """Make an empty database and drop it afterwards; "" means an instance's default, SQLite in its home."""
    server = os.environ.get("JINGUI_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"instance_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
