"""Opening somebody else's database so that nothing can be written there, and one snapshot is seen."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from jingui.domain.errors import PermanentFailure, Problem, TransientFailure

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 120
_DETAIL = 500


def url_problems(text: str) -> tuple[Problem, ...]:
    """Return what is wrong with the address of a database; a password does not belong into a configuration."""
    try:
        url = make_url(text)
        url.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        return (Problem("url", "database_url_malformed"),)
    return (Problem("url", "secret_in_configuration"),) if url.password else ()


@contextmanager
def connected(text: str, *, password: str) -> Iterator[sa.Connection]:
    """Give a connection in one read-only transaction.

    Raises:
        TransientFailure: ``source_away``.
        PermanentFailure: ``source_query_failed``, ``driver_missing``.
    """
    url = make_url(text)
    try:
        engine: sa.Engine = _OPENERS.get(url.get_backend_name(), _other)(
            url.set(password=password) if password else url
        )
    except (ImportError, NoSuchModuleError) as error:
        raise PermanentFailure("driver_missing", str(error)[:_DETAIL]) from error
    try:
        with source_failures():
            connection = engine.connect()
        with connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def source_failures() -> Iterator[None]:
    """Turn the errors of a driver into ours; what they say never holds the password."""
    try:
        yield
    except DBAPIError as error:
        family = TransientFailure if _is_away(error) else PermanentFailure
        raise family("source_away" if _is_away(error) else "source_query_failed", str(error.orig)[:_DETAIL]) from error
    except SQLAlchemyError as error:
        raise PermanentFailure("source_query_failed", str(error)[:_DETAIL]) from error


def _is_away(error: DBAPIError) -> bool:
    is_connection = isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)
    return error.connection_invalidated or is_connection


def _sqlite(url: URL) -> sa.Engine:
    path = Path(url.database or "").resolve()

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, timeout=CONNECT_SECONDS, check_same_thread=False
        )
        # The driver opens no transaction for reading by itself, so that statements would not see one snapshot.
        connection.isolation_level = None
        connection.execute("BEGIN")
        return connection

    return sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.NullPool)


def _postgresql(url: URL) -> sa.Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_SECONDS * 1000}"
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "options": options}
    engine = sa.create_engine(url, connect_args=arguments, poolclass=sa.pool.NullPool)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _other(url: URL) -> sa.Engine:
    """Open another kind with the strictest isolation it knows; its account must be one that may only read."""
    return sa.create_engine(url, poolclass=sa.pool.NullPool).execution_options(isolation_level="REPEATABLE READ")


_OPENERS = {"sqlite": _sqlite, "postgresql": _postgresql}
