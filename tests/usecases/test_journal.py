"""Every write stands in the journal with the digests of its rows; a row cannot be written past it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from tests.builders import now
from tests.personas import Office, as_json, pdf, small_catalogue, step_message

from jingui.db import journal
from jingui.db.keys import new_key
from jingui.db.models import PROTECTED, Agency, Case, JournaledError, JournalEvent, ProtectedRow, SourceKey
from jingui.domain.access.roles import Role
from jingui.domain.audit.events import Event
from jingui.formats.catalogues import read_catalogue
from jingui.usecases.administration import (
    create_account,
    initialise,
    note_sign_in,
    register_source,
    revoke_source_key,
)
from jingui.usecases.catalogue.importing import import_catalogue

Ledger = dict[tuple[str, str], str]


def ledger() -> Ledger:
    """Digest every protected row."""
    return {
        (model._meta.db_table, row.key.hex): journal.digest_of(row)
        for model in PROTECTED
        for row in model._default_manager.all()
    }


def changed_rows(before: Ledger, after: Ledger) -> Ledger:
    return {place: digest for place, digest in after.items() if before.get(place) != digest}


def told_rows(events: list[JournalEvent]) -> Ledger:
    """Collect what events say of rows; of several, the last word counts."""
    return {(table, key): digest for event in events for table, key, digest in json.loads(event.payload)["rows"]}


def doing(office: Office, act: Callable[[], Any]) -> tuple[list[str], Ledger, Ledger]:
    """Act; return the kinds of events written, the rows that changed, and the rows that events tell of."""
    before, last = ledger(), JournalEvent.objects.order_by("-id").values_list("id", flat=True)[0]
    act()
    events = list(JournalEvent.objects.filter(id__gt=last).order_by("id"))
    return [event.kind for event in events], changed_rows(before, ledger()), told_rows(events)


ACTS: list[tuple[str, Callable[[Office], Any], list[str]]] = [
    ("initialising again", lambda o: initialise(name="x", now=now()), []),
    ("a case", lambda o: o.integrator.case("N-1"), ["case.received"]),
    ("a case again", lambda o: o.integrator.case("N-1"), []),
    ("a case differently", lambda o: o.integrator.case("N-1", title="别的"), []),
    ("a file", lambda o: o.integrator.file("N-1", "f1", pdf("1"), name="申请表.pdf"), ["file.received"]),
    ("a file again", lambda o: o.integrator.file("N-1", "f1", pdf("1"), name="申请表.pdf"), []),
    ("a result", lambda o: o.integrator.file("N-1", "f2", pdf("2"), material="C01"), ["file.received"]),
    ("steps", lambda o: o.integrator.steps("N-1", step_message("s1"), step_message("s2")), ["step.received"]),
    ("steps again", lambda o: o.integrator.steps("N-1", step_message("s2")), []),
    ("work on an open case", lambda o: o.work(), []),
    ("reading", lambda o: [o.integrator.get("N-1", part) for part in ("", "inventory", "receipt")], []),
    ("a closure", lambda o: o.integrator.closure("N-1"), ["closure.received"]),
    ("the pipeline", lambda o: o.work(), ["case.inspected", "case.arranged", "case.packaged", "case.preserved"]),
    ("a file before its case", lambda o: o.integrator.file("N-2", "f1", b"no pdf"), ["file.received"]),
    ("a closure before its case", lambda o: o.integrator.closure("N-2"), ["closure.received"]),
    ("the case after all", lambda o: o.integrator.case("N-2"), ["case.received"]),
    ("holding", lambda o: o.work(), ["case.held"]),
    ("a late step", lambda o: o.integrator.steps("N-1", step_message("s3")), ["step.received"]),
    ("a version", lambda o: o.work(), ["case.inspected", "case.arranged", "case.packaged", "case.preserved"]),
    ("an import that changes nothing", lambda o: catalogue_again(), []),
    ("a source", lambda o: register_source(name="新", agency_codes=(), now=now()), ["source.registered"]),
    ("a revocation", lambda o: revoke_source_key(key_id=newest_key(), now=now()), ["source.key_revoked"]),
    ("an account", lambda o: account(), ["account.created"]),
    ("a sign-in", lambda o: note_sign_in(username="a", is_successful=True, now=now()), ["account.signed_in"]),
    ("a failed one", lambda o: note_sign_in(username="a", is_successful=False, now=now()), ["account.sign_in_failed"]),
]


def catalogue_again() -> None:
    import_catalogue(read_catalogue(as_json(small_catalogue())), actor="system:tests", now=now())


def newest_key() -> str:
    return SourceKey.objects.order_by("-key")[0].key_id


def account() -> None:
    create_account(username="a", display_name="甲", role=Role.CLERK, password="a long password", now=now())


def test_each_act_writes_exactly_its_events_and_they_tell_of_exactly_the_rows_it_changed(office: Office) -> None:
    for name, act, expected in ACTS:
        kinds, changed, told = doing(office, partial(act, office))
        assert kinds == expected, name
        assert changed == told, name
    assert set(dict.fromkeys(kind for *_, kinds in ACTS for kind in kinds)) <= {event.value for event in Event}
    assert office.findings() == []


def test_a_protected_row_cannot_be_saved_or_deleted_past_the_journal(office: Office) -> None:
    office.integrator.case("N-1")
    for row in (Agency(code="x", name="x"), Agency.objects.all()[0], Case.objects.get()):
        with pytest.raises(JournaledError):
            row.save()
        with pytest.raises(JournaledError):
            row.delete()
    with pytest.raises(JournaledError):
        Agency.objects.create(code="x", name="x")


@pytest.mark.django_db(transaction=True)
def test_the_journal_refuses_to_write_outside_a_transaction() -> None:
    with pytest.raises(JournaledError):
        journal.record(journal.Entry(Event.ACCOUNT_SIGNED_IN, "x", now()))


def test_an_event_and_its_rows_come_or_go_together(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, count = ledger(), JournalEvent.objects.count()
    monkeypatch.setattr(type(office.services.queue), "put", fail)
    integrator = office.integrator
    integrator.case("N-1")
    assert integrator.closure("N-1").status == 500
    changed = changed_rows(before, ledger())
    assert {table for table, _ in changed} == {"jingui_case"}
    assert JournalEvent.objects.count() == count + 1


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("after the event was written")


def test_events_hold_no_personal_data(office: Office) -> None:
    office.integrator.whole_case("N-1")
    office.work()
    payloads = "\n".join(JournalEvent.objects.values_list("payload", flat=True))
    for personal in ("巴特尔", "11010519491231002X", "鲁艳萍"):
        assert personal not in payloads


@pytest.mark.parametrize("model", PROTECTED, ids=lambda model: model.__name__)
def test_a_row_made_the_quick_way_is_the_row_that_is_made_the_usual_way(model: type[ProtectedRow]) -> None:
    key = new_key()
    quick, usual = model.fresh(key=key), model(key=key)
    assert quick.digested_values() == usual.digested_values()
    assert (quick._state.adding, quick._state.db) == (usual._state.adding, usual._state.db) == (True, None)
    assert model.fresh().key != model.fresh().key
    with pytest.raises(TypeError, match="shoe_size"):
        model.fresh(shoe_size=43)


def test_rows_made_the_quick_way_share_no_default_that_can_be_changed() -> None:
    shared = [
        f"{model.__name__}.{name}"
        for model in PROTECTED
        for name, value in model.fresh().digested_values().items()
        if isinstance(value, (list, dict)) and value is getattr(model.fresh(), name)
    ]
    assert shared == []
