"""Progress on the error stream: one line rewritten on a terminal, a line every few seconds in a log."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

LINE_SECONDS = 5.0
TERMINAL_SECONDS = 0.1


class Progress:
    """Counts what is done of a task; safe to call from several threads."""

    def __init__(self, label: str, total: int, *, stream: TextIO | None = None) -> None:
        """Name the task. ``total`` is how many steps it has."""
        self._label, self._total, self._done = label, total, 0
        self._stream = stream or sys.stderr
        self._is_terminal = self._stream.isatty()
        self._lock = threading.Lock()
        self._written, self._told = time.monotonic(), -1

    def advance(self, count: int = 1) -> None:
        """Note that steps are done, and say so if the last word is some time ago."""
        with self._lock:
            self._done += count
            pause = TERMINAL_SECONDS if self._is_terminal else LINE_SECONDS
            if time.monotonic() - self._written >= pause:
                self._write("\r" if self._is_terminal else "\n")

    def finish(self) -> None:
        """Write the last line, unless it stands there already."""
        with self._lock:
            if self._is_terminal or self._told != self._done:
                self._write("\n")

    def _write(self, end: str) -> None:
        start = "\r" if self._is_terminal else ""
        self._stream.write(f"{start}{self._label} {self._done}/{self._total}{end}")
        self._stream.flush()
        self._written, self._told = time.monotonic(), self._done
