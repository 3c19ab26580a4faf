"""Examining files in confined processes: a crash is a defect of the file over which it happened."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.frames import Message, reading_from_message
from jingui.adapters.examination.process_pool import ConfinedProcess, ProcessLostError, ProcessPool
from jingui.domain.errors import PermanentFailure
from jingui.domain.records.facts import Reading
from jingui.formats.reading import failed_reading
from jingui.formats.signatures.trust import TrustEntry, entry_to_message

READER_MODULE = "jingui.adapters.examination.reader_process"
BATCH_FILES = 64
Examined = tuple[Reading, str]


@dataclass(frozen=True, slots=True)
class _Wish:
    """How a batch is to be read."""

    is_pronom_asked_for_all: bool
    trust: list[Message] | None


class ProcessExaminer:
    """Implements ``ports.Examiner``. Several threads may share one; each call uses one process at a time."""

    def __init__(
        self,
        *,
        processes: int = 2,
        bounds: Confinement | None = None,
        module: str = READER_MODULE,
        trusted: Callable[[], Sequence[TrustEntry]] | None = None,
    ) -> None:
        """Start nothing yet; ``module`` is run with the bounds as its argument.

        ``trusted`` tells the trust list as it stands when a batch is read (``None``: nobody is trusted).
        """
        self._trusted = trusted
        self._pool = ProcessPool(module, size=processes, bounds=bounds or Confinement())

    def examine(
        self, files: Iterable[tuple[Path, str]], *, is_pronom_asked_for_all: bool = False
    ) -> Iterator[Examined]:
        """Read files in order, in batches.

        Raises:
            PermanentFailure: a path cannot be opened (``content_not_openable``).
            TransientFailure: no reading process could be started.
        """
        remaining = iter(files)
        while batch := list(islice(remaining, BATCH_FILES)):
            yield from self._examine_batch(batch, _Wish(is_pronom_asked_for_all, self._trust()))

    def _trust(self) -> list[Message] | None:
        return [entry_to_message(entry) for entry in self._trusted()] if self._trusted else None

    def close(self) -> None:
        """End the reading processes."""
        self._pool.close()

    def __enter__(self) -> ProcessExaminer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _examine_batch(self, batch: Sequence[tuple[Path, str]], wish: _Wish) -> list[Examined]:
        results: list[Examined] = []
        blamed = -1
        while len(results) < len(batch):
            try:
                with self._pool.leased() as process:
                    _collect(process, batch[len(results) :], wish, results)
            except ProcessLostError as error:
                # A crash may be the fault of what was read before: only the second one, in a fresh process, is the file's.
                if error.code == "reader_timeout" or blamed == len(results):
                    path, name = batch[len(results)]
                    results.append((failed_reading(path, name, code=error.code, detail=error.detail), ""))
                else:
                    blamed = len(results)
        return results


def _collect(process: ConfinedProcess, files: Sequence[tuple[Path, str]], wish: _Wish, results: list[Examined]) -> None:
    told = [] if wish.trust is None else [{"trust": wish.trust}]
    process.send([*told, *(_item(path, name, wish) for path, name in files)])
    for _ in told:
        process.receive()  # the word that the trust list arrived
    for path, _ in files:
        message, text = process.receive()
        if "failure" in message:
            raise PermanentFailure("content_not_openable", f"{path.name}: {message['failure']}")
        results.append((reading_from_message(message), text.decode()))


def _item(path: Path, name: str, wish: _Wish) -> Message:
    """Name a file; the path as hexadecimal, because names are bytes and need not be text."""
    return {"path": os.fsencode(path.absolute()).hex(), "name": name, "pronom_for_all": wish.is_pronom_asked_for_all}
