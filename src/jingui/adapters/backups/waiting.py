"""Waiting bytes put back under the token they had."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from jingui.adapters.stores.disk import storage_failures, write_all
from jingui.adapters.stores.staging import PART, FolderStagingArea


class WaitingPlaces:
    """Puts bytes back into the areas of an instance."""

    def __init__(self, areas: Mapping[str, FolderStagingArea]) -> None:
        """Use areas by name."""
        self._areas = areas

    def place(self, name: str, token: str, chunks: Iterable[bytes]) -> None:
        """Make bytes durable under a token. Raises FileNotFoundError for what cannot be a token."""
        target = self._areas[name].path(token)
        part = target.with_name(token + PART)
        with storage_failures():
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                for chunk in chunks:
                    write_all(descriptor, chunk)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            part.rename(target)
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
