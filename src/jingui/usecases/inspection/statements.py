"""What persons add to an inspection: statements with evidence, decisions on what a program left open, asking again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Agency, Case, CaseFile, Inspection, InspectionStatement
from jingui.db.queries.inspection_statements import local_day, statements_of
from jingui.db.queries.inspections import last_inspection
from jingui.db.queries.rows import find_row, get_case
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem, Refused
from jingui.domain.inspection.report import Finding, Report, gravest, report_from_dict
from jingui.domain.inspection.rules import BY_IDENTIFIER, STANDING
from jingui.domain.inspection.statement_rules import as_observation
from jingui.domain.inspection.subject import Statement
from jingui.domain.lifecycle import CaseState
from jingui.domain.records.terms import Outcome
from jingui.ports import JobQueue, StagingArea

WORDS_LIMIT = 1000
EVIDENCE_BYTES = 20 << 20
EVERYWHERE = "*"
"""No agency has this code: only who may act for every agency may state something for the house."""
_SAID = (Outcome.PASSED, Outcome.FAILED)


@dataclass(frozen=True, slots=True)
class Handed:
    """A file handed in as evidence: its name, and its bytes as they come."""

    name: str
    stream: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says: the item, its outcome, why, and on what evidence."""

    rule: str
    outcome: str
    words: str
    evidence: Handed | None = None


@dataclass(frozen=True, slots=True)
class StatementDesk:
    """Who states, the name that the journal and the report know him by, and what is at hand."""

    actor: Actor
    name: str
    shelf: StagingArea
    queue: JobQueue
    now: datetime


def state_standing(
    said: Said, *, agency_code: str, valid_from: date, valid_until: date | None, desk: StatementDesk
) -> InspectionStatement:
    """Keep a statement for an agency (``""``: for the house) and a time.

    Raises:
        Refused, NotFound: the actor may not do this, or there is no such agency.
        Invalid: the item, the outcome, the words or the time are wrong.
    """
    if said.rule in BY_IDENTIFIER and said.rule not in STANDING:
        raise Refused("statement_not_of_person")
    problems = _problems(said)
    if valid_until is not None and valid_until < valid_from:
        problems.append(Problem("valid_until", "time_reversed"))
    if problems:
        raise Invalid(tuple(problems))
    check_may(desk.actor, Permission.DECIDE_FINDING, agency_code=agency_code or EVERYWHERE)
    agency = Agency.objects.filter(code=agency_code).first() if agency_code else None
    if agency_code and agency is None:
        raise NotFound("not_found")
    row = _row(said, desk)
    row.agency, row.valid_from, row.valid_until = agency, valid_from, valid_until
    with transaction.atomic():
        journal.record(_entry(row, None, desk), new=[row])
    return row


def _problems(said: Said) -> list[Problem]:
    problems = []
    if said.rule not in BY_IDENTIFIER:
        problems.append(Problem("rule", "rule_unknown"))
    if said.outcome not in _SAID:
        problems.append(Problem("outcome", "not_in_range", {"allowed": ", ".join(_SAID)}))
    if not said.words.strip():
        problems.append(Problem("words", "required"))
    if len(said.words) > WORDS_LIMIT:
        problems.append(Problem("words", "too_long", {"limit": str(WORDS_LIMIT), "length": str(len(said.words))}))
    return problems


def _row(said: Said, desk: StatementDesk) -> InspectionStatement:
    row = InspectionStatement(rule=said.rule, outcome=said.outcome, words=said.words.strip())
    row.stated_at, row.stated_by, row.valid_from = desk.now, desk.actor.name, local_day(desk.now)
    if said.evidence is not None:
        staged = desk.shelf.receive(said.evidence.stream, limit=EVIDENCE_BYTES)
        row.evidence_name = said.evidence.name[:255]
        row.evidence_sha256, row.evidence_token = staged.digests.sha256, staged.token
    return row


def _entry(row: InspectionStatement, case: Case | None, desk: StatementDesk) -> journal.Entry:
    facts = {"rule": row.rule, "outcome": row.outcome, "location": row.location, "evidence": row.evidence_sha256}
    facts |= {"case_number": case.case_number} if case else {}
    return journal.Entry(Event.INSPECTION_STATED, desk.name, desk.now, case.key if case else None, facts)


