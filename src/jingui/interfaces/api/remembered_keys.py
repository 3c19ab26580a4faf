"""Keys of sources that were found active, so that not every upload opens the pages of the database to find its key."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from jingui.db.queries.sources import ActiveKey, find_active_key
from jingui.interfaces.hands import Does, do_here

MOST_REMEMBERED = 1000


class RememberedKeys:
    """What is remembered lets a body come in, nothing more: who writes its row looks again, so a revoked key writes none."""

    def __init__(self, do: Does = do_here) -> None:
        """Remember nothing yet; ``do`` looks up what is not known."""
        self._known: dict[str, ActiveKey] = {}
        self._do = do

    def find(self, key_id: str) -> ActiveKey | None:
        """Return a key that is active, or was when it was last looked at. One that is not known is looked up each time."""
        known = self._known.get(key_id)
        if known is None:
            known = self._do(partial(find_active_key, key_id))
            self._remember(key_id, known)
        return known

    def look_again(self, key_ids: Iterable[str]) -> dict[str, ActiveKey | None]:
        """Return what these keys are now."""
        found = {key_id: find_active_key(key_id) for key_id in key_ids}
        for key_id, key in found.items():
            self._remember(key_id, key)
        return found

    def _remember(self, key_id: str, key: ActiveKey | None) -> None:
        if key is None:
            self._known.pop(key_id, None)
        elif len(self._known) < MOST_REMEMBERED or key_id in self._known:
            self._known[key_id] = key
