"""The parent's side of checking and reading packages: it parses nothing of them, and a crash is a finding."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.process_pool import ConfinedProcess, ProcessLostError
from jingui.adapters.exchange.messages import (
    Message,
    checked_from_message,
    problems_from_message,
    record_from_message,
)
from jingui.domain.errors import PermanentFailure
from jingui.domain.packaging.packages import PackageFinding
from jingui.domain.packaging.transfer import TransferFile, TransferRecord
from jingui.formats.exchange.profiles import Checked
from jingui.formats.handover.documents import DocumentRefusedError

MODULE = "jingui.adapters.exchange.package_process"
BOUNDS = Confinement(cpu_seconds=120, wall_seconds=300.0, written_bytes=16 << 30)
SLOWEST_BYTES_A_SECOND = 10 << 20
"""A package is given more time the larger it is, at this rate."""

LOST = {"reader_timeout": "checker_timeout", "reader_crashed": "checker_crashed"}


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """A record as it was read; its files are handed out by the process while the package is open."""

    record: TransferRecord
    number: int
    process: ConfinedProcess

    def open(self, file: TransferFile) -> IO[bytes]:
        """Open the bytes of a file; only one at a time. Raises PermanentFailure where it cannot be read."""
        _ask(self.process, {"act": "begin", "number": self.number, "file": file.path})
        return io.BufferedReader(_FileOfPackage(self.process), 1 << 18)


@dataclass(frozen=True, slots=True)
class OpenedPackage:
    """A package that was checked; ``records`` reads them and raises ``DocumentRefusedError`` where that is not possible."""

    checked: Checked
    path: Path
    process: ConfinedProcess | None

    def records(self) -> Iterator[ReadRecord]:
        """Yield the records. Raises DocumentRefusedError, or PermanentFailure where the process was lost."""
        if self.process is None:
            return
        count = _ask(self.process, {"act": "read", "path": _named(self.path)})[0]["count"]
        for number in range(count):
            message, _ = _ask(self.process, {"act": "record", "number": number})
            yield ReadRecord(record_from_message(message), number, self.process)


class ConfinedPackageDesk:
    """Opens each package in a process of its own, which ends with it."""

    def __init__(self, *, bounds: Confinement = BOUNDS, module: str = MODULE) -> None:
        """Start nothing yet."""
        self._bounds, self._module = bounds, module

    def check(self, path: Path, *, trusted: Sequence[str] = ()) -> Checked:
        """Check a package; ``trusted`` are public keys (PEM).

        Raises:
            TransientFailure: no process could be started.
            PermanentFailure: the path itself cannot be read (``content_not_openable``).
        """
        with self.opened(path, trusted=trusted) as package:
            return package.checked

    @contextmanager
    def opened(self, path: Path, *, trusted: Sequence[str] = ()) -> Iterator[OpenedPackage]:
        """Check a package and keep it open for reading. Raises what ``check`` raises."""
        process = ConfinedProcess(self._module, _bounds_for(path, self._bounds))
        try:
            item = {"act": "check", "path": _named(path), "keys": list(trusted)}
            try:
                process.send([item])
                message, _ = process.receive()
            except ProcessLostError as error:
                finding = PackageFinding(LOST[error.code], path.name, error.detail)
                yield OpenedPackage(Checked("", (finding,)), path, None)
                return
            _refuse_failure(message)
            yield OpenedPackage(checked_from_message(message), path, process)
        finally:
            process.close()


def _bounds_for(path: Path, bounds: Confinement) -> Confinement:
    more = _size(path) // SLOWEST_BYTES_A_SECOND
    return replace(bounds, cpu_seconds=bounds.cpu_seconds + more, wall_seconds=bounds.wall_seconds + more)


def _size(path: Path) -> int:
    """Return how large a package is on disk; what it may unpack to has limits of its own."""
    if not path.is_dir():
        return path.lstat().st_size if os.path.lexists(path) else 0
    places = (Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    return sum(place.lstat().st_size for place in places)


def _ask(process: ConfinedProcess, item: Message) -> tuple[Message, bytes]:
    """Ask one thing of a package that is open. Raises DocumentRefusedError or PermanentFailure."""
    try:
        process.send([item])
        message, data = process.receive()
    except ProcessLostError as error:
        raise PermanentFailure(error.code, error.detail) from None
    _refuse_failure(message)
    if "refused" in message:
        raise DocumentRefusedError(*problems_from_message(message))
    return message, data


def _refuse_failure(message: Message) -> None:
    if "failure" in message:
        raise PermanentFailure("content_not_openable", message["failure"])


def _named(path: Path) -> str:
    """Name a file; as hexadecimal, because names are bytes and need not be text."""
    return os.fsencode(path.absolute()).hex()


class _FileOfPackage(io.RawIOBase):
    """The bytes of the file that the process has open."""

    def __init__(self, process: ConfinedProcess) -> None:
        """Read from this process."""
        super().__init__()
        self._process, self._rest = process, memoryview(b"")

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - a writable buffer, as the interpreter calls it
        """Fill the buffer from the next piece."""
        if not self._rest:
            self._rest = memoryview(_ask(self._process, {"act": "block"})[1])
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size
