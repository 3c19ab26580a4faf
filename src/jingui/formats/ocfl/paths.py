"""Rules for logical and content paths, those of OCFL 1.1 §3.5.2 and §3.5.3.1 and our stricter own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from jingui.domain.errors import Problem

MAX_ELEMENT_BYTES = 255
MAX_PATH_BYTES = 3072


def is_bounded_by_slash(path: str) -> bool:
    """Say whether a path begins or ends with a slash (E053, E100)."""
    return path.startswith("/") or path.endswith("/")


def has_bad_element(path: str) -> bool:
    """Say whether an element is empty, ``.`` or ``..`` (E052, E099)."""
    return any(element in ("", ".", "..") for element in path.split("/"))


def is_safe(path: str) -> bool:
    """Say whether a path stays below the folder it is joined to."""
    return not has_bad_element(path) and "\0" not in path


def conflicting(paths: Iterable[str]) -> Iterator[str]:
    """List paths that occur twice or are the folder of another one (E095, E101)."""
    counts = Counter(paths)
    yield from (path for path, count in counts.items() if count > 1)
    folders = {path[:at] for path in counts for at, letter in enumerate(path) if letter == "/"}
    yield from sorted(folders & counts.keys())


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
    return "\0" in path or any("\ud800" <= letter <= "\udfff" for letter in path)


def _has_long_element(path: str) -> bool:
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
