"""A package of unknown origin as a tree of files: a folder or a ZIP file, nothing unpacked, no link followed.

On top of the strict view of ``formats.packages`` it refuses names that fall together on a system that does not tell
letter case or Unicode normalisation apart, so that no file can hide another.
"""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from jingui.formats.handover.problems import problem
from jingui.formats.packages.sources import opened
from jingui.formats.packages.zip_source import ZipLimits, is_safe_name, open_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jingui.domain.errors import Problem
    from jingui.domain.packaging.packages import PackageFinding

BLOCK_BYTES = 1 << 18
MAX_PATH_BYTES = 1000
DEFAULT_LIMITS = ZipLimits(entries=20_000, total_bytes=64 << 30)

_CODES = {
    "not_a_package": "package_not_readable_as_zip",
    "path_unsafe": "package_path_unsafe",
    "path_duplicate": "package_path_collision",
    "link_not_allowed": "package_link",
    "zip_encrypted": "package_encrypted",
    "zip_method_unknown": "package_method_unknown",
    "zip_name_not_utf8": "package_name_encoding",
    "zip_overlap": "package_entries_overlap",
    "zip_bomb": "package_bomb",
}


@dataclass(frozen=True, slots=True)
class Tree:
    """Files by path with their sizes. ``open`` raises OSError or ValueError for damaged bytes."""

    sizes: dict[str, int]
    open: Callable[[str], IO[bytes]]
    problems: tuple[Problem, ...] = ()

    def read(self, path: str, *, limit: int) -> bytes:
        """Return a small file whole.

        Raises:
            OverflowError: it has more than ``limit`` bytes, whatever its directory says.
            OSError, ValueError: it cannot be read.
        """
        with self.open(path) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise OverflowError(path)
        return data

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises OSError or ValueError where they are damaged."""
        with self.open(path) as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block


@contextmanager
def opened_tree(path: Path, *, marker: str, limits: ZipLimits = DEFAULT_LIMITS) -> Iterator[Tree]:
    """Open a folder or a ZIP file. If all lies in one folder that holds ``marker``, that folder is the package.

    Raises:
        OSError: the path itself cannot be listed.
    """
    with opened(path, marker=marker, limits=limits) as source:
        found = [_problem_of(finding) for finding in source.findings]
        found += _folder_bombs(source.sizes, limits) if path.is_dir() else []
        found += _name_problems(source.sizes)
        yield Tree(source.sizes, source.open, tuple(found))


@contextmanager
def opened_zip_tree(stream: IO[bytes], *, limits: ZipLimits = DEFAULT_LIMITS) -> Iterator[Tree]:
    """Open a ZIP file that is not a file of its own; nothing in it is looked through."""
    with open_zip(stream, limits=limits) as (sizes, opener, findings):
        found = [*(_problem_of(finding) for finding in findings), *_name_problems(sizes)]
        yield Tree(sizes, opener, tuple(found))


def _problem_of(finding: PackageFinding) -> Problem:
    code = _CODES.get(finding.code, "package_unreadable")
    return problem(code, finding.path, detail=finding.detail, other="")


def _folder_bombs(sizes: dict[str, int], limits: ZipLimits) -> list[Problem]:
    total = sum(sizes.values())
    if len(sizes) > limits.entries or total > limits.total_bytes:
        return [problem("package_bomb", "", detail=f"{len(sizes)} files, {total} bytes")]
    return []


def folded(path: str) -> str:
    """Return what a path becomes on a system that tells neither letter case nor normalisation apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def _name_problems(sizes: dict[str, int]) -> list[Problem]:
    found: list[Problem] = []
    seen: dict[str, str] = {}
    for path in sizes:
        if len(path.encode("utf-8", "surrogatepass")) > MAX_PATH_BYTES:
            found.append(problem("package_path_too_long", path[:100], limit=MAX_PATH_BYTES))
        if not path.isprintable() or not is_safe_name(path):
            found.append(problem("package_path_unsafe", path.encode("utf-8", "backslashreplace").decode()))
        other = seen.setdefault(folded(path), path)
        if other != path:
            found.append(problem("package_path_collision", path, other=other))
    return [*found, *_files_that_are_folders(seen)]


def _files_that_are_folders(seen: dict[str, str]) -> list[Problem]:
    folders = {name[:place] for name in seen for place, letter in enumerate(name) if letter == "/"}
    return [problem("package_path_collision", seen[name], other=f"{name}/") for name in sorted(folders & set(seen))]
