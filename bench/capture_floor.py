"""What the target of captures names and nothing else, as an ASGI application for granian; ``capture.py`` runs it.

The body goes to a file under SHA-256 and SM3, as in the bare server. Beside that: an HMAC over the request, bytes and
name made durable, one row of one table in a commit that is waited for, and requests that are there at the same moment
wait together. No case, no event, no nonce, no receipt, no signature, no format, no refusals: whatever an upload server
adds to this comes on top.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import os
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("CAP_DIR", "."))
KEY = bytes(32)
Row = tuple[object, ...]
_names = itertools.count()
_rows: list[sqlite3.Connection] = []
_waiting: list[tuple[Row, asyncio.Future[None]]] = []


def rows() -> sqlite3.Connection:
    """Return this process's connection, whose commits wait for the disk."""
    if not _rows:
        FOLDER.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(FOLDER / f"rows-{os.getpid()}.sqlite3", isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE file (path TEXT PRIMARY KEY, kept TEXT, sha256 TEXT, sm3 TEXT, bytes INTEGER)")
        _rows.append(connection)
    return _rows[0]


async def app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """Take one upload, or begin and end with the server."""
    if scope["type"] == "lifespan":
        await live(receive, send)
        return
    headers = dict(scope["headers"])
    signed = b"\n".join((scope["path"].encode(), scope["query_string"], headers.get(b"content-digest", b"")))
    hmac.compare_digest(hmac.digest(KEY, signed, "sha256"), bytes(32))
    kept = f"{FOLDER}/{os.getpid()}-{next(_names)}"
    descriptor = os.open(f"{kept}.part", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    sha256, sm3, count, is_more = hashlib.sha256(), hashlib.new("sm3"), 0, True
    while is_more:
        message = await receive()
        block, is_more = message.get("body", b""), message.get("more_body", False)
        sha256.update(block)
        sm3.update(block)
        count += os.write(descriptor, block)
    os.rename(f"{kept}.part", kept)  # noqa: PTH104 - a path object would be a part of what is measured
    os.fdatasync(descriptor)
    os.close(descriptor)
    await durable((scope["path"], kept, sha256.hexdigest(), sm3.hexdigest(), count))
    answer = (sha256.hexdigest() + sm3.hexdigest()).encode()
    length = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": length})
    await send({"type": "http.response.body", "body": answer})


async def live(
    receive: Callable[[], Awaitable[dict[str, Any]]], send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    """Begin and end with the server."""
    while (message := await receive())["type"] != "lifespan.shutdown":
        rows()
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})


def durable(row: Row) -> asyncio.Future[None]:
    """Return what is done once the row, and the name of its bytes, are on the disk."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    _waiting.append((row, done))
    if len(_waiting) == 1:
        loop.call_soon(commit)
    return done


def commit() -> None:
    """Wait once for the names and the rows of all that wait."""
    folder = os.open(FOLDER, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    connection = rows()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?)", [row for row, _ in _waiting])
    connection.execute("COMMIT")
    for _, done in _waiting:
        done.set_result(None)
    _waiting.clear()
