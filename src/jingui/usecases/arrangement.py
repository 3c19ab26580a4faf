"""Arrangement (整理): the case becomes one item of keeping and is given its codes, gapless and unique."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CodeSequence
from jingui.db.models.records import ProtectedRow
from jingui.db.queries.facts import case_fact, stored_plan
from jingui.db.queries.rows import find_row, get_case, lock_name, locking
from jingui.domain.arrangement.arranging import code_fields
from jingui.domain.audit.events import Event
from jingui.domain.lifecycle import CaseState, move
from jingui.domain.metadata.code_rules import code_scope, render_code
from jingui.domain.metadata.retention import decide_retention, plan_of_case

ACTOR = "system:arrangement"


@transaction.atomic
def arrange_case(case_key: UUID, *, now: datetime) -> CaseState:
    """Give an inspected case its 档号 and 电子文件号; a later version keeps those of the first.

    The counters are locked until the transaction ends and go back with it, so no serial is lost or given twice.
    """
    case = get_case(case_key, is_locked=True)
    state = move(CaseState(case.state), CaseState.ARRANGED)
    plan = stored_plan(case.plan_id)
    reason: dict[str, str] = {}
    sequences: list[tuple[CodeSequence, bool]] = []
    if not case.archival_code:
        # No code says anything of single files, so they are not looked up.
        fact = case_fact(case, plan, through=case.inspected_through, files=())
        decided = decide_retention(plan, fact)
        case.retention = decided.retention.value
        reason = {"retention": case.retention, "retention_rule": decided.rule} if decided.rule else {}
        fields = code_fields(fact, plan_of_case(plan, fact))
        # Always in this order, so that two cases never wait for each other's counter.
        for column, rule in (("archival_code", plan.archival_code_rule), ("record_code", plan.record_code_rule)):
            sequence, is_new = next_serial(f"{column}:{code_scope(rule, fields)}")
            setattr(case, column, render_code(rule, fields, sequence.last))
            sequences.append((sequence, is_new))
    case.state = state.value
    facts = {"case_number": case.case_number, "archival_code": case.archival_code, "record_code": case.record_code}
    facts |= reason
    journal.record(
        journal.Entry(Event.CASE_ARRANGED, ACTOR, now, case.key, facts),
        new=_rows(sequences, is_new=True),
        changed=[case, *_rows(sequences, is_new=False)],
    )
    return state


def next_serial(scope: str) -> tuple[CodeSequence, bool]:
    """Return the scope's counter, locked and moved on by one, and whether it is new (unsaved)."""
    found = _counter(scope)
    if found is None:
        # There is no row to lock yet: of two that find none, the second waits here and then finds the first one's.
        lock_name(scope)
        found = _counter(scope)
    if found is None:
        return CodeSequence(scope=scope, last=1), True
    found.last += 1
    return found, False


def _counter(scope: str) -> CodeSequence | None:
    return find_row(CodeSequence, f"scope = %s{locking()}", scope)


def _rows(sequences: list[tuple[CodeSequence, bool]], *, is_new: bool) -> list[ProtectedRow]:
    return [sequence for sequence, new in sequences if new is is_new]
