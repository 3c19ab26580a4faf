"""Places for requests that take long: how many at once, and how many of them for one sender."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Places:
    """Places that senders wait for; none of them gets more than its share, so that one cannot keep the others out."""

    def __init__(self, count: int, share: int | None = None) -> None:
        """Make so many places; ``share`` of them at most for one sender, all if it is not given."""
        self._free, self._share = count, share or count
        self._taken: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def held(self, sender: str, patience_seconds: float) -> Iterator[bool]:
        """Hold a place within the block; gives whether there was one within the time."""
        is_held = self._take(sender, patience_seconds)
        try:
            yield is_held
        finally:
            if is_held:
                self._give_back(sender)

    def _take(self, sender: str, patience_seconds: float) -> bool:
        with self._changed:
            if not self._changed.wait_for(lambda: self._is_open_to(sender), patience_seconds):
                return False
            self._free -= 1
            self._taken[sender] += 1
            return True

    def _is_open_to(self, sender: str) -> bool:
        return self._free > 0 and self._taken[sender] < self._share

    def _give_back(self, sender: str) -> None:
        with self._changed:
            self._free += 1
            self._taken[sender] -= 1
            if not self._taken[sender]:
                del self._taken[sender]
            self._changed.notify_all()
