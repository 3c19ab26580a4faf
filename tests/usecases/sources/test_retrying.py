"""Messages that were not taken are read again once mapping, file or source were mended: one, many, once, journalled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.builders import now
from tests.personas import Office, pdf
from tests.usecases.sources.source_database import MAPPING, BusinessDatabase, configuration

from jingui.bootstrap.sources import collecting, connection_problems
from jingui.db.models import Case, JournalEvent, Source, SourceConnection, SourceProblem, SourceProgress
from jingui.domain.audit.events import Event
from jingui.domain.errors import NotFound
from jingui.usecases.capture.collecting import collect_slice
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.incoming import Tally
from jingui.usecases.capture.refused import dismiss_problem
from jingui.usecases.capture.retrying import ask_retry

NAME = "业务库"


def keep(business: BusinessDatabase, channels: dict[str, str], **more: Any) -> SourceConnection:
    """Keep the connection with a mapping that knows these channels."""
    url = sa.engine.make_url(business.url)
    given = configuration(url._replace(password=None).render_as_string(), **more)
    if url.password:
        given["password_secret"] = "BUSINESS"
    mapping = {**MAPPING, "tables": {**MAPPING["tables"], "channel": channels}}
    choices = ConnectionChoices(NAME, Source.objects.get().name, "database", given, mapping)
    return keep_connection(choices, check=connection_problems, actor="tests", now=now())


@pytest.fixture(autouse=True)
def password(business: BusinessDatabase, office: Office) -> None:
    secrets = office.home / "keys" / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "BUSINESS").write_text(str(sa.engine.make_url(business.url).password or ""), encoding="utf-8")


def collect(connection: SourceConnection) -> Tally:
    return collect_slice(connection.key, using=collecting(clock=now, is_over=lambda: False))


def waiting() -> list[SourceProblem]:
    return list(SourceProblem.objects.filter(settled_at=None).order_by("at", "key"))


def ask(*rows: SourceProblem) -> int:
    return ask_retry([row.key for row in rows], actor="account:甲", now=now())


def test_what_the_mapping_could_not_read_is_taken_by_the_mended_mapping(
    office: Office, business: BusinessDatabase
) -> None:
    for number in ("A-1", "A-2"):
        business.case(number, channel="9")
    connection = keep(business, {"1": "online"})
    assert collect(connection) == Tally(refused=2)
    keep(business, {"1": "online", "9": "counter"})
    assert (ask(*waiting()), collect(connection)) == (2, Tally(taken=2))
    assert (waiting(), Case.objects.count(), SourceProgress.objects.get().retries) == ([], 2, [])
    assert not office.findings()


def test_what_is_still_refused_for_the_same_reason_keeps_its_place_and_can_be_asked_for_again(
    office: Office, business: BusinessDatabase
) -> None:
    business.case("A-1", channel="9")
    connection = keep(business, {"1": "online"})
    collect(connection)
    (row,) = waiting()
    assert (ask(row), collect(connection)) == (1, Tally(refused=1))
    assert [each.key for each in waiting()] == [row.key]
    assert ask(row) == 1


def test_another_reason_takes_the_place_of_the_first_and_the_first_comes_back_if_it_returns(
    office: Office, business: BusinessDatabase
) -> None:
    business.case("A-1", channel="9", item="NOBODY")
    connection = keep(business, {"1": "online"})
    collect(connection)
    (first,) = waiting()
    keep(business, {"9": "counter"})
    ask(first)
    collect(connection)
    (second,) = waiting()
    assert (first.code, second.code) == ("mapping_incomplete", "invalid_input")
    first.refresh_from_db()
    assert first.settlement == "replaced"
    keep(business, {"1": "online"})
    ask(second)
    collect(connection)
    assert [row.key for row in waiting()] == [first.key]
    assert not office.findings()


def test_asking_is_in_the_journal_with_who_asked_and_asking_twice_changes_nothing(
    office: Office, business: BusinessDatabase
) -> None:
    business.case("A-1", channel="9")
    collect(keep(business, {"1": "online"}))
    (row,) = waiting()
    assert (ask(row), ask(row)) == (1, 0)
    (event,) = JournalEvent.objects.filter(kind=Event.SOURCE_RETRY_ASKED)
    facts = json.loads(event.payload)["facts"]
    assert (event.actor, facts["connection"], facts["problems"]) == ("account:甲", NAME, [row.key.hex])
    assert not office.findings()


def test_what_was_put_aside_or_never_was_is_not_taken_again(office: Office, business: BusinessDatabase) -> None:
    business.case("A-1", channel="9")
    connection = keep(business, {"1": "online"})
    collect(connection)
    (row,) = waiting()
    ask(row)
    dismiss_problem(row.key, note="测试数据", actor="account:甲", now=now())
    keep(business, {"9": "counter"})
    assert collect(connection) == Tally()
    with pytest.raises(NotFound):
        ask(row)


def test_a_message_taken_meanwhile_changes_nothing_and_is_settled(
    office: Office, business: BusinessDatabase, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    business.file("A-1", "f1", path="late.pdf")
    connection = keep(business, {"1": "online"}, files_folder=folder)
    collect(connection)
    (row,) = waiting()
    (folder / "late.pdf").write_bytes(pdf("late"))
    ask(row)
    collect(connection)
    SourceProblem.objects.filter(key=row.key).update(settled_at=None, settlement="")  # as if that slice had been killed
    ask(row)
    assert (collect(connection), waiting()) == (Tally(repeated=1), [])


def test_a_slice_that_ends_in_the_middle_leaves_the_rest_asked_for(office: Office, business: BusinessDatabase) -> None:
    for number in range(3):
        business.case(f"A-{number}", channel="9")
    connection = keep(business, {"1": "online"})
    collect(connection)
    keep(business, {"9": "counter"})
    ask(*waiting())
    using = replace(collecting(clock=now, is_over=lambda: True))
    assert collect_slice(connection.key, using=using) == Tally(taken=1)
    assert len(SourceProgress.objects.get().retries) == 2
    assert collect(connection) == Tally(taken=2)
