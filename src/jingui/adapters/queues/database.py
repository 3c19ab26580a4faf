"""The default queue: a table in the records' own database, so that work is asked for in the same transaction.

Plain SQL on both databases; on PostgreSQL several workers claim side by side (SKIP LOCKED).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from jingui.ports import ClaimedJob, Lane

_PUT = """
INSERT INTO jingui_job (case_key, ticket, lane, state, attempts, run_after, claimed_by, error)
VALUES (%s, 1, %s, 'ready', 0, %s, '', '')
ON CONFLICT (case_key) DO UPDATE SET
  ticket = jingui_job.ticket + 1, lane = excluded.lane, attempts = 0, run_after = excluded.run_after,
  state = CASE WHEN jingui_job.state = 'running' THEN 'running' ELSE 'ready' END
"""
_CLAIM = """
UPDATE jingui_job SET state = 'running', claimed_by = %s, claimed_at = %s, attempts = attempts + 1
WHERE state = 'ready' AND case_key = (
  SELECT case_key FROM jingui_job WHERE state = 'ready' AND lane >= %s AND run_after <= %s
  ORDER BY lane, run_after LIMIT 1 {lock})
RETURNING case_key, ticket, attempts, lane
"""
_DONE = "DELETE FROM jingui_job WHERE case_key = %s AND ticket = %s"
_AGAIN = "UPDATE jingui_job SET state = 'ready', claimed_by = '', run_after = %s WHERE case_key = %s"
_FAIL = "UPDATE jingui_job SET state = %s, claimed_by = '', run_after = %s, error = %s WHERE case_key = %s"
_RUNNING = "SELECT DISTINCT claimed_by FROM jingui_job WHERE state = 'running'"
_RELEASE = "UPDATE jingui_job SET state = 'ready', claimed_by = '' WHERE state = 'running' AND claimed_by = %s"


class DatabaseQueue:
    """Implements ``ports.JobQueue`` on the table ``jingui_job``."""

    def put(self, case_key: str, *, now: datetime, lane: Lane = Lane.CASES) -> None:
        """Ask for a case, in the caller's transaction."""
        self._run(_PUT, case_key, lane.value, _stamp(now))

    def claim(self, worker: str, *, now: datetime, first: Lane = Lane.CASES) -> ClaimedJob | None:
        """Take what has waited longest from the lane ``first`` on, else from any, or nothing."""
        lock = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
        with transaction.atomic(), connection.cursor() as cursor:
            for least in dict.fromkeys((first, Lane.CASES)):
                cursor.execute(_CLAIM.format(lock=lock), [worker, _stamp(now), least.value, _stamp(now)])
                row = cursor.fetchone()
                if row:
                    return ClaimedJob(_hex(row[0]), row[1], row[2], Lane(row[3]))
        return None

    def has_ready(self, *, now: datetime) -> bool:
        """Say whether a claim would find something, without taking the write lock."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jingui_job WHERE state = 'ready' AND run_after <= %s LIMIT 1", [_stamp(now)])
            return cursor.fetchone() is not None

    def finish(self, job: ClaimedJob, *, now: datetime) -> None:
        """Remove the job unless its ticket has grown meanwhile."""
        with transaction.atomic():
            if not self._run(_DONE, job.case_key, job.ticket):
                self._run(_AGAIN, _stamp(now), job.case_key)

    def fail(self, job: ClaimedJob, *, error: str, retry_at: datetime | None) -> None:
        """Keep the error; try again at ``retry_at`` or leave the job for a person."""
        state = "ready" if retry_at else "failed"
        when = _stamp(retry_at) if retry_at else None
        with transaction.atomic():
            if when is None:
                self._run(
                    "UPDATE jingui_job SET error = %s, state = %s WHERE case_key = %s", error, state, job.case_key
                )
            else:
                self._run(_FAIL, state, when, error, job.case_key)

    def release_dead(self, is_alive: Callable[[str], bool]) -> int:
        """Give back what dead workers held."""
        with connection.cursor() as cursor:
            cursor.execute(_RUNNING)
            dead = [row[0] for row in cursor.fetchall() if not is_alive(row[0])]
        released = 0
        for worker in dead:
            with transaction.atomic():
                released += self._run(_RELEASE, worker)
        return released

    def _run(self, sql: str, *values: Any) -> int:  # noqa: ANN401 - values of any column type
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return int(cursor.rowcount)


def _stamp(moment: datetime) -> Any:  # noqa: ANN401 - each database has its own form
    return connection.ops.adapt_datetimefield_value(moment)


def _hex(value: object) -> str:
    return str(value).replace("-", "")
