"""How often a process looks for cycles of objects."""

from __future__ import annotations

import gc


def slow_collector() -> None:
    """Let the cyclic collector come by rarely.

    A message, a case or a module being loaded leaves few cycles behind but makes thousands of objects; at its own pace
    the collector takes a twelfth of all processor time, and a sixth of a start, to find nothing.
    """
    gc.set_threshold(50_000, 20, 100)


def settle_collector() -> None:
    """Let the collector leave alone what was loaded at the start, and come by rarely."""
    gc.collect()
    gc.freeze()
    slow_collector()
