"""Private keys on disk: written once, readable by their owner alone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from jingui.domain.errors import PermanentFailure

if TYPE_CHECKING:
    from pathlib import Path

MAX_KEY_BYTES = 16 * 1024
_OTHERS = 0o077


def write_key(path: Path, pem: str) -> None:
    """Write a private key with mode 0600 and make it durable; the folder is made with mode 0700.

    Raises:
        PermanentFailure: ``signing_key_exists``: a key is never overwritten.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError as error:
        raise PermanentFailure("signing_key_exists", str(path)) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem.encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_key(path: Path) -> str:
    """Read a private key.

    Raises:
        PermanentFailure: ``signing_key_missing``, ``signing_key_exposed`` (others may read the file) or
            ``signing_key_unreadable``.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise PermanentFailure("signing_key_exposed", f"{path}: mode must be 0600")
            return file.read(MAX_KEY_BYTES).decode("ascii")
    except FileNotFoundError as error:
        raise PermanentFailure("signing_key_missing", str(path)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentFailure("signing_key_unreadable", str(path)) from error
