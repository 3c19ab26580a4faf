"""How commands speak: results on standard output (JSON on request), progress and notes on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import east_asian_width

EXIT_OK = 0
EXIT_FOUND = 1  # the command ran and found something wrong
EXIT_USAGE = 2  # it could not run as asked; nothing was changed


@dataclass(frozen=True, slots=True)
class Out:
    """Where a command writes. ``as_json``: the result is one JSON value on standard output."""

    as_json: bool = False

    def result(self, value: Any, text: str) -> None:  # noqa: ANN401 - any JSON value
        """Write the result."""
        _write(json.dumps(value, ensure_ascii=False, indent=2) if self.as_json else text)

    def note(self, text: str) -> None:
        """Say something beside the result."""
        print(text, file=sys.stderr, flush=True)

    def progress(self, what: str) -> Callable[[int], None]:
        """Return a function that shows how many are done, on standard error and only to a person."""
        if not sys.stderr.isatty():
            return lambda _done: None
        return lambda done: print(f"\r{what} {done}", end="", file=sys.stderr, flush=True)

    def refuse(self, code: str, text: str) -> int:
        """Say why the command did not run; return the exit code."""
        if self.as_json:
            _write(json.dumps({"error": code, "detail": text}, ensure_ascii=False))
        else:
            print(text, file=sys.stderr)
        return EXIT_USAGE


def _write(text: str) -> None:
    """Write to standard output. Who reads only the beginning (``| head``) changes neither the act nor its exit code."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # What is still buffered must not fail once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def width(text: str) -> int:
    """Return how many columns a text takes in a terminal."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a table in columns, Chinese counted as two."""
    lines = [[str(cell) for cell in headers], *([str(cell) for cell in row] for row in rows)]
    widths = [max(width(line[place]) for line in lines) for place in range(len(headers))]
    laid = ["  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(line)).rstrip() for line in lines]
    return "\n".join([laid[0], "  ".join("─" * w for w in widths), *laid[1:]])
