"""The full-text index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """What the index knows of a record; the index can be thrown away and rebuilt."""

    record_key: str
    agency_key: str
    fields: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class SearchHits:
    """A page of what was found, newest first. ``total`` stops counting at a cap; ``is_capped`` says so."""

    record_keys: tuple[str, ...]
    total: int
    is_capped: bool = False


class SearchIndex(Protocol):
    """Full-text search in Chinese; two-character words are found."""

    def ensure(self) -> None:
        """Make the tables of the index that are not there yet."""
        ...

    def query(self, text: str, *, agency_keys: tuple[str, ...] | None, limit: int = 20, offset: int = 0) -> SearchHits:
        """Find records whose fields or text hold every word; ``agency_keys`` (``None``: all) is part of the query."""
        ...

    def optimize(self) -> None:
        """Bring the index into its fastest form, after much has been put in."""
        ...

    def put(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace documents, in the caller's transaction."""
        ...

    def remove(self, record_keys: Iterable[str]) -> None:
        """Remove documents, in the caller's transaction."""
        ...

    def clear(self) -> None:
        """Throw the whole index away."""
        ...
