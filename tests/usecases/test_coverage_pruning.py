"""Single lines of settled days are let go after a time; what proves the day stays, and the lines can be had again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from tests.personas import ITEM, Integrator, Office
from tests.usecases.closing_desk import EVENING, archivist, close, closed_line, desk_of, explain, put_lines

from jingui.db.models import CoverageCertificate, DayClosing, Explanation, JournalEvent, LedgerLine
from jingui.db.queries.accounts import actor_of
from jingui.domain.audit.events import Event
from jingui.usecases.supervision import pruning
from jingui.usecases.supervision.certifying import close_day, close_due_days
from jingui.usecases.supervision.explaining import revoke_explanation
from jingui.usecases.supervision.pruning import prune_settled_days

SENT, DROPPED = ("K-1", "K-2"), "K-3"
KEEP = 400
SETTLED = EVENING + timedelta(days=200)
LATER = EVENING + timedelta(days=KEEP + 30)


@pytest.fixture
def settled(office: Office, integrator: Integrator) -> Office:
    """Two cases archived, a third one explained; long after, nothing of the day can change any more."""
    for number in SENT:
        integrator.whole_case(number)
    office.work()
    put_lines(integrator, *(closed_line(number, item_code=ITEM) for number in (*SENT, DROPPED)))
    close(office)
    explain(archivist(), DROPPED)
    close(office, at=SETTLED)
    return office


def prune(at: datetime = LATER, keep_days: int = KEEP) -> int:
    return prune_settled_days(keep_days=keep_days, now=at)


def numbers() -> list[str]:
    return sorted(LedgerLine.objects.values_list("case_number", flat=True))


def test_plain_lines_go_and_the_certificate_and_what_proves_it_stay(settled: Office) -> None:
    before = list(CoverageCertificate.objects.order_by("key").values_list("key", "body", "body_sha256"))

    assert prune() == 2

    assert numbers() == [DROPPED]  # explained by a person: kept with the day
    assert list(CoverageCertificate.objects.order_by("key").values_list("key", "body", "body_sha256")) == before
    assert not settled.findings()


def test_it_stands_once_in_the_journal_with_the_digests_of_the_certificates(settled: Office) -> None:
    prune()
    prune()

    (event,) = JournalEvent.objects.filter(kind=Event.LEDGER_LINES_PRUNED)
    newest = CoverageCertificate.objects.latest("version")
    facts = json.loads(event.payload)["facts"]
    assert (facts["lines"], facts["kept"], facts["certificates"]) == (3, 1, [newest.body_sha256])


@pytest.mark.parametrize(("at", "keep_days"), [(LATER, 0), (EVENING + timedelta(days=KEEP - 1), KEEP), (SETTLED, 1)])
def test_nothing_goes_before_its_time_or_where_lines_are_kept_for_ever(
    settled: Office, at: datetime, keep_days: int
) -> None:
    assert prune(at, keep_days) == 0
    assert numbers() == [*SENT, DROPPED]


def test_a_day_with_anything_open_keeps_its_lines(office: Office, integrator: Integrator) -> None:
    put_lines(integrator, closed_line(DROPPED, item_code=ITEM))
    close(office)

    assert prune() == 0
    assert numbers() == [DROPPED]


def test_killed_after_a_batch_it_goes_on(settled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 1)
    (key,) = DayClosing.objects.values_list("pk", flat=True)
    DayClosing.objects.filter(pk=key).update(is_loaded=False, loaded_lines=0)
    LedgerLine.objects.filter(case_number=SENT[0]).delete()  # killed here

    assert prune() == 1
    assert (numbers(), DayClosing.objects.get().pruned_at) == ([DROPPED], LATER)


def test_comparing_the_day_again_brings_the_lines_back_and_changes_no_certificate(settled: Office) -> None:
    prune()
    count = CoverageCertificate.objects.count()

    close(settled, at=LATER)

    assert numbers() == [*SENT, DROPPED]
    assert CoverageCertificate.objects.count() == count
    assert DayClosing.objects.get().pruned_at is None
    assert prune(LATER + timedelta(days=1)) == 0  # somebody is looking at them
    assert prune(LATER + timedelta(days=8)) == 2


def test_an_explanation_taken_back_after_the_pruning_makes_the_case_unexplained(settled: Office) -> None:
    prune()
    said = Explanation.objects.get(revoked_at=None)
    revoke_explanation(key=said.key, text="查无此事", actor=actor_of(said.said_by), now=LATER)

    assert close_due_days(desk_of(settled), now=LATER) == 1

    assert (CoverageCertificate.objects.latest("version").unexplained, numbers()) == (1, [*SENT, DROPPED])


def test_an_explanation_with_a_last_day_keeps_its_day_open_however_long_that_is(
    office: Office, integrator: Integrator
) -> None:
    put_lines(integrator, closed_line(DROPPED, item_code=ITEM))
    close(office)
    explain(archivist(), DROPPED, until=(EVENING + timedelta(days=300)).date())
    (key,) = DayClosing.objects.values_list("pk", flat=True)

    close_day(key, desk_of(office), now=SETTLED)

    assert DayClosing.objects.get().due_at is not None