def decide_finding(case_key: UUID, said: Said, *, location: str, desk: StatementDesk) -> InspectionStatement:
    """Decide a finding that waits for a person; a held case is then inspected again.

    Raises:
        Refused, NotFound: the actor may not, or there is no such case.
        Conflict: ``finding_not_open``, this finding does not wait for a person.
    """
    row = _row_of_case(case_key)
    check_may(desk.actor, Permission.DECIDE_FINDING, agency_code=row.agency.code if row.agency else "")
    problems = _problems(said)
    if problems:
        raise Invalid(tuple(problems))
    inspection = last_inspection(case_key)
    if inspection is None:
        raise Conflict("finding_not_open")
    if not _is_open(effective(report_from_dict(inspection.report), row, desk.now), said.rule, location):
        raise Conflict("finding_not_open")
    statement = _row(said, desk)
    statement.case, statement.location, statement.input_sha256 = row, location, _digest_at(case_key, location)
    with transaction.atomic():
        locked = get_case(case_key, is_locked=True)
        journal.record(_entry(statement, locked, desk), new=[statement])
        _settle(locked, inspection, desk)
    return statement


def _row_of_case(case_key: UUID) -> Case:
    try:
        return get_case(case_key)
    except Case.DoesNotExist as error:
        raise NotFound("not_found") from error


def _digest_at(case_key: UUID, location: str) -> str:
    kind, _, key = location.partition(":")
    file = find_row(CaseFile, "case_id = %s AND file_key = %s", case_key, key) if kind == "file" else None
    return file.sha256 if file else ""


def _is_open(report: Report, rule: str, location: str) -> bool:
    return any(
        finding.rule == rule and finding.location == location and finding.outcome is Outcome.NEEDS_PERSON
        for finding in report.findings
    )


def _settle(case: Case, inspection: Inspection, desk: StatementDesk) -> None:
    """Let the decision show: a held case is inspected again, one that is kept takes its outcome from what stands now."""
    if case.state == CaseState.HELD:
        _ask(case, desk)
        return
    outcome = gravest(effective(report_from_dict(inspection.report), case, desk.now)).value
    if outcome != case.outcome:
        case.outcome = outcome
        facts = {"case_number": case.case_number, "outcome": outcome}
        journal.record(journal.Entry(Event.INSPECTION_STATED, desk.name, desk.now, case.key, facts), changed=[case])


def effective(report: Report, case: Case, now: datetime) -> Report:
    """Return a report with what persons stated since; what a program found stays as it is."""
    said = statements_of(case, now)
    return replace(report, findings=tuple(_decided(finding, said) for finding in report.findings)) if said else report


def _decided(finding: Finding, said: tuple[Statement, ...]) -> Finding:
    if finding.outcome is not Outcome.NEEDS_PERSON:
        return finding
    for statement in reversed(said):
        if statement.rule == finding.rule and statement.location == finding.location:
            told = as_observation(statement)
            return replace(
                finding, outcome=told.outcome, code=told.code, params=dict(told.params), evidence=told.evidence
            )
    return finding


def ask_again(case_key: UUID, *, desk: StatementDesk) -> None:
    """Ask for a held case to be inspected again.

    Raises:
        Conflict: ``not_to_inspect_now``, it is not held.
    """
    row = _row_of_case(case_key)
    check_may(desk.actor, Permission.DECIDE_FINDING, agency_code=row.agency.code if row.agency else "")
    with transaction.atomic():
        locked = get_case(case_key, is_locked=True)
        if locked.state != CaseState.HELD:
            raise Conflict("not_to_inspect_now")
        _ask(locked, desk)


def _ask(case: Case, desk: StatementDesk) -> None:
    case.inspected_through = 0  # everything counts as new, which is what the pipeline looks for
    facts = {"case_number": case.case_number}
    journal.record(journal.Entry(Event.INSPECTION_ASKED, desk.name, desk.now, case.key, facts), changed=[case])
    desk.queue.put(case.key.hex, now=desk.now)
