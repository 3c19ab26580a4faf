"""Rules for logical and content paths, those of OCFL 1.1 §3.5.2 and §3.5.3.1 and our stricter own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from jingui.domain.errors import Problem

MAX_ELEMENT_BYTES = 255
MAX_PATH_BYTES = 3072
_NO_ELEMENT = frozenset(("", ".", ".."))
_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def is_bounded_by_slash(path: str) -> bool:
    """Say whether a path begins or ends with a slash (E053, E100)."""
    return path.startswith("/") or path.endswith("/")


def has_bad_element(path: str) -> bool:
    """Say whether an element is empty, ``.`` or ``..`` (E052, E099)."""
    return not _NO_ELEMENT.isdisjoint(path.split("/"))


def is_safe(path: str) -> bool:
    """Say whether a path stays below the folder it is joined to."""
    return not has_bad_element(path) and "\0" not in path


def conflicting(paths: Iterable[str]) -> Iterator[str]:
    """List paths that occur twice or are the folder of another one (E095, E101)."""
    counts = Counter(paths)
    yield from (path for path, count in counts.items() if count > 1)
    yield from sorted(folders_of(counts) & counts.keys())


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return every folder that the paths need."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def logical_path_problems(paths: Iterable[str]) -> Iterator[Problem]:
    """List what keeps logical paths from being stored, under names that any file system and tool can take.

    Stricter than OCFL: no backslash, no NUL, nothing that is not UTF-8, and lengths that file systems take.
    """
    known = list(paths)
    for path in known:
        for code, is_broken in _RULES.items():
            if is_broken(path):
                yield Problem(location=_shown(path), code=code)
    for path in conflicting(known):
        yield Problem(location=_shown(path), code="path_conflict")


def _shown(path: str) -> str:
    return path.encode(errors="backslashreplace").decode()


def _is_not_text(path: str) -> bool:
    return _NO_TEXT.search(path) is not None


def _has_long_element(path: str) -> bool:
    if len(path.encode(errors="replace")) <= MAX_ELEMENT_BYTES:
        return False
    return any(len(element.encode(errors="replace")) > MAX_ELEMENT_BYTES for element in path.split("/"))


def _is_too_long(path: str) -> bool:
    return len(path.encode(errors="replace")) > MAX_PATH_BYTES


_RULES = {
    "path_absolute": is_bounded_by_slash,
    "path_element_bad": has_bad_element,
    "path_backslash": lambda path: "\\" in path,
    "path_not_text": _is_not_text,
    "path_element_too_long": _has_long_element,
    "path_too_long": _is_too_long,
}
