"""Examining files in this very process: for benchmarks and for files that are trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jingui.domain.errors import PermanentFailure
from jingui.domain.records.facts import Reading
from jingui.formats.reading import DEFAULT_LIMITS, Limits, read


class InlineExaminer:
    """Implements ``ports.Examiner`` without a process of its own: a crash of a decoder ends the caller."""

    def __init__(self, *, limits: Limits = DEFAULT_LIMITS) -> None:
        """Keep the limits of a single file."""
        self._limits = limits

    def examine(
        self, files: Iterable[tuple[Path, str]], *, is_pronom_asked_for_all: bool = False
    ) -> Iterator[tuple[Reading, str]]:
        """Read files in order, never asking PRONOM, whose engine must not be loaded into a process that may fork.

        Raises:
            PermanentFailure: a path cannot be opened (``content_not_openable``).
        """
        del is_pronom_asked_for_all
        for path, name in files:
            try:
                yield read(path, name, limits=self._limits)
            except OSError as error:
                raise PermanentFailure("content_not_openable", f"{path.name}: {type(error).__name__}") from None

    def close(self) -> None:
        """Hold nothing, so end nothing."""
