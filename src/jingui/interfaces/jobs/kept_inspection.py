"""The inspection of what is kept (长期保存), one record at a time while a worker has nothing better to do."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from jingui.bootstrap import Services, phase_bench
from jingui.domain.errors import DomainError, PermanentFailure, TransientFailure
from jingui.usecases.inspection.phases import inspect_next_due

log = logging.getLogger("jingui.worker")

REST_SECONDS = 600.0
"""How long to wait after the last record that was due before the first is looked for again."""


class KeptInspection:
    """Walks the records in the order in which they were preserved; where it stands is remembered by the process alone."""

    def __init__(self, services: Services) -> None:
        """Begin at the oldest."""
        self._services = services
        self._after: tuple[datetime, UUID] | None = None
        self._rests_until = 0.0

    def step(self, clock: Callable[[], datetime]) -> bool:
        """Inspect one record that is due; say whether there was one."""
        days = self._services.instance.inspection_days
        if not days or time.monotonic() < self._rests_until:
            return False
        try:
            row = inspect_next_due(at_hand=phase_bench(self._services), days=days, after=self._after, now=clock())
        except (TransientFailure, PermanentFailure, DomainError) as failure:
            log.warning("inspecting what is kept: %s", failure)
            row = None
        if row is None or row.case is None or row.case.preserved_at is None:
            self._after, self._rests_until = None, time.monotonic() + REST_SECONDS
            return False
        self._after = (row.case.preserved_at, row.case.key)
        return True
