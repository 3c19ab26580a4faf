"""Notices of files to be fetched: taken once, fetched with limits, resumed, and answered with typed receipts."""

from __future__ import annotations

import pytest
from tests.builders import now
from tests.personas import PREFIX, Integrator, Office
from tests.usecases.sources.file_server import FileServer
from tests.usecases.sources.whole_notices import whole_notice

from jingui.bootstrap.sources import collecting, connection_problems
from jingui.db.models import CaseFile, Notice, NoticeWork, Source, SourceConnection, SourceProblem, SourceProgress
from jingui.usecases.capture.collecting_notices import collect_notices
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.incoming import Tally
from jingui.usecases.capture.retrying import ask_retry

NUMBER = "20250303-0001"


@pytest.fixture
def pull(office: Office, files: FileServer) -> SourceConnection:
    given = {"hosts": [files.host], "private_networks": ["127.0.0.0/8"], "allow_http": True, "most_attempts": 3}
    choices = ConnectionChoices("取件", Source.objects.get().name, "pull", given, {})
    return keep_connection(choices, check=connection_problems, actor="tests", now=now())


def fetch(connection: SourceConnection) -> Tally:
    NoticeWork.objects.update(next_try_at=now())
    return collect_notices(connection.key, using=collecting(clock=now, is_over=lambda: False))


