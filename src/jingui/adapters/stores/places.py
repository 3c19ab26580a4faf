"""Where things lie in a folder store, and who may change them now."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jingui.adapters.stores.disk import Disk
from jingui.formats.ocfl.layout import object_path
from jingui.formats.ocfl.paths import is_safe

PART = ".part"
MENDING = ".mend"
BUILD_FILE = "build.json"
OBJECT = "object"
_BUILD_NAME = re.compile(r"[0-9a-f]{64}(\.part)?")


class Places:
    """The storage root ``store/``, and ``work/`` beside it on the same file system."""

    def __init__(self, home: Path) -> None:
        """Lay both folders out below ``home``."""
        self.root = home / "store"
        self.work = home / "work"
        self.locks = self.work / "locks"

    def object_folder(self, object_id: str) -> Path:
        """Where an object stands in the root."""
        return self.root / object_path(object_id)

    def build(self, object_id: str) -> Path:
        """Where a version that is built and durable waits to be moved in."""
        return self.work / hashlib.sha256(object_id.encode()).hexdigest()

    def unfinished(self, object_id: str) -> Path:
        """Where a version is being built."""
        return self.build(object_id).with_suffix(PART)

    def mending(self, path: str) -> Path:
        """Where a file of the root is made again. One killed meanwhile is followed by one that takes the same place."""
        return self.work / f"{hashlib.sha256(path.encode()).hexdigest()}{MENDING}"

    def content(self, object_id: str, content_path: str) -> Path:
        """Where stored bytes lie. Raises FileNotFoundError for a path that would leave the object."""
        if not is_safe(content_path):
            raise FileNotFoundError(content_path)
        return self.object_folder(object_id) / content_path

    def left_builds(self) -> list[Path]:
        """List the folders of builds, whole and unfinished; there are as many as there are workers."""
        return sorted(path for path in self.work.iterdir() if _BUILD_NAME.fullmatch(path.name))

    @contextmanager
    def held(self, build: Path) -> Iterator[None]:
        """Keep every other thread and process from building or moving in the object of this build meanwhile."""
        with self._lock(build, fcntl.LOCK_EX) as _:
            yield

    @contextmanager
    def held_if_free(self, build: Path) -> Iterator[bool]:
        """Like ``held``, but do not wait; say whether it was free."""
        with self._lock(build, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_held:
            yield is_held

    @contextmanager
    def _lock(self, build: Path, how: int) -> Iterator[bool]:
        # 256 files for all objects: a lock goes with its descriptor, so a killed process leaves none behind.
        descriptor = os.open(self.locks / build.name[:2], os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, how)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)


def discard_build(places: Places, disk: Disk, object_id: str) -> None:
    """Remove a build, whole or not. It stops being a whole one in a single step."""
    build, part = places.build(object_id), places.unfinished(object_id)
    disk.remove_tree(part)
    if build.exists():
        disk.rename(build, part)
        disk.remove_tree(part)
