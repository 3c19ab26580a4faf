"""A database of a source read into an office: everything once, whatever fails or is killed in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.builders import now
from tests.personas import Office, pdf
from tests.usecases.sources.source_database import CASES, FILES, MAPPING, BusinessDatabase, configuration

from jingui.bootstrap import sources
from jingui.bootstrap.sources import collecting, connection_problems, open_reader
from jingui.db.models import Case, CaseFile, JournalEvent, Source, SourceConnection, SourceProblem, SourceProgress
from jingui.domain.audit.events import Event
from jingui.domain.capture.incoming import Lot
from jingui.domain.errors import TransientFailure
from jingui.ports import SourceReader
from jingui.usecases.capture.collecting import (
    Collecting,
    claim_connection,
    collect_slice,
    due_connections,
    release_dead_claims,
)
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.incoming import Tally
from jingui.usecases.capture.refused import dismiss_problem
from jingui.usecases.capture.retrying import ask_retry

NAME = "业务库"


@pytest.fixture
def using(office: Office) -> Collecting:
    return collecting(clock=now, is_over=lambda: False)


def connect(business: BusinessDatabase, **more: Any) -> SourceConnection:
    source = Source.objects.get().name
    url = sa.engine.make_url(business.url)
    given = configuration(url._replace(password=None).render_as_string(), **more)
    if url.password:
        given["password_secret"] = "BUSINESS"
    choices = ConnectionChoices(NAME, source, "database", given, MAPPING)
    return keep_connection(choices, check=connection_problems, actor="tests", now=now())


@pytest.fixture(autouse=True)
def password(business: BusinessDatabase, office: Office) -> None:
    secrets = office.home / "keys" / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "BUSINESS").write_text(str(sa.engine.make_url(business.url).password or ""), encoding="utf-8")


def test_a_case_of_the_database_is_archived_like_one_that_was_sent(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.whole_case("A-1")
    connection = connect(business)
    assert collect_slice(connection.key, using=using) == Tally(taken=6)
    office.work()
    case = office.case_row("A-1")
    assert (case.state, case.version, case.file_count, case.channel) == ("preserved", 1, 2, "online")
    progress = SourceProgress.objects.get()
    assert (progress.health, progress.taken, progress.failures) == ("healthy", 6, 0)
    assert not office.findings()


def test_a_second_slice_reads_only_what_is_new(office: Office, business: BusinessDatabase, using: Collecting) -> None:
    business.whole_case("A-1")
    connection = connect(business)
    collect_slice(connection.key, using=using)
    assert collect_slice(connection.key, using=using) == Tally()
    business.whole_case("A-2")
    assert collect_slice(connection.key, using=using) == Tally(taken=6)


def test_rows_with_the_same_watermark_are_told_apart_by_their_key(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    for number in range(5):
        business.case(f"A-{number}", updated=7)
    connection = connect(business, batch=2)
    assert collect_slice(connection.key, using=using) == Tally(taken=5)
    business.case("A-5", updated=7)
    assert collect_slice(connection.key, using=using) == Tally(taken=1)


def test_with_an_overlap_a_row_that_became_visible_late_is_read_and_nothing_is_doubled(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.case("A-1", updated=10)
    connection = connect(business)
    given = connection.configuration
    given["queries"][0]["overlap"] = 5
    choices = ConnectionChoices(NAME, connection.source.name, "database", given, MAPPING)
    keep_connection(choices, check=connection_problems, actor="tests", now=now())
    collect_slice(connection.key, using=using)
    business.case("A-late", updated=8)
    assert collect_slice(connection.key, using=using) == Tally(taken=1, repeated=1)
    assert collect_slice(connection.key, using=using).taken == 0


def test_what_is_refused_is_kept_with_its_reason_and_stops_nothing(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.case("A-bad", item="NOBODY", channel="9")
    business.case("A-unknown", item="NOBODY")
    business.whole_case("A-1")
    connection = connect(business)
    assert collect_slice(connection.key, using=using) == Tally(taken=6, refused=2)
    unknown, mapped = SourceProblem.objects.order_by("code")
    assert (mapped.code, mapped.problems[0]["code"]) == ("mapping_incomplete", "code_not_in_table")
    assert (unknown.code, unknown.case_number, unknown.problems[0]["code"]) == (
        "invalid_input", "A-unknown", "item_unknown",
    )  # fmt: skip
    assert '"item": "NOBODY"' in unknown.raw
    assert not office.findings()


def test_a_message_in_conflict_is_kept_once_however_often_it_comes(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    connection = connect(business)
    business.case("A-1")
    business.case("A-1", title="别的")
    assert collect_slice(connection.key, using=using) == Tally(taken=1, refused=1)
    SourceProgress.objects.update(cursor={})
    assert collect_slice(connection.key, using=using) == Tally(repeated=1, refused=1)
    assert SourceProblem.objects.get().code == "message_conflict"
    assert Case.objects.get().title == "A-1 的许可"


def test_one_bad_file_of_several_stays_out_alone(office: Office, business: BusinessDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "good.pdf").write_bytes(pdf("good"))
    business.case("A-1")
    business.file("A-1", "f1", path="good.pdf")
    business.file("A-1", "f2", path="missing.pdf")
    business.file("A-1", "f3", path="../business.sqlite3")
    business.file("A-1", "f4", content=b"%PDF-four")
    connection = connect(business, files_folder=folder)
    tally = collect_slice(connection.key, using=collecting(clock=now, is_over=lambda: False))
    assert tally == Tally(taken=3, refused=2)
    assert set(CaseFile.objects.values_list("file_key", flat=True)) == {"f1", "f4"}
    assert set(SourceProblem.objects.values_list("subject", "code")) == {
        ("file/A-1/f2", "content_missing"),
        ("file/A-1/f3", "content_outside"),
    }
    assert len(office.staged()) == 2


def test_a_refused_message_is_taken_again_on_a_persons_word_and_its_problem_is_settled(
    office: Office, business: BusinessDatabase, using: Collecting, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    business.file("A-1", "f1", path="late.pdf")
    connection = connect(business, files_folder=folder)
    collect_slice(connection.key, using=using)
    problem = SourceProblem.objects.get()
    (folder / "late.pdf").write_bytes(pdf("late"))
    ask_retry([problem.key], actor="account:甲", now=now())
    assert collect_slice(connection.key, using=using) == Tally(taken=1)
    problem.refresh_from_db()
    assert (problem.settlement, problem.settled_by) == ("taken", f"connection:{NAME}")
    assert not office.findings()


def test_a_problem_that_is_put_aside_stays_kept(office: Office, business: BusinessDatabase, using: Collecting) -> None:
    business.case("A-1", item="NOBODY")
    collect_slice(connect(business).key, using=using)
    dismiss_problem(SourceProblem.objects.get().key, note="测试数据", actor="account:甲", now=now())
    problem = SourceProblem.objects.get()
    assert (problem.settlement, problem.note, bool(problem.raw)) == ("dismissed", "测试数据", True)
    assert not office.findings()


def test_a_source_that_is_away_waits_longer_each_time_and_recovers_from_where_it_was(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.case("A-1")
    connection = connect(business)
    collect_slice(connection.key, using=using)
    away = replace(using, open_reader=lambda _connection: refuse("source_away"))
    for _ in range(3):
        collect_slice(connection.key, using=away)
    progress = SourceProgress.objects.get()
    assert (progress.health, progress.failures, progress.error_code) == ("failing", 3, "source_away")
    assert timedelta(seconds=15) < progress.next_try_at - now() <= timedelta(seconds=20)
    business.case("A-2")
    assert collect_slice(connection.key, using=using) == Tally(taken=1)
    assert SourceProgress.objects.get().health == "healthy"
    kinds = JournalEvent.objects.filter(kind__startswith="source.").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind in {"source.failed", "source.recovered"}] == [
        "source.failed", "source.recovered",
    ]  # fmt: skip


def refuse(code: str) -> SourceReader:
    raise TransientFailure(code)


def test_a_slice_that_breaks_between_two_lots_goes_on_behind_the_first(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    for number in range(6):
        business.case(f"A-{number}")
    connection = connect(business, batch=2)
    ends: Iterator[bool] = iter([False, True])
    assert collect_slice(connection.key, using=replace(using, is_over=lambda: next(ends))) == Tally(taken=4)
    assert collect_slice(connection.key, using=using) == Tally(taken=2)


def test_nothing_of_a_lot_is_kept_if_its_cursor_cannot_be_moved(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.case("A-1")
    business.file("A-1", "f1", content=b"%PDF-1")
    connection = connect(business)

    class Interrupted:
        def __init__(self, reader: SourceReader) -> None:
            self.reader = reader

        def __getattr__(self, name: str) -> Any:
            return getattr(self.reader, name)

        def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
            for lot in self.reader.lots(cursor):
                SourceProgress.objects.update(revision=99)  # another process has moved on
                yield lot

    broken = replace(using, open_reader=lambda row: Interrupted(open_reader(row)))
    collect_slice(connection.key, using=broken)
    assert not Case.objects.exists()
    assert not office.staged()
    assert SourceProgress.objects.get().error_code == "source_read_elsewhere"


def test_a_row_that_no_watermark_reaches_raises_the_alarm_after_all_others_are_read(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    business.case("A-1")
    with business.engine.begin() as connection:
        connection.execute(CASES.insert().values(updated=None, number="A-none"))
    tally = collect_slice(connect(business).key, using=using)
    del tally
    progress = SourceProgress.objects.get()
    assert (Case.objects.count(), progress.health, progress.error_code) == (1, "failing", "watermark_empty")


def test_the_source_cannot_be_written_through_its_connection(office: Office, business: BusinessDatabase) -> None:
    connection = connect(business)
    reader: Any = sources.open_reader(connection)
    with pytest.raises(sa.exc.DBAPIError):
        reader._open().execute(sa.delete(FILES))
    reader.close()


def test_a_claimed_connection_is_due_for_nobody_else(office: Office, business: BusinessDatabase) -> None:
    connection = connect(business)
    assert due_connections(now=now()) == [connection.key]
    assert claim_connection(connection.key, worker="w1")
    assert not claim_connection(connection.key, worker="w2")
    assert due_connections(now=now()) == []


def test_a_source_that_its_reader_died_of_is_read_again_at_once_and_later_each_time_it_happens_again(
    office: Office, business: BusinessDatabase, using: Collecting
) -> None:
    connection = connect(business)
    waited = []
    for _ in range(3):
        SourceProgress.objects.update(next_try_at=now())
        assert claim_connection(connection.key, worker="gone")
        asked = now()
        assert release_dead_claims(lambda _name: False, now=asked) == 1
        waited.append(max(0, round((SourceProgress.objects.get().next_try_at - asked).total_seconds())))
    assert waited == [0, 10, 20]
    assert claim_connection(connection.key, worker="here")
    assert release_dead_claims(lambda _name: True, now=now()) == 0
    collect_slice(connection.key, using=using)
    assert SourceProgress.objects.get().failures == 0
    assert not JournalEvent.objects.filter(kind=Event.SOURCE_FAILED).exists()
