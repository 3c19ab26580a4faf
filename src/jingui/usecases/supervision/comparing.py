"""Comparing a ledger with the holdings: a few statements over whole tables, none of them per case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from jingui.db.models import Case, Ledger, LedgerLine
from jingui.db.statements import column_value
from jingui.domain.supervision.terms import CoverageProfile

_RANGE = 5000
_SECOND = {"sqlite": "substr({0}, 1, 19)", "postgresql": "date_trunc('second', {0})"}
_DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}

# A file that another one replaces stands no more and is not counted.
_STANDING_FILES = """
    SELECT f.case_id, COUNT(*) AS n FROM jingui_case_file f
    WHERE f.case_id IN (SELECT c.key FROM jingui_ledger_line l
                        JOIN jingui_case c ON c.source_id = %(source)s AND c.case_number = l.case_number
                        WHERE l.ledger_id = %(ledger)s AND l.files IS NOT NULL)
      AND NOT EXISTS (SELECT 1 FROM jingui_case_file r WHERE r.case_id = f.case_id AND r.replaces = f.file_key)
    GROUP BY f.case_id
"""
_STEPS = """
    SELECT s.case_id, COUNT(*) AS n FROM jingui_case_step s
    WHERE s.case_id IN (SELECT c.key FROM jingui_ledger_line l
                        JOIN jingui_case c ON c.source_id = %(source)s AND c.case_number = l.case_number
                        WHERE l.ledger_id = %(ledger)s AND l.steps IS NOT NULL)
    GROUP BY s.case_id
"""
_GAP = """
    CASE WHEN c.key IS NULL THEN 'never_received'
         WHEN c.state = 'preserved' THEN ''
         WHEN c.state = 'expected' THEN 'not_announced'
         WHEN c.state = 'open' AND l.state = 'closed' AND l.closed_at < %(archived_by)s THEN 'not_closed_here'
         WHEN c.state = 'open' AND l.state <> 'closed'
              AND COALESCE(l.promised_at, c.promised_at, l.fallback_at) < %(now)s THEN 'overdue'
         WHEN c.state = 'open' THEN ''
         WHEN COALESCE(c.closed_at, l.closed_at) >= %(archived_by)s THEN ''
         WHEN c.state = 'held' THEN 'held'
         ELSE 'not_archived' END
"""


def _differences(vendor: str) -> str:
    second = _SECOND[vendor]
    here, there = second.format("c.closed_at"), second.format("l.closed_at")
    both_closed = "c.closed_at IS NOT NULL AND l.state = 'closed'"
    rules = {
        "state": "c.closed_at IS NOT NULL AND l.state <> 'closed' OR c.closed_at IS NULL AND l.state = 'closed'",
        "kind": f"{both_closed} AND c.closure_kind <> l.kind",
        "closed_at": f"{both_closed} AND {here} <> {there}",
        "files": "l.files <> COALESCE(files.n, 0)",
        "steps": "l.steps <> COALESCE(steps.n, 0)",
        "digest": "l.is_digest_wrong",
        "item": "l.item_code <> '' AND c.item_code <> '' AND c.item_code <> l.item_code",
        "agency": "l.agency_code <> '' AND c.agency_id IS NOT NULL AND (a.key IS NULL OR a.key <> c.agency_id)",
    }
    told = " || ".join(f"CASE WHEN {rule} THEN '{name} ' ELSE '' END" for name, rule in rules.items())
    return f"CASE WHEN c.key IS NULL THEN '' ELSE TRIM({told}) END"


def _update(vendor: str) -> str:
    differs = _DIFFERS[vendor]
    return f"""
    UPDATE jingui_ledger_line AS line
    SET agency_id = v.agency_id, case_id = v.case_key, standing = v.standing, gap = v.gap, differences = v.differences
    FROM (
        SELECT w.id, w.agency_id, w.case_key, w.differences,
               CASE WHEN w.nth > 1 OR w.case_state = 'preserved' THEN '' ELSE w.gap END AS gap,
               CASE WHEN w.nth > 1 THEN 'repeated' WHEN w.case_state = 'preserved' THEN 'archived'
                    WHEN w.gap = '' THEN 'running' WHEN w.explanation IS NOT NULL THEN 'explained'
                    ELSE 'unexplained' END AS standing
        FROM (
            SELECT l.id, COALESCE(c.agency_id, a.key, l.item_agency_id) AS agency_id, c.key AS case_key,
                   c.state AS case_state, e.key AS explanation,
                   ROW_NUMBER() OVER (PARTITION BY l.case_number ORDER BY l.id) AS nth,
                   {_GAP} AS gap, {_differences(vendor)} AS differences
            FROM jingui_ledger_line l
            LEFT JOIN jingui_case c ON c.source_id = %(source)s AND c.case_number = l.case_number
            LEFT JOIN jingui_agency a ON a.code = l.agency_code
            LEFT JOIN jingui_explanation e ON e.source_id = %(source)s AND e.case_number = l.case_number
                  AND e.revoked_at IS NULL AND (e.until IS NULL OR e.until >= %(today)s)
            LEFT JOIN ({_STANDING_FILES}) files ON files.case_id = c.key
            LEFT JOIN ({_STEPS}) steps ON steps.case_id = c.key
            WHERE l.ledger_id = %(ledger)s
        ) w
    ) v
    WHERE line.id = v.id AND (line.standing <> v.standing OR line.gap <> v.gap OR line.differences <> v.differences
          OR line.agency_id {differs} v.agency_id OR line.case_id {differs} v.case_key)
    """


@dataclass(frozen=True, slots=True)
class Moment:
    """When a ledger is compared: the time, the time limits, and the zone that says which day it is."""

    now: datetime
    profile: CoverageProfile
    zone: tzinfo


def compare(ledger: Ledger, moment: Moment) -> int:
    """Give every line of the ledger its standing; return how many lines changed. In the caller's transaction."""
    _compare_digests(ledger)
    adapt = connection.ops.adapt_datetimefield_value
    values = {
        "source": column_value(ledger.source_id),
        "ledger": column_value(ledger.key),
        "now": adapt(moment.now),
        "archived_by": adapt(moment.now - timedelta(hours=moment.profile.archiving_hours)),
        "today": moment.now.astimezone(moment.zone).date().isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_update(connection.vendor), values)
        return int(cursor.rowcount)


