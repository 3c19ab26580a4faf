"""Long acts on catalogue and plans (后台任务): asked for by a person, done by a worker, resumed where they were broken off."""

from __future__ import annotations

from enum import StrEnum


class WorkKind(StrEnum):
    """What is to be done."""

    PREVIEW = "preview"
    IMPORT = "import"
    PROOF = "proof"
    SUBMISSION = "submission"
    ROLLOUT = "rollout"
    TRIAL = "trial"
    COMPARISON = "comparison"
    CATCH_UP = "catch_up"
    EXPORT = "export"


class WorkState(StrEnum):
    """How far it is. A refused one did nothing, or nothing beyond what its counts say."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


ONE_AT_A_TIME = frozenset({WorkKind.IMPORT})
"""Kinds of which only one is done at a time: two lists may hold the same items."""
