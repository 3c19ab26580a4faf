"""Waiting bytes put back under the token they had."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from jingui.adapters.stores.disk import storage_failures, write_all
from jingui.adapters.stores.staging import PART


class Area(Protocol):
    """What tells where bytes lie by their token."""

    def path(self, token: str) -> Path:
        """Return the path. Raises FileNotFoundError for what cannot be a token."""
        ...


class WaitingPlaces:
    """Puts bytes back into the areas of an instance."""

    def __init__(self, areas: Mapping[str, Area]) -> None:
        """Use areas by name."""
        self._areas = areas

    def place(self, name: str, token: str, chunks: Iterable[bytes]) -> None:
        """Make bytes durable under a token. Raises FileNotFoundError for what cannot be a token."""
        target = self._areas[name].path(token)
        part = target.with_name(target.name + PART)
        with storage_failures():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
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
