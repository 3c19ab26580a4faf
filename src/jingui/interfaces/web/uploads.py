"""Catalogue files between preview and confirmation: kept in the instance for a day, each known by an unguessable name."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

from jingui.domain.errors import NotFound

KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep_upload(folder: Path, data: bytes) -> str:
    """Keep an uploaded file and return its token; files of yesterday go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    token = secrets.token_hex(16)
    (folder / token).write_bytes(data)
    return token


def kept_upload(folder: Path, token: str) -> bytes:
    """Return a kept file. Raises NotFound ``upload_gone``."""
    if not _TOKEN.fullmatch(token) or not (folder / token).is_file():
        raise NotFound("upload_gone")
    return (folder / token).read_bytes()


def drop_upload(folder: Path, token: str) -> None:
    """Remove a kept file; nothing happens if it is gone."""
    if _TOKEN.fullmatch(token):
        (folder / token).unlink(missing_ok=True)
