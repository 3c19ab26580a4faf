"""A backup is a folder of plain files: a manifest with digests, tables as lines of JSON, waiting bytes, public keys.

It is written under a name that ends in ``.part``, made durable, and then renamed: what has its name is whole.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Self

from jingui.adapters.stores.disk import storage_failures
from jingui.domain.errors import Conflict, Invalid, NotFound, PermanentFailure
from jingui.formats.durability import make_durable
from jingui.ports import Octets

FORMAT = "jingui-backup/1"
MANIFEST, MANIFEST_DIGEST, README = "manifest.json", "manifest.json.sha256", "README.txt"
PART = ".part"
BLOCK = 1 << 20
LEVEL = 3  # tables are text: higher levels cost far more time than they save place
MOST_MANIFEST = 64 << 20
MOST_LINE = 64 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*", re.ASCII)
_README_TEXT = """\
金匮备份
========

manifest.json            数量、日志的大小和根摘要、各文件的 SHA-256、存储库
manifest.json.sha256     清单本身的摘要：sha256sum -c manifest.json.sha256
tables/*.jsonl.gz        数据表：gzip 压缩，第一行是列名，其后每行一条记录（JSON）
staging/ scans/ evidence/ trials/  还没有归入信息包的文件
copies/ collected/       交付过的利用复制件、搁置的来源报文
keys/                    公钥；private.sealed（如有）是口令加密的私钥

档案对象不在备份里：它们在清单所列的存储库中。恢复：jingui restore 本文件夹。
"""


class _Digested:
    """Writes to a file and digests what is written."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self.hasher, self.size = file, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self.hasher.update(data)
        self.size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()


class FolderBackupWriter:
    """``BackupWriter`` into ``folder/name``."""

    def __init__(self, folder: Path, name: str, *, outside: Path) -> None:
        """Begin a backup; ``outside`` is the instance, in which it may not lie. What broke off before is begun anew.

        Raises:
            Invalid: ``backup_name_bad`` or ``backup_inside_instance``.
            NotFound: ``backup_folder_missing``.
            Conflict: ``backup_exists``.
        """
        if not _NAME.fullmatch(name) or name.endswith(PART):
            raise Invalid((), code="backup_name_bad")
        if not folder.is_dir():
            raise NotFound("backup_folder_missing", folder=str(folder))
        if folder.resolve().is_relative_to(outside.resolve()):
            raise Invalid((), code="backup_inside_instance")
        self.target = folder / name
        if self.target.exists():
            raise Conflict("backup_exists", name=name)
        self._part = folder / (name + PART)
        self.files: dict[str, dict[str, Any]] = {}
        with storage_failures():
            shutil.rmtree(self._part, ignore_errors=True)
            self._part.mkdir(mode=0o700)

    def put(self, path: str, chunks: Iterable[Octets]) -> None:
        """Write a file; see ``BackupWriter``."""
        with storage_failures(), self._open(path) as file:
            told = _Digested(file)
            for chunk in chunks:
                told.write(chunk)
            self._note(path, told, file)

    def put_lines(self, path: str, values: Iterable[Any]) -> int:
        """Write JSON values, one a line, compressed; see ``BackupWriter``."""
        count = 0
        with storage_failures(), self._open(path) as file:
            told = _Digested(file)
            # No time stands in the file: the same rows give the same bytes.
            with gzip.GzipFile("", "wb", LEVEL, told, mtime=0) as packed:
                for value in values:
                    packed.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                    count += 1
            self._note(path, told, file)
        return count

    def _open(self, path: str) -> IO[bytes]:
        place = self._part / path
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")

    def _note(self, path: str, told: _Digested, file: IO[bytes]) -> None:
        file.flush()
        os.fsync(file.fileno())
        self.files[path] = {"bytes": told.size, "sha256": told.hasher.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> str:
        """Write the manifest and give the backup its name; see ``BackupWriter``."""
        self.put(README, (_README_TEXT.encode(),))
        whole = {"format": FORMAT, **manifest, "files": dict(sorted(self.files.items()))}
        data = json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"
        digest = hashlib.sha256(data).hexdigest()
        self.put(MANIFEST, (data,))
        self.put(MANIFEST_DIGEST, (f"{digest}  {MANIFEST}\n".encode(),))
        with storage_failures():
            for folder in [*(path for path in self._part.rglob("*") if path.is_dir()), self._part]:
                make_durable(folder)
            self._part.rename(self.target)
            make_durable(self.target.parent)
        return digest

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Remove what was not finished."""
        shutil.rmtree(self._part, ignore_errors=True)


class FolderBackup:
    """``BackupReader`` of a folder that ``FolderBackupWriter`` wrote."""

    def __init__(self, folder: Path) -> None:
        """Read the manifest. Raises NotFound: ``not_a_backup`` or ``backup_damaged``."""
        self.folder = folder
        try:
            with (folder / MANIFEST).open("rb") as file:
                data = file.read(MOST_MANIFEST)
            said = (folder / MANIFEST_DIGEST).read_bytes().split()[:1]
            self.manifest: dict[str, Any] = json.loads(data)
        except (OSError, ValueError) as error:
            raise NotFound("not_a_backup", place=str(folder)) from error
        self.sha256 = hashlib.sha256(data).hexdigest()
        if said != [self.sha256.encode()]:
            raise _damaged(MANIFEST)
        if not isinstance(self.manifest, dict) or self.manifest.get("format") != FORMAT:
            raise NotFound("not_a_backup", place=str(folder))

    def check(self) -> int:
        """Digest every file; see ``BackupReader``."""
        for path, told in self.manifest["files"].items():
            hasher = hashlib.sha256()
            for chunk in self.read(path):
                hasher.update(chunk)
            if hasher.hexdigest() != told["sha256"]:
                raise _damaged(path)
        return len(self.manifest["files"])

    def read(self, path: str) -> Iterator[Octets]:
        """Yield the bytes of a file; see ``BackupReader``."""
        with self._open(path) as file:
            while block := file.read(BLOCK):
                yield block

    def lines(self, path: str) -> Iterator[Any]:
        """Yield the JSON values of a file; see ``BackupReader``."""
        try:
            with self._open(path) as file, gzip.GzipFile(fileobj=file) as packed:
                while line := packed.readline(MOST_LINE):
                    yield json.loads(line)
        except (ValueError, EOFError, gzip.BadGzipFile) as error:
            raise _damaged(path) from error

    def _open(self, path: str) -> IO[bytes]:
        place = self.folder / path
        if path not in self.manifest["files"] or not _PATH.fullmatch(path) or place.is_symlink():
            raise _damaged(path)
        try:
            return place.open("rb")
        except FileNotFoundError as error:
            raise _damaged(path) from error
        except OSError as error:
            raise PermanentFailure("backup_unreadable", str(error)) from error


def _damaged(path: str) -> NotFound:
    return NotFound("backup_damaged", path=path)
