"""What the store tests share: a store with its staging area, sample contents, and a disk that dies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.folder import FolderStore
from jingui.adapters.stores.staging import FolderStagingArea
from jingui.formats.digests import digest_bytes
from jingui.ports import BuiltVersion, Content, VersionSpec

OBJECT_ID = "urn:jingui:record:440100-0059-2026-000001"
CREATED = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)

FIRST = {
    "材料/申请表〔2024〕5号.pdf": b"application form" * 1000,
    "材料/𠮷野·身份证.jpg": b"identity card",
    "元数据.xml": "<元数据/>".encode(),
    "空文件.txt": b"",
}
SECOND = {**FIRST, "材料/补正材料.pdf": b"late material", "元数据.xml": "<元数据 版本='2'/>".encode()}


@dataclass
class Shelf:
    """A store and the staging area it takes bytes from."""

    store: Any
    staging: Any

    def spec(self, files: dict[str, bytes], *, number: int = 1, object_id: str = OBJECT_ID) -> VersionSpec:
        """Stage files (metadata is handed over as data) and ask for a version of them."""
        return VersionSpec(
            object_id, number, tuple(map(self.content, files, files.values())), "归档", "档案员", CREATED
        )

    def content(self, path: str, data: bytes) -> Content:
        if path.endswith(".xml"):
            return Content(path, digest_bytes(data), len(data), data=data)
        staged = self.staging.receive([data])
        return Content(path, staged.digests, staged.bytes, staged_token=staged.token)

    def put(self, files: dict[str, bytes], *, number: int = 1, object_id: str = OBJECT_ID) -> BuiltVersion:
        """Build and commit a version."""
        built: BuiltVersion = self.store.build(self.spec(files, number=number, object_id=object_id))
        self.store.commit(built)
        return built


def folder_shelf(home: Path, disk: Disk | None = None) -> Shelf:
    staging = FolderStagingArea(home / "staging", disk=disk)
    staging.initialise()
    store = FolderStore(home, staging=staging, disk=disk)
    store.initialise()
    return Shelf(store, staging)


def expected_of(files: dict[str, bytes], built: BuiltVersion) -> dict[str, str]:
    """Return what a database would know: SHA-512 by content path."""
    return {built.content_paths[path]: digest_bytes(data).sha512 for path, data in files.items()}


class Killed(BaseException):
    """Stands for the end of the process."""


class DyingDisk(Disk):
    """A disk whose process ends at the ``dies_at``-th act: before it, or half-way through where an act has a half."""

    def __init__(self, dies_at: int) -> None:
        self.dies_at = dies_at
        self.acts = 0

    def reached(self) -> bool:
        self.acts += 1
        return self.acts == self.dies_at

    def write(self, path: Path | str, data: bytes) -> None:
        if self.reached():
            super().write(path, data[: len(data) // 2])
            raise Killed
        super().write(path, data)

    def remove_tree(self, path: Path) -> None:
        if path.exists() and self.reached():
            for file in [file for file in path.rglob("*") if file.is_file()][:1]:
                file.unlink()
            raise Killed
        super().remove_tree(path)


def dying(name: str) -> Callable[..., Any]:
    def act(self: DyingDisk, *args: Any) -> Any:
        if self.reached():
            raise Killed
        return getattr(Disk, name)(self, *args)

    return act


for act_name in ("make_folder", "create", "link", "rename", "sync_data", "sync", "sync_all", "remove_folder"):
    setattr(DyingDisk, act_name, dying(act_name))


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return everything below a folder: path to content, folders to ``None``."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
