"""Bytes that are durable already get another name in the staging area: without copying, or copied where they must be."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.staging import FolderStagingArea


class OtherFileSystem(Disk):
    def link(self, source: Path | str, target: Path | str) -> None:
        raise OSError(errno.EXDEV, "cross-device link")


def area(folder: Path, disk: Disk | None = None) -> FolderStagingArea:
    made = FolderStagingArea(folder / "staging", disk=disk)
    made.initialise()
    return made


def kept(folder: Path) -> Path:
    path = folder / "kept"
    path.write_bytes(b"bytes" * 100_000)
    return path


def test_adopted_bytes_are_the_same_bytes_under_another_name(tmp_path: Path) -> None:
    staging, source = area(tmp_path), kept(tmp_path)

    first, second = staging.adopt(source), staging.adopt(source)

    assert first != second
    assert staging.path(first).stat().st_ino == source.stat().st_ino
    staging.discard(first)
    assert staging.path(second).read_bytes() == source.read_bytes()


def test_bytes_of_another_file_system_are_copied(tmp_path: Path) -> None:
    staging, source = area(tmp_path, OtherFileSystem()), kept(tmp_path)

    path = staging.path(staging.adopt(source))

    assert path.stat().st_ino != source.stat().st_ino
    assert path.read_bytes() == source.read_bytes()
    assert [name.name for name in staging.folder.iterdir()] == [path.name]


def test_bytes_that_are_gone_cannot_be_adopted(tmp_path: Path) -> None:
    staging = area(tmp_path)

    with pytest.raises(FileNotFoundError):
        staging.adopt(tmp_path / "nothing")

    assert list(staging.folder.iterdir()) == []