_DIGESTED = """
    SELECT l.id, l.files_sha256, l.is_digest_wrong, f.sha256 FROM jingui_ledger_line l
    JOIN jingui_case c ON c.source_id = %s AND c.case_number = l.case_number
    LEFT JOIN jingui_case_file f ON f.case_id = c.key
         AND NOT EXISTS (SELECT 1 FROM jingui_case_file r WHERE r.case_id = f.case_id AND r.replaces = f.file_key)
    WHERE l.ledger_id = %s AND l.files_sha256 <> '' AND l.id BETWEEN %s AND %s ORDER BY l.id, f.sha256
"""


def _compare_digests(ledger: Ledger) -> None:
    """Compare the digests of the files of each case; a range of lines at a time, so that memory stays flat."""
    told = LedgerLine.objects.filter(ledger=ledger).exclude(files_sha256="").aggregate(Min("id"), Max("id"))
    first, last = told["id__min"], told["id__max"]
    keys = [column_value(ledger.source_id), column_value(ledger.key)]
    for start in range(first, last + 1, _RANGE) if first is not None else ():
        with connection.cursor() as cursor:
            cursor.execute(_DIGESTED, [*keys, start, start + _RANGE - 1])
            changed = list(_wrong_digests(cursor.fetchall()))
            cursor.executemany("UPDATE jingui_ledger_line SET is_digest_wrong = %s WHERE id = %s", changed)


def _wrong_digests(rows: list[tuple[Any, ...]]) -> Iterator[tuple[bool, int]]:
    for (line, stated, known), files in groupby(rows, key=lambda row: row[:3]):
        found = hashlib.sha256("".join(f"{row[3]}\n" for row in files if row[3]).encode()).hexdigest()
        if (found != stated) != bool(known):
            yield found != stated, line


def not_in_ledger(ledger: Ledger, zone: tzinfo) -> QuerySet[Case]:
    """Return what was received or closed at the source that day, is here, and is not in its ledger."""
    begin = datetime(ledger.day.year, ledger.day.month, ledger.day.day, tzinfo=zone)
    end = begin + timedelta(days=1)
    listed = LedgerLine.objects.filter(ledger=ledger, case_number=OuterRef("case_number"))
    # The first condition follows from the second and lets an index leave out all that was closed before.
    recent = Q(closed_at__gte=begin) | Q(closed_at=None)
    that_day = Q(received_at__gte=begin, received_at__lt=end) | Q(closed_at__gte=begin, closed_at__lt=end)
    return Case.objects.filter(recent, that_day, ~Exists(listed), source_id=ledger.source_id)
