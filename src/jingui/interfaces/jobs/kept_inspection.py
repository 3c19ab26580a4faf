"""The inspection of what is kept (长期保存), one record at a time while a worker has nothing better to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from jingui.bootstrap import Services, phase_bench
from jingui.interfaces.jobs.fences import beside
from jingui.interfaces.jobs.heart import Heart
from jingui.usecases.inspection.phases import due_before, inspect_kept, next_due

REST_SECONDS = 600.0
"""How long to wait after the last record that was due before the first is looked for again."""


class KeptInspection:
    """Walks the records in the order in which they were preserved; where it stands is remembered by the process alone."""

    def __init__(self, services: Services, heart: Heart) -> None:
        """Begin at the oldest. Of several workers the one that ``heart`` calls first walks: nothing is inspected twice."""
        self._services, self._heart = services, heart
        self._after: tuple[datetime, UUID] | None = None
        self._rests_until = 0.0

    def step(self, clock: Callable[[], datetime]) -> bool:
        """Inspect one record that is due; say whether there was one."""
        days = self._services.instance.inspection_days
        if not days or time.monotonic() < self._rests_until:
            return False
        now = clock()
        case = next_due(before=due_before(now, days), after=self._after) if self._heart.is_first() else None
        if case is None or case.preserved_at is None:
            self._after, self._rests_until = None, time.monotonic() + REST_SECONDS
            return False
        self._after = (case.preserved_at, case.key)  # one that fails is passed over until the walk begins anew
        bench = phase_bench(self._services)
        beside(f"inspecting {case.key}", lambda: inspect_kept(case.key, at_hand=bench, now=now))
        return True
