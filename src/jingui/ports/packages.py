"""What checks and reads packages of unknown origin, outside the service's own process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Protocol

from jingui.domain.packaging.transfer import TransferFile, TransferRecord
from jingui.formats.exchange.profiles import Checked


class ReadRecord(Protocol):
    """A record as it was read from a package that is open."""

    @property
    def record(self) -> TransferRecord:
        """The record."""
        ...

    def open(self, file: TransferFile) -> IO[bytes]:
        """Open the bytes of a file; only one at a time. Raises PermanentFailure where they cannot be read."""
        ...


class OpenedPackage(Protocol):
    """A package that was checked."""

    @property
    def checked(self) -> Checked:
        """What the check found. A package that breaks its checker is a finding, too."""
        ...

    def records(self) -> Iterator[ReadRecord]:
        """Yield the records. Raises DocumentRefusedError, or PermanentFailure where the process was lost."""
        ...


class PackageReader(Protocol):
    """Checks packages of any form and reads what they hold."""

    def opened(self, path: Path, *, trusted: Sequence[str] = ()) -> AbstractContextManager[OpenedPackage]:
        """Check a package and keep it open; ``trusted`` are public keys (PEM).

        Raises:
            TransientFailure: no process could be started.
            PermanentFailure: the path itself cannot be read (``content_not_openable``).
        """
        ...
