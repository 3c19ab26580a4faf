"""Connections to sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from jingui.domain.capture.incoming import ContentLocation, Lot


class SourceReader(Protocol):
    """Reads one connection of a source (database, folder, queue); configured and opened by ``bootstrap``."""

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield what stands behind the cursor, in order; it ends when there is no more for now.

        What cannot be read as a message is an ``Unreadable`` in a lot, never an error. Raises TransientFailure if the
        source is away and PermanentFailure if it must be configured anew; lots yielded before stay taken.
        """
        ...

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a file.

        Raises:
            DomainError: these bytes will not come (missing, outside what is allowed, too large); others may.
            TransientFailure: the source is away; the whole lot is read again later.
        """
        ...

    def again(self, reference: str, raw: str) -> Lot | None:
        """Read a message anew that was not taken, by the mapping and from the files of today.

        ``reference`` and ``raw`` are those of the arrival or ``Unreadable`` it came as. ``None``: it is taken as it was
        made then. Raises as ``lots`` does.
        """
        ...

    def acknowledge(self, lot: Lot) -> None:
        """Tell the source that a lot is taken, after the commit. Killed before, the lot comes again and changes nothing."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...
