"""How often messages of a queue have been tried that came again, because taking them broke off or failed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

_MOST_KEPT = 1000


class Attempts:
    """Counts by digest in a small file, written before a message is tried, so that a killed process counts too."""

    def __init__(self, path: Path) -> None:
        """Read the file; one that is broken counts as empty."""
        self._path = path
        try:
            self._counts: dict[str, int] = {
                str(key): int(count) for key, count in json.loads(path.read_bytes()).items()
            }
        except (OSError, ValueError, AttributeError, TypeError):
            self._counts = {}

    def count(self, digest: str) -> int:
        """Say how often a message has been tried since it first came again."""
        return self._counts.get(digest, 0)

    def add(self, digests: Iterable[str]) -> None:
        """Count a try of each."""
        self._change({digest: self.count(digest) + 1 for digest in digests})

    def take_back(self, digests: Iterable[str]) -> None:
        """Do not count the last try of each: something else was to blame."""
        self._change({digest: max(self.count(digest) - 1, 0) for digest in digests})

    def forget(self, digests: Iterable[str]) -> None:
        """Forget messages that have been dealt with."""
        self._change(dict.fromkeys(digests, 0))

    def _change(self, counts: dict[str, int]) -> None:
        changed = {**self._counts, **counts}
        kept = {digest: count for digest, count in changed.items() if count}
        if kept == self._counts:
            return
        self._counts = dict(list(kept.items())[-_MOST_KEPT:])
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._counts), encoding="ascii")
        part.replace(self._path)
