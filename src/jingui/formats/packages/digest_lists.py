"""Lists of digests as ``sha256sum`` writes and checks them: ``<hex>  <path>``, one line per file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = re.compile(r"(?P<mark>\\?)(?P<digest>[0-9a-f]{64})  (?P<path>.+)", re.DOTALL)
_TO_ESCAPE = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_NEEDS_ESCAPE = re.compile(r"[\\\n\r]")
_ESCAPED = re.compile(r"\\(.?)", re.DOTALL)
_FROM_ESCAPE = {"\\": "\\", "n": "\n", "r": "\r"}


class ListMalformedError(ValueError):
    """A line is none that ``write_list`` writes."""


def write_list(entries: Iterable[tuple[str, str]]) -> bytes:
    """Write (path, digest) pairs, ordered by path."""
    return "".join(f"{_line(path, digest)}\n" for path, digest in sorted(entries)).encode()


def read_list(data: bytes) -> dict[str, str]:
    """Read a list back into path → digest.

    Raises:
        ListMalformedError: not UTF-8, a line that is none, or a path named twice.
    """
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise ListMalformedError("not UTF-8") from error
    if lines.pop() != "":
        raise ListMalformedError("last line is cut off")
    digests: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        path = _path(match) if match else ""
        if match is None or not path or path in digests:
            raise ListMalformedError(f"line {number}")
        digests[path] = match["digest"]
    return digests


def _line(path: str, digest: str) -> str:
    if not _NEEDS_ESCAPE.search(path):
        return f"{digest}  {path}"
    return f"\\{digest}  {_NEEDS_ESCAPE.sub(lambda letter: _TO_ESCAPE[letter[0]], path)}"


def _path(match: re.Match[str]) -> str:
    if not match["mark"]:
        return match["path"]
    return _ESCAPED.sub(lambda escape: _FROM_ESCAPE.get(escape[1], ""), match["path"])
