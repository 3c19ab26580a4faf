"""A strict view of a ZIP file of unknown origin: nothing is unpacked, and what could deceive is a finding."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding

if TYPE_CHECKING:
    from pathlib import Path

Opener = Callable[[str], IO[bytes]]
ZipView = tuple[dict[str, int], Opener, tuple[PackageFinding, ...]]

_ENCRYPTED = 0x1 | 0x40
_UTF8 = 0x800
_LOCAL_HEADER_BYTES = 30
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """What is taken to be a bomb. Sizes are in bytes; ``ratio`` counts for entries larger than ``free_bytes``."""

    entries: int = 100_000
    total_bytes: int = 256 << 30
    ratio: int = 250
    free_bytes: int = 64 << 20


class _Checked:
    """An entry's stream whose damage is a ValueError, whichever part of the reader finds it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def __enter__(self) -> IO[bytes]:
        return self  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        try:
            return self._stream.read(size)
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise ValueError(str(error)) from error


@contextmanager
def open_zip(path: Path | IO[bytes], *, limits: ZipLimits) -> Iterator[ZipView]:
    """Open a ZIP file and give sizes by path, an opener, and findings; entries with a finding are left out."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        finding = PackageFinding("not_a_package", "", f"{type(error).__name__}: {error}")
        yield {}, _refuse, (finding,)
        return
    with archive:
        yield _view(archive, limits)


def _view(archive: zipfile.ZipFile, limits: ZipLimits) -> ZipView:
    entries = [entry for entry in archive.infolist() if not _is_plain_folder(entry)]
    if bomb := _whole_bomb(entries, limits):
        return {}, _refuse, (bomb,)
    findings = list(_entry_findings(entries, limits))
    refused = {finding.path for finding in findings}
    by_path = {entry.filename: entry for entry in entries if entry.orig_filename not in refused}

    def open_entry(path: str) -> IO[bytes]:
        try:
            return _Checked(archive.open(by_path[path]))  # type: ignore[return-value]
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise ValueError(str(error)) from error

    return {name: entry.file_size for name, entry in by_path.items()}, open_entry, tuple(findings)


def _is_plain_folder(entry: zipfile.ZipInfo) -> bool:
    # An entry without a name makes ``is_dir`` of the library fail.
    return (
        bool(entry.filename)
        and entry.is_dir()
        and entry.file_size == 0
        and is_safe_name(entry.orig_filename.rstrip("/"))
    )


def _whole_bomb(entries: list[zipfile.ZipInfo], limits: ZipLimits) -> PackageFinding | None:
    total = sum(entry.file_size for entry in entries)
    if len(entries) > limits.entries or total > limits.total_bytes:
        return PackageFinding("zip_bomb", "", f"{len(entries)} entries, {total} bytes")
    return None


def _entry_findings(entries: list[zipfile.ZipInfo], limits: ZipLimits) -> Iterator[PackageFinding]:
    for entry in entries:
        for code, is_bad in _RULES.items():
            if is_bad(entry):
                yield PackageFinding(code, entry.orig_filename)
        if entry.file_size > limits.free_bytes and entry.file_size > entry.compress_size * limits.ratio:
            yield PackageFinding("zip_bomb", entry.orig_filename, f"{entry.file_size} bytes")
    names = Counter(unicodedata.normalize("NFC", entry.filename) for entry in entries)
    for entry in entries:
        if names[unicodedata.normalize("NFC", entry.filename)] > 1:
            yield PackageFinding("path_duplicate", entry.orig_filename)
    yield from _overlaps(entries)


def _overlaps(entries: list[zipfile.ZipInfo]) -> Iterator[PackageFinding]:
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            yield PackageFinding("zip_overlap", entry.orig_filename)
        end = entry.header_offset + _LOCAL_HEADER_BYTES + entry.compress_size


def is_safe_name(name: str) -> bool:
    """Say whether a name stays inside the package on any system."""
    is_absolute = name.startswith("/") or name[1:2] == ":"
    return not is_absolute and not {"", ".", ".."} & set(name.split("/")) and "\\" not in name and "\0" not in name


def _is_special(entry: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    return kind not in (0, stat.S_IFREG)


def _refuse(path: str) -> IO[bytes]:
    raise FileNotFoundError(path)


_RULES: dict[str, Callable[[zipfile.ZipInfo], bool]] = {
    "path_unsafe": lambda entry: not is_safe_name(entry.orig_filename),
    "link_not_allowed": _is_special,
    "zip_encrypted": lambda entry: bool(entry.flag_bits & _ENCRYPTED),
    "zip_method_unknown": lambda entry: entry.compress_type not in _METHODS,
    "zip_name_not_utf8": lambda entry: not entry.orig_filename.isascii() and not entry.flag_bits & _UTF8,
}
