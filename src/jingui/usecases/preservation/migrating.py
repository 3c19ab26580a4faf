"""Format migration (格式迁移): planned, tried on a sample, decided by another person, run case by case, and ended.

The run asks for each file only once: what became of it stands in a row that is written together with the wish for a new
version of its case. Whatever ends the run, the next one goes on with the files that have no row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from jingui.db import journal
from jingui.db.models import FormatMigration, TriedFile
from jingui.db.queries.format_migrations import counts_by_format, next_case, touched
from jingui.db.queries.format_policies import current_policy
from jingui.db.queries.rows import lock_name
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from jingui.domain.preservation.format_policy import FormatPolicy
from jingui.domain.preservation.migration import (
    ROUTES,
    TEXT_LIMIT,
    ConverterName,
    MigrationChoices,
    MigrationState,
    check_choices,
    may_move,
)
from jingui.domain.records.formats import Treatment
from jingui.ports import FormatConverter, JobQueue, Lane
from jingui.usecases.preservation.converting import ConversionBench, convert_case, try_formats

ACTOR = "system:migration"


def formats_of_policy() -> tuple[tuple[str, str], ...]:
    """Return the (format, target) pairs that the policy in force wants converted and that files are held in."""
    rules = [rule for rule in current_policy().rules if rule.treatment is Treatment.CONVERT]
    wanted = [(rule.format, rule.convert_to) for rule in rules if (rule.format, rule.convert_to) in ROUTES]
    held = touched(source for source, _ in wanted)
    return tuple(pair for pair in wanted if pair[0] in held)


@transaction.atomic
def plan_migration(
    choices: MigrationChoices, *, converter: FormatConverter, actor: str, now: datetime
) -> FormatMigration:
    """Keep a plan with what it would touch as counted now.

    Raises:
        Invalid: with every fault of the plan.
    """
    if problems := check_choices(choices):
        raise Invalid(problems)
    lock_name("format-migration")
    policy = current_policy()
    last = FormatMigration.objects.aggregate(last=Max("number"))["last"] or 0
    row = FormatMigration(
        number=last + 1,
        title=choices.title.strip(),
        state=MigrationState.PLANNED.value,
        formats=_counted(choices, policy, converter),
        sample=choices.sample,
        policy_version=policy.version,
        reason=choices.reason.strip(),
        authorization=choices.authorization.strip(),
        department=choices.department.strip(),
        planned_by=actor,
        planned_at=now,
    )
    facts = {"migration": row.number, "title": row.title, "formats": [list(pair) for pair in choices.formats]}
    journal.record(journal.Entry(Event.MIGRATION_PLANNED, actor, now, facts=facts), new=[row])
    return row


def _counted(choices: MigrationChoices, policy: FormatPolicy, converter: FormatConverter) -> list[dict[str, Any]]:
    counts = touched(source for source, _ in choices.formats)
    rows = []
    for source, target in choices.formats:
        name, count = ROUTES[source, target], counts.get(source)
        rows.append(
            {
                "format": source,
                "target": target,
                "converter": name.value,
                "is_there": converter.is_there(name),
                "risk": policy.rule_of(source).risk.value,
                "files": count.files if count else 0,
                "cases": count.cases if count else 0,
                "bytes": count.bytes if count else 0,
            }
        )
    return rows


@transaction.atomic
def ask_trial(number: int, *, queue: JobQueue, actor: str, now: datetime) -> FormatMigration:
    """Ask for the trial; a worker does it.

    Raises:
        NotFound: ``migration_unknown``.
        Conflict: ``migration_moved_on``.
    """
    row = _locked(number, MigrationState.TRYING)
    row.state = MigrationState.TRYING.value
    facts = {"migration": row.number, "sample": row.sample}
    journal.record(journal.Entry(Event.MIGRATION_TRIAL_ASKED, actor, now, facts=facts), changed=[row])
    queue.put(row.key.hex, now=now, lane=Lane.LONG)
    return row


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides on a plan that was tried."""

    is_approved: bool
    opinion: str


@transaction.atomic
def decide_migration(number: int, decision: Decision, *, actor: str, now: datetime) -> FormatMigration:
    """Approve or reject a plan.

    Raises:
        NotFound: ``migration_unknown``.
        Refused: ``own_migration``, who planned it may not decide on it.
        Invalid: there is no opinion.
        Conflict: ``migration_moved_on``.
    """
    to = MigrationState.APPROVED if decision.is_approved else MigrationState.REJECTED
    row = _locked(number, to)
    if actor == row.planned_by:
        raise Refused("own_migration")
    if not decision.opinion.strip() or len(decision.opinion) > TEXT_LIMIT:
        raise Invalid((Problem("opinion", "required"),))
    row.state, row.opinion = to.value, decision.opinion.strip()
    row.decided_by, row.decided_at = actor, now
    facts = {"migration": row.number, "decision": to.value, "opinion": row.opinion}
    journal.record(journal.Entry(Event.MIGRATION_DECIDED, actor, now, facts=facts), changed=[row])
    return row


