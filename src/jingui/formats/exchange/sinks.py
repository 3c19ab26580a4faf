"""Where a package is written to: a folder, or a ZIP file that grows as a stream."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Protocol, Self

from jingui.formats.packages.zip_source import is_safe_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from jingui.domain.packaging.transfer import TransferFile

BLOCK_BYTES = 1 << 18
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same record gives the same package
_PLAIN_FILE = 0o100644 << 16


class ContentDamagedError(ValueError):
    """The bytes of a file are not those that the record speaks of."""


class PackageSink(Protocol):
    """Takes the files of a package, each once."""

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        ...

    def stream(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write a file of any size."""
        ...


class FolderSink:
    """Writes into a folder, which is made."""

    def __init__(self, root: Path) -> None:
        """Remember the folder."""
        self._root = root

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        self.stream(path, [data])

    def stream(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write a file of any size. Raises ValueError for a path that leaves the folder, FileExistsError for a double."""
        target = self._root / _safe(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as written:
            for block in blocks:
                written.write(block)


class ZipSink:
    """Writes into a ZIP file; the stream need not be seekable. Text is packed, captured files are stored as they are."""

    def __init__(self, stream: IO[bytes], *, is_continued: bool = False) -> None:
        """Begin the ZIP file, or go on with the one in ``stream``, which then is read and written."""
        self._archive = zipfile.ZipFile(stream, "a" if is_continued else "w", allowZip64=True)
        self._names: set[str] = set(self._archive.namelist())

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the directory, also of a file that breaks off: nothing may be left open."""
        self.close()

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        self._archive.writestr(self._entry(path, zipfile.ZIP_DEFLATED), data, compresslevel=1)

    def stream(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write a file of any size. Raises ValueError for a path that leaves the package or comes twice."""
        with self._archive.open(self._entry(path, zipfile.ZIP_STORED), "w", force_zip64=True) as written:
            for block in blocks:
                written.write(block)

    def close(self) -> None:
        """Write the directory; without it there is no ZIP file."""
        self._archive.close()

    def finish(self) -> int:
        """Write the directory and return where it begins."""
        self.close()
        return int(self._archive.start_dir)

    def _entry(self, path: str, method: int) -> zipfile.ZipInfo:
        if path in self._names:
            raise FileExistsError(path)
        self._names.add(path)
        entry = zipfile.ZipInfo(_safe(path), _EPOCH)
        entry.compress_type = method
        entry.external_attr = _PLAIN_FILE
        return entry


class InnerSink:
    """Writes into one folder of another sink."""

    def __init__(self, outer: PackageSink, folder: str) -> None:
        """``folder`` is a path without a slash at its end."""
        self._outer, self._folder = outer, folder

    def put(self, path: str, data: bytes) -> None:
        """Write a small file."""
        self._outer.put(f"{self._folder}/{path}", data)

    def stream(self, path: str, blocks: Iterable[bytes]) -> None:
        """Write a file of any size."""
        self._outer.stream(f"{self._folder}/{path}", blocks)


def _safe(path: str) -> str:
    if not is_safe_name(path):
        raise ValueError(path)
    return path


def checked_blocks(file: TransferFile, opener: Callable[[TransferFile], IO[bytes]]) -> Iterator[bytes]:
    """Yield the bytes of a file, and make sure at their end that they are the file's.

    Raises:
        ContentDamagedError: their SHA-256 or size is another than the record says.
        OSError: they cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    with opener(file) as stream:
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
            yield block
    if size != file.bytes or digest.hexdigest() != file.digests["sha256"]:
        raise ContentDamagedError(file.path)


@contextmanager
def folder_or_zip(path: Path, *, name: str = "") -> Iterator[PackageSink]:
    """Open a sink for ``path``: a ZIP file if it ends in ``.zip``, else a folder. It has its name when it is whole.

    ``name``: the one folder inside a ZIP file that all lies in.

    Raises:
        FileExistsError: something is there already.
    """
    if path.exists():
        raise FileExistsError(path)
    building = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove(building)
    try:
        if path.suffix.lower() == ".zip":
            with building.open("xb") as stream, ZipSink(stream) as archive:
                yield InnerSink(archive, name) if name else archive
        else:
            building.mkdir()
            yield FolderSink(building)
        building.rename(path)
    except BaseException:
        _remove(building)
        raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
