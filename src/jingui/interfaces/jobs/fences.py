"""What keeps one failure in the background from stopping everything else there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, InternalError, OperationalError

log = logging.getLogger("jingui.worker")

DATABASE_AWAY = (OperationalError, InterfaceError, InternalError)
"""The database is away, busy, or takes no writes for now (a standby that has just taken over)."""


def beside(what: str, act: Callable[[], object]) -> bool:
    """Do what must never stop the archiving and say what came of it; a failure is logged, and what is due stays due."""
    try:
        return bool(act())
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("%s failed", what)
        return False
