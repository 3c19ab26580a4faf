"""A ZIP file that grows in several sittings: killed in one, it goes on from the last entry that was wholly told.

Beside it stands what it was at the end of the last sitting: how far that was, and the directory that ends the file. The
next sitting writes over that directory, so without it a file that was cut off could not be mended.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.formats.exchange.sinks import ZipSink

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jingui.formats.exchange.sinks import PackageSink

_ARCHIVE, _STATE = "package.zip", "state"


@dataclass(slots=True)
class GrowingZip:
    """The ZIP file in a folder of its own; ``done`` is how many additions are in it."""

    folder: Path
    done: int = 0

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self.folder / _ARCHIVE

    @contextmanager
    def sitting(self) -> Iterator[Adding]:
        """Open the file for additions. What is added counts once the sitting ends, however it ends.

        Only a whole addition counts: one that breaks off takes this sitting's others with it.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._restore()
        with self.path.open("r+b" if self.path.exists() else "x+b") as stream:
            archive = ZipSink(stream, is_continued=True)
            adding = Adding(archive, self.done)
            try:
                yield adding
            finally:
                start = archive.finish()
                if adding.is_whole:
                    self._remember(adding.done, start)

    def _restore(self) -> None:
        """Bring the file back to the end of the last sitting."""
        try:
            told, _, tail = (self.folder / _STATE).read_bytes().partition(b"\n")
        except FileNotFoundError:
            self.path.unlink(missing_ok=True)
            self.done = 0
            return
        state = json.loads(told)
        with self.path.open("r+b") as stream:
            stream.truncate(state["start"])
            stream.seek(0, os.SEEK_END)
            stream.write(tail)
        self.done = state["done"]

    def _remember(self, done: int, start: int) -> None:
        with self.path.open("rb") as stream:
            os.fsync(stream.fileno())
            stream.seek(start)
            tail = stream.read()
        building = self.folder / f".{_STATE}"
        with building.open("wb") as written:
            written.write(json.dumps({"done": done, "start": start}).encode() + b"\n" + tail)
            written.flush()
            os.fsync(written.fileno())
        building.replace(self.folder / _STATE)
        self.done = done


@dataclass(slots=True)
class Adding:
    """Additions of one sitting."""

    sink: ZipSink
    done: int
    is_whole: bool = True

    def add(self, write: Callable[[PackageSink], None], *, count: int = 1) -> None:
        """Let ``write`` put files in; it raises what it will, and then nothing of this sitting counts."""
        self.is_whole = False
        write(self.sink)
        self.is_whole = True
        self.done += count