@transaction.atomic
def start_migration(
    number: int, *, converter: FormatConverter, queue: JobQueue, actor: str, now: datetime
) -> FormatMigration:
    """Begin an approved migration; workers run it.

    Raises:
        NotFound: ``migration_unknown``.
        Conflict: ``migration_moved_on``, ``converter_missing``.
    """
    row = _locked(number, MigrationState.RUNNING)
    missing = [name for name in _converters(row) if not converter.is_there(name)]
    if missing:
        raise Conflict("converter_missing", converter=", ".join(missing))
    row.state, row.started_by, row.started_at = MigrationState.RUNNING.value, actor, now
    facts = {"migration": row.number}
    journal.record(journal.Entry(Event.MIGRATION_STARTED, actor, now, facts=facts), changed=[row])
    queue.put(row.key.hex, now=now, lane=Lane.LONG)
    return row


def _converters(row: FormatMigration) -> list[ConverterName]:
    return list(dict.fromkeys(ConverterName(told["converter"]) for told in row.formats))


def advance_migration(
    key: UUID, *, bench: ConversionBench, clock: Callable[[], datetime], is_over: Callable[[], bool] = lambda: False
) -> bool:
    """Do what a migration waits for until ``is_over``; say whether the key was that of one. What is left is asked for again.

    Raises:
        TransientFailure: trying again may help.
    """
    row = FormatMigration.objects.filter(pk=key).first()
    if row is None:
        return False
    if row.state == MigrationState.TRYING:
        _try(row, bench, clock, is_over)
    elif row.state == MigrationState.RUNNING:
        _run(row, bench, clock, is_over)
    return True


def _try(
    row: FormatMigration, bench: ConversionBench, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> None:
    tried = try_formats(row, bench=bench, clock=clock, is_over=is_over)
    if tried is None:
        bench.queue.put(row.key.hex, now=clock(), lane=Lane.LONG)
        return
    with transaction.atomic():
        locked = FormatMigration.objects.select_for_update().get(pk=row.pk)
        if locked.state != MigrationState.TRYING:
            return
        locked.state, locked.trial, locked.tried_at = MigrationState.TRIED.value, tried, clock()
        facts = {"migration": row.number, "files": len(tried), "good": sum(one["reason"] == "" for one in tried)}
        journal.record(journal.Entry(Event.MIGRATION_TRIED, ACTOR, clock(), facts=facts), changed=[locked])
        TriedFile.objects.filter(migration=locked).delete()
    _sweep_trials(bench)


def _sweep_trials(bench: ConversionBench) -> None:
    """Let go of results of trials that no plan shows any more."""
    told = [*FormatMigration.objects.values_list("trial", flat=True), TriedFile.objects.values_list("told", flat=True)]
    shown = {one["token"] for trial in told for one in trial}
    for token, _ in list(bench.trials.tokens()):
        if token not in shown:
            bench.trials.discard(token)


def _run(
    row: FormatMigration, bench: ConversionBench, clock: Callable[[], datetime], is_over: Callable[[], bool]
) -> None:
    while case_key := next_case(row):
        convert_case(row, case_key, bench=bench, now=clock())
        if is_over():
            bench.queue.put(row.key.hex, now=clock(), lane=Lane.LONG)
            return
    _end(row, clock())


@transaction.atomic
def _end(row: FormatMigration, now: datetime) -> None:
    locked = FormatMigration.objects.select_for_update().get(pk=row.pk)
    if locked.state != MigrationState.RUNNING:
        return
    locked.state, locked.ended_at = MigrationState.DONE.value, now
    locked.counts = counts_by_format(locked)
    facts = {"migration": locked.number, "counts": locked.counts}
    journal.record(journal.Entry(Event.MIGRATION_ENDED, ACTOR, now, facts=facts), changed=[locked])


def _locked(number: int, to: MigrationState) -> FormatMigration:
    row = FormatMigration.objects.select_for_update().filter(number=number).first()
    if row is None:
        raise NotFound("migration_unknown")
    if not may_move(MigrationState(row.state), to):
        raise Conflict("migration_moved_on", state=row.state)
    return row