def test_what_a_notice_names_is_fetched_and_archived(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    reply = integrator.post(f"{PREFIX}/notices", whole_notice(files, NUMBER))
    assert (reply.status, reply.json["receipt"]["kind"]) == (201, "notice_received")
    assert fetch(pull) == Tally(taken=6)
    office.work()
    assert (office.case_row(NUMBER).state, office.case_row(NUMBER).version) == ("preserved", 1)
    state = integrator.send("GET", f"{PREFIX}/notices/n-{NUMBER}").json
    assert (state["outcome"], state["done"], state["parts"]) == ("taken", 5, 5)
    assert [receipt["receipt"]["subject"]["type"] for receipt in state["receipts"]] == [1, 4, 2, 6]
    assert not office.findings()


def test_the_same_notice_again_changes_nothing_and_another_under_its_id_is_a_conflict(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    first, again = (integrator.post(f"{PREFIX}/notices", notice) for _ in range(2))
    assert (again.is_replayed, again.json) == (True, first.json)
    other = integrator.post(f"{PREFIX}/notices", {**notice, "files": notice["files"][:1]})
    assert (other.status, other.code) == (409, "message_conflict")
    assert Notice.objects.count() == 1


def test_a_source_without_a_connection_for_pulling_is_told_so(office: Office, integrator: Integrator) -> None:
    notice = {"notice_id": "n", "case_number": NUMBER, "files": [
        {"file_key": "f", "name": "f.pdf", "url": "https://files.example/f", "sha256": "0" * 64}
    ]}  # fmt: skip
    reply = integrator.post(f"{PREFIX}/notices", notice)
    assert (reply.status, reply.code) == (403, "pull_not_configured")


def test_every_fault_of_a_notice_is_named(office: Office, integrator: Integrator, pull: SourceConnection) -> None:
    notice = {"notice_id": "", "case_number": "a/b", "files": [{"url": "", "sha256": "xyz"}], "more": 1}
    reply = integrator.post(f"{PREFIX}/notices", notice)
    assert reply.status == 422
    assert reply.problems == {
        "notice_id": "required",
        "case_number": "case_number_malformed",
        "files[0].file_key": "required",
        "files[0].name": "required",
        "files[0].url": "required",
        "files[0].sha256": "sha256_malformed",
        "more": "unknown_field",
    }


def test_an_address_off_the_list_is_never_contacted_and_stops_nothing(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    notice["files"][0]["url"] = "http://169.254.169.254/latest/meta-data"
    files.answers[f"/{NUMBER}/f2"] = (302, {"Location": "http://127.0.0.1/else"})
    integrator.post(f"{PREFIX}/notices", notice)
    assert fetch(pull) == Tally(taken=4, refused=2)
    assert set(SourceProblem.objects.values_list("subject", "code")) == {
        (f"file/{NUMBER}/f1", "address_not_allowed"),
        (f"file/{NUMBER}/f2", "redirected"),
    }
    assert Notice.objects.get().outcome == "partly"


def test_bytes_that_are_not_what_the_notice_states_are_not_taken(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    integrator.post(f"{PREFIX}/notices", whole_notice(files, NUMBER))
    files.contents[f"/{NUMBER}/f1"] = b"%PDF changed"
    fetch(pull)
    problem = SourceProblem.objects.get()
    assert (problem.code, problem.problems[0]["code"]) == ("digest_mismatch", "content_differs")
    assert not CaseFile.objects.filter(file_key="f1").exists()


def test_a_transfer_that_breaks_goes_on_where_it_broke(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    size = len(files.contents[f"/{NUMBER}/f1"])
    files.breaks_after[f"/{NUMBER}/f1"] = [100, 50]
    integrator.post(f"{PREFIX}/notices", notice)
    assert fetch(pull).taken == 6
    asked = [asked for path, asked in files.asked if path == f"/{NUMBER}/f1"]
    assert asked == ["", "bytes=100-", "bytes=150-"]
    assert CaseFile.objects.get(file_key="f1").bytes == size


def test_a_notice_interrupted_between_its_parts_goes_on_there_and_fetches_nothing_twice(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    integrator.post(f"{PREFIX}/notices", whole_notice(files, NUMBER))
    ends = iter([False, True, True])
    collect_notices(pull.key, using=collecting(clock=now, is_over=lambda: next(ends)))
    assert NoticeWork.objects.get().position == 1
    fetch(pull)
    assert sorted(path for path, _ in files.asked) == sorted(files.contents)
    assert Notice.objects.get().outcome == "taken"


def test_a_host_that_is_away_makes_the_notice_wait_and_at_last_it_is_given_up_for_a_person(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    for part in [*notice["documents"], *notice["files"]]:
        files.answers[part["url"].removeprefix(f"http://{files.host}")] = (503, {})
    integrator.post(f"{PREFIX}/notices", notice)
    fetch(pull)
    assert (NoticeWork.objects.get().attempts, SourceProgress.objects.get().health) == (1, "failing")
    fetch(pull)
    fetch(pull)
    assert Notice.objects.get().outcome == "failed"
    assert SourceProblem.objects.get().code == "notice_given_up"
    state = integrator.send("GET", f"{PREFIX}/notices/n-{NUMBER}").json
    assert [receipt["receipt"]["subject"]["type"] for receipt in state["receipts"]] == [1, 3]
    assert not office.findings()


def test_a_notice_that_was_given_up_is_fetched_anew_on_a_persons_word(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    files.answers[f"/{NUMBER}/case.json"] = (503, {})
    integrator.post(f"{PREFIX}/notices", notice)
    for _ in range(3):
        fetch(pull)
    files.answers.clear()
    ask_retry([SourceProblem.objects.get().key], actor="account:甲", now=now())
    assert fetch(pull) == Tally(taken=6)
    assert (Notice.objects.get().outcome, SourceProblem.objects.get().settlement) == ("taken", "replaced")
    state = integrator.send("GET", f"{PREFIX}/notices/n-{NUMBER}").json
    assert [receipt["receipt"]["subject"]["type"] for receipt in state["receipts"]] == [1, 4, 2]
    assert not office.findings()


def test_a_document_the_source_had_not_is_fetched_anew_with_its_notice_and_nothing_is_doubled(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    notice = whole_notice(files, NUMBER)
    content = files.contents.pop(f"/{NUMBER}/case.json")
    integrator.post(f"{PREFIX}/notices", notice)
    assert fetch(pull) == Tally(taken=5, refused=1)
    ask_retry([SourceProblem.objects.get().key], actor="account:甲", now=now())
    assert fetch(pull).refused == 1
    (row,) = SourceProblem.objects.filter(settled_at=None)
    files.contents[f"/{NUMBER}/case.json"] = content
    ask_retry([row.key], actor="account:甲", now=now())
    assert fetch(pull).taken == 1
    assert not SourceProblem.objects.filter(settled_at=None).exists()
    assert not office.findings()


def test_one_failing_notice_does_not_stop_the_others(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    integrator.post(f"{PREFIX}/notices", whole_notice(files, "A-1"))
    integrator.post(f"{PREFIX}/notices", whole_notice(files, "A-2"))
    files.answers["/A-1/case.json"] = (500, {})
    assert fetch(pull).taken == 6
    assert SourceProgress.objects.get().health == "healthy"
    assert set(Notice.objects.values_list("case_number", "outcome")) == {("A-1", ""), ("A-2", "taken")}


def test_another_sources_notice_is_not_found(
    office: Office, integrator: Integrator, files: FileServer, pull: SourceConnection
) -> None:
    integrator.post(f"{PREFIX}/notices", whole_notice(files, NUMBER))
    other = office.newcomer("别的系统")
    assert other.send("GET", f"{PREFIX}/notices/n-{NUMBER}").code == "notice_not_found"
