"""The kinds of connections and what opens a reader of each.

A kind is loaded when it is first asked for: the libraries for databases and brokers take longer to load than most
commands take to run, and few processes ever open a connection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from jingui.adapters.sources.opening import ReaderKind

_PLACES = {
    "pull": ("pull", "PULL"),
    "database": ("database", "DATABASE"),
    "folder": ("batch_folder", "BATCH_FOLDER"),
    "bagit": ("bagit_folder", "BAG_FOLDER"),
    "amqp": ("amqp", "AMQP"),
}


class ReaderKinds(Mapping[str, ReaderKind]):
    """The known kinds by name."""

    def __getitem__(self, name: str) -> ReaderKind:
        """Load a kind. Raises KeyError for one that is not known."""
        return _load(*_PLACES[name])

    def __iter__(self) -> Iterator[str]:
        """Name every kind without loading any."""
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)

    def __contains__(self, name: object) -> bool:
        """Say whether a kind is known, without loading it."""
        return name in _PLACES


@cache
def _load(module: str, name: str) -> ReaderKind:
    kind: ReaderKind = getattr(import_module(f"jingui.adapters.sources.{module}"), name)
    return kind


READER_KINDS: Mapping[str, ReaderKind] = ReaderKinds()
