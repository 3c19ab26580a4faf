"""The few acts by which stores change a disk, one method each, so that a test can end the process between any two."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jingui.domain.errors import TransientFailure
from jingui.formats.durability import make_durable

FILE_MODE = 0o644

_FAILURES = {
    errno.ENOSPC: "storage_full",
    errno.EDQUOT: "storage_full",
    errno.EROFS: "storage_read_only",
    errno.EIO: "storage_failing",
    errno.EACCES: "storage_failing",
    errno.EPERM: "storage_failing",
    # A share in the network that is away.
    errno.ESTALE: "storage_failing",
    errno.ENOTCONN: "storage_failing",
    errno.ETIMEDOUT: "storage_failing",
    errno.EHOSTDOWN: "storage_failing",
    errno.EHOSTUNREACH: "storage_failing",
}


@contextmanager
def storage_failures() -> Iterator[None]:
    """Turn a full, read-only, failing or absent disk into TransientFailure; other errors pass through."""
    try:
        yield
    except OSError as error:
        code = _FAILURES.get(error.errno or 0)
        if code is None:
            raise
        raise TransientFailure(code, str(error)) from error


def _find_syncfs() -> Callable[[int], int] | None:
    try:
        function = ctypes.CDLL(None, use_errno=True).syncfs
    except (OSError, AttributeError):
        return None
    function.argtypes = [ctypes.c_int]
    return lambda descriptor: int(function(descriptor))


_syncfs = _find_syncfs()


class Disk:
    """Acts on a local POSIX file system."""

    can_sync_all = _syncfs is not None

    def make_folder(self, path: Path | str) -> None:
        """Make one folder; it may be there already."""
        with suppress(FileExistsError):
            os.mkdir(path)  # noqa: PTH102 - also takes names that are plain strings

    def create(self, path: Path | str) -> int:
        """Make a new file and return its descriptor. Raises FileExistsError."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)

    def write(self, path: Path | str, data: bytes) -> None:
        """Make a new file with this content. Raises FileExistsError."""
        descriptor = self.create(path)
        try:
            write_all(descriptor, data)
        finally:
            os.close(descriptor)

    def link(self, source: Path | str, target: Path | str) -> None:
        """Give the bytes of a file a second name."""
        os.link(source, target, follow_symlinks=False)

    def rename(self, source: Path | str, target: Path | str) -> None:
        """Move a file or folder in one step; a file at the target gives way."""
        os.rename(source, target)  # noqa: PTH104 - the call that the test counts

    def sync_data(self, descriptor: int) -> None:
        """Return when the bytes of an open file are on the disk."""
        (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(descriptor)

    def begin_sync(self, descriptor: int) -> None:
        """Let the bytes of an open file begin to go to the disk, without waiting; whoever waits later waits less."""
        if hasattr(os, "posix_fadvise"):
            # Linux writes what is not written yet before it could be let go; what is being written stays in memory.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self, path: Path | str) -> None:
        """Return when a file, or the names in a folder, are on the disk."""
        make_durable(path)

    def sync_all(self, folder: Path | str) -> None:
        """Return when all that was written to the folder's file system is on the disk."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if _syncfs is None or _syncfs(descriptor):
                raise OSError(ctypes.get_errno() or errno.ENOSYS, "syncfs")
        finally:
            os.close(descriptor)

    def remove_folder(self, path: Path) -> bool:
        """Remove a folder if it is empty; say whether there is none any more."""
        try:
            path.rmdir()
        except OSError:
            return not path.exists()
        return True

    def remove_tree(self, path: Path) -> None:
        """Remove a folder with all that is in it; nothing happens if it is gone."""
        with suppress(FileNotFoundError):
            shutil.rmtree(path)


def write_all(descriptor: int, data: bytes | bytearray | memoryview) -> None:
    """Write every byte."""
    view = memoryview(data)
    written = os.write(descriptor, view)
    while written < view.nbytes:
        written += os.write(descriptor, view[written:])
