"""Closed sets of the day's closing (日终对账) and the time limits it is judged by. Labels live in ``interfaces.wording``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LedgerState(StrEnum):
    """Where a case stands at its source, as the source's ledger says."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    CLOSED = "closed"


class Standing(StrEnum):
    """What has become of a case that a ledger lists. Exactly one holds; a line that repeats another counts for nothing."""

    ARCHIVED = "archived"
    RUNNING = "running"  # in handling or on its way into the store, within its time
    EXPLAINED = "explained"
    UNEXPLAINED = "unexplained"
    REPEATED = "repeated"


class Gap(StrEnum):
    """Why a case is neither archived nor within its time."""

    NEVER_RECEIVED = "never_received"  # the archive holds nothing of it
    NOT_ANNOUNCED = "not_announced"  # files, steps or closure came, the case's own message did not
    NOT_CLOSED_HERE = "not_closed_here"  # the ledger says closed, no closure came in time
    HELD = "held"  # inspection keeps it back, beyond its time
    NOT_ARCHIVED = "not_archived"  # on its way into the store, beyond its time
    OVERDUE = "overdue"  # in handling beyond its deadline


class Difference(StrEnum):
    """Where ledger and archive say different things of a case."""

    STATE = "state"
    KIND = "kind"
    CLOSED_AT = "closed_at"
    FILES = "files"
    STEPS = "steps"
    DIGEST = "digest"
    ITEM = "item"
    AGENCY = "agency"


class ExplanationKind(StrEnum):
    """Why a case of the ledger is rightly not in the archive (情况说明)."""

    WITHDRAWN = "withdrawn"  # 撤件
    CLASSIFIED = "classified"  # 涉密另行归档
    SYSTEM_FAULT = "system_fault"  # 系统故障
    ON_PAPER = "on_paper"  # 纸质归档
    ELSEWHERE = "elsewhere"  # 由其他机构归档
    NOT_A_CASE = "not_a_case"  # 测试件、误报
    OTHER = "other"


class LedgerForm(StrEnum):
    """How a ledger is written."""

    JSON = "json"
    LINES = "ndjson"
    TABLE = "csv"


@dataclass(frozen=True, slots=True)
class CoverageProfile:
    """The time limits of the closing; values of an installation, because regions differ.

    ``archiving_hours``: how long a closed case may take into the store. ``handling_days``: how long a case may be in
    handling (calendar days) where neither source nor item states a limit. ``most_named``: how many cases of each list
    a certificate names; the rest is counted and digested.
    """

    archiving_hours: int = 72
    handling_days: int = 90
    most_named: int = 1000
