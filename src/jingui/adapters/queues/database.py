"""The default queue: a table in the records' own database, so that work is asked for in the same transaction.

Plain SQL on both databases; on PostgreSQL several workers claim side by side (SKIP LOCKED).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
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
_MINE = "WHERE case_key = %s AND state = 'running' AND claimed_by = %s"  # unless we were taken for dead meanwhile
_DONE = f"DELETE FROM jingui_job {_MINE} AND ticket = %s"
_AGAIN = f"UPDATE jingui_job SET state = 'ready', claimed_by = '', run_after = %s {_MINE}"
_RETRY = f"UPDATE jingui_job SET state = 'ready', claimed_by = '', run_after = %s, error = %s {_MINE}"
_KEEP = f"UPDATE jingui_job SET state = 'failed', error = %s {_MINE} AND ticket = %s"
_RUNNING = "SELECT case_key, claimed_by, attempts, run_after, ticket FROM jingui_job WHERE state = 'running'"
_RELEASE = f"UPDATE jingui_job SET state = %s, claimed_by = '', run_after = %s, error = %s {_MINE} AND ticket = %s"
_TAKE_BACK = """
UPDATE jingui_job SET state = 'ready', claimed_by = '', attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END
WHERE state = 'running' AND claimed_by = %s
"""


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
                    return ClaimedJob(_hex(row[0]), row[1], row[2], Lane(row[3]), worker)
        return None

    def has_ready(self, *, now: datetime) -> bool:
        """Say whether a claim would find something, without taking the write lock."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM jingui_job WHERE state = 'ready' AND run_after <= %s LIMIT 1", [_stamp(now)])
            return cursor.fetchone() is not None

    def finish(self, job: ClaimedJob, *, now: datetime) -> None:
        """Remove the job unless its ticket has grown meanwhile."""
        with transaction.atomic():
            if not self._run(_DONE, job.case_key, job.worker, job.ticket):
                self._run(_AGAIN, _stamp(now), job.case_key, job.worker)

    def fail(self, job: ClaimedJob, *, error: str, retry_at: datetime | None, now: datetime) -> None:
        """Keep the error; try again at ``retry_at``, or leave the job for a person unless somebody asked meanwhile."""
        with transaction.atomic():
            if retry_at:
                self._run(_RETRY, _stamp(retry_at), error, job.case_key, job.worker)
            elif not self._run(_KEEP, error, job.case_key, job.worker, job.ticket):
                self._run(_AGAIN, _stamp(now), job.case_key, job.worker)

    def take_back(self, worker: str) -> int:
        """Make ready again whatever stands as claimed by a worker that has nothing in hand."""
        with transaction.atomic():
            return self._run(_TAKE_BACK, worker)

    def release_dead(self, is_alive: Callable[[str], bool], *, now: datetime, most_attempts: int) -> int:
        """Give back what dead workers held; what they died of again and again waits, and at last is kept as failed."""
        with connection.cursor() as cursor:
            cursor.execute(_RUNNING)
            held = cursor.fetchall()
        dead = {worker for worker in {row[1] for row in held} if not is_alive(worker)}
        released = 0
        for key, worker, attempts, run_after, ticket in held:
            if worker in dead:
                state = "failed" if attempts >= most_attempts else "ready"
                # Once is an accident of the worker: the case keeps its place. Twice may be the case's own doing.
                due = run_after if attempts < 2 else _stamp(now + timedelta(seconds=2**attempts))  # noqa: PLR2004
                error = f"WorkerLost: whoever worked on this ended {attempts} times" if attempts > 1 else ""
                with transaction.atomic():
                    released += self._run(_RELEASE, state, due, error, key, worker, ticket)
        return released

    def _run(self, sql: str, *values: Any) -> int:  # noqa: ANN401 - values of any column type
        with connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return int(cursor.rowcount)


def _stamp(moment: datetime) -> Any:  # noqa: ANN401 - each database has its own form
    return connection.ops.adapt_datetimefield_value(moment)


def _hex(value: object) -> str:
    return str(value).replace("-", "")
