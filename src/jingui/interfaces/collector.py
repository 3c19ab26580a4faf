"""How often a process that does the same work all day looks for cycles of objects."""

from __future__ import annotations

import gc


def settle_collector() -> None:
    """Let the cyclic collector leave alone what was loaded at the start, and come by rarely.

    A message or a case leaves few cycles behind but makes thousands of objects; at its own pace the collector takes a
    twelfth of all processor time to find nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
