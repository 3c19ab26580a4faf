"""Examining files in confined processes: a crash is a defect of the file over which it happened."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.frames import Message, reading_from_message
from jingui.adapters.examination.process_pool import ConfinedProcess, ProcessLostError, ProcessPool
from jingui.domain.errors import PermanentFailure
from jingui.domain.records.facts import Reading
from jingui.formats.reading import failed_reading

READER_MODULE = "jingui.adapters.examination.reader_process"
BATCH_FILES = 64
Examined = tuple[Reading, str]


class ProcessExaminer:
    """Implements ``ports.Examiner``. Several threads may share one; each call uses one process at a time."""

    def __init__(self, *, processes: int = 2, bounds: Confinement | None = None, module: str = READER_MODULE) -> None:
        """Start nothing yet; ``module`` is run with the bounds as its argument."""
        self._pool = ProcessPool(module, size=processes, bounds=bounds or Confinement())

    def examine(self, files: Iterable[tuple[Path, str]]) -> Iterator[Examined]:
        """Read files in order, in batches.

        Raises:
            PermanentFailure: a path cannot be opened (``content_not_openable``).
            TransientFailure: no reading process could be started.
        """
        remaining = iter(files)
        while batch := list(islice(remaining, BATCH_FILES)):
            yield from self._examine_batch(batch)

    def close(self) -> None:
        """End the reading processes."""
        self._pool.close()

    def __enter__(self) -> ProcessExaminer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _examine_batch(self, batch: Sequence[tuple[Path, str]]) -> list[Examined]:
        results: list[Examined] = []
        blamed = -1
        while len(results) < len(batch):
            try:
                with self._pool.leased() as process:
                    _collect(process, batch[len(results) :], results)
            except ProcessLostError as error:
                # A crash may be the fault of what was read before: only the second one, in a fresh process, is the file's.
                if error.code == "reader_timeout" or blamed == len(results):
                    path, name = batch[len(results)]
                    results.append((failed_reading(path, name, code=error.code, detail=error.detail), ""))
                else:
                    blamed = len(results)
        return results


def _collect(process: ConfinedProcess, files: Sequence[tuple[Path, str]], results: list[Examined]) -> None:
    process.send([_item(path, name) for path, name in files])
    for path, _ in files:
        message, text = process.receive()
        if "failure" in message:
            raise PermanentFailure("content_not_openable", f"{path.name}: {message['failure']}")
        results.append((reading_from_message(message), text.decode()))


def _item(path: Path, name: str) -> Message:
    """Name a file; the path as hexadecimal, because names are bytes and need not be text."""
    return {"path": os.fsencode(path.absolute()).hex(), "name": name}
