"""The whole simulator against a small real server, also one that cuts connections and dies."""

from __future__ import annotations

import argparse
import json
import threading
from datetime import date

import pytest
from tests.cli.capture_server import KEY_ID, SECRET, Book, CaptureServer
from tests.cli.replay_inputs import write_files, write_items, write_log

from jingui.interfaces.cli import replay as command
from jingui.interfaces.cli.client import CaptureClient, Endpoint, ServerSilentError, Waiting
from jingui.interfaces.cli.replay import settle
from jingui.interfaces.cli.replay.command import KeyNotFoundError, read_key
from jingui.interfaces.cli.replay.plan import Kind
from jingui.interfaces.cli.replay.replay import ReplayOptions, replay
from jingui.interfaces.cli.replay.report import to_document, to_text

QUICK = Waiting(5.0, 10.0)


@pytest.fixture(autouse=True)
def short_quiet(monkeypatch):
    monkeypatch.setattr(settle, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(settle, "HELD_QUIET_SECONDS", 0.1)


@pytest.fixture
def places(tmp_path):
    return {
        "log": write_log(tmp_path / "log.csv"),
        "items": write_items(tmp_path / "items.json"),
        "files": write_files(tmp_path / "files"),
        "broken": write_files(tmp_path / "broken", 2, "broken"),
    }


def played(places, server, **options):
    return replay(
        places["log"],
        endpoint=Endpoint(server.url, KEY_ID, SECRET),
        items=places["items"],
        files=[places["files"]],
        options=ReplayOptions(**{"waiting": QUICK} | options),
    )


def test_a_quiet_replay_is_taken_whole(places) -> None:
    with CaptureServer(Book()) as server:
        report = played(places, server)
    assert {kind: tally.taken for kind, tally in report.feed.tallies.items()} == {
        Kind.CASE: 12,
        Kind.FILE: 36,
        Kind.STEP: 36,
        Kind.CLOSURE: 9,
    }
    assert report.states() == {"preserved": 9, "open": 3}
    assert report.exit_code == 0


def test_shuffled_repeated_parallel_messages_at_a_server_in_trouble_are_taken_exactly_once(places) -> None:
    book = Book(drop_before=0.1, drop_after=0.15, busy=0.1)
    with CaptureServer(book) as server:
        report = played(places, server, is_shuffled=True, repeat=3, concurrency=4)
    tallies = report.feed.tallies.values()
    assert len(book.messages) == sum(tally.messages for tally in tallies) == 93
    assert sum(tally.taken + tally.replayed for tally in tallies) == sum(tally.sent for tally in tallies)
    assert sum(tally.sent - tally.repeated for tally in tallies) == 93
    assert sum(tally.resent for tally in tallies) > 0
    assert (report.exit_code, report.states()) == (0, {"preserved": 9, "open": 3})


def test_a_server_that_dies_and_comes_back_in_the_middle_is_survived(places) -> None:
    book, reports, server = Book(), [], CaptureServer(Book())
    server.__exit__()
    server = CaptureServer(book, server.port)
    feeding = threading.Thread(target=lambda: reports.append(played(places, server, repeat=3, concurrency=3)))
    feeding.start()
    for _ in range(3):
        threading.Event().wait(0.05)
        server.__exit__()
        threading.Event().wait(0.1)
        server = CaptureServer(book, server.port)
    feeding.join()
    server.__exit__()
    assert (reports[0].feed.failures, reports[0].silence) == ([], "")
    assert len(book.messages) == 93


def test_broken_files_hold_their_cases_and_are_mended(places) -> None:
    broken = frozenset(path.read_bytes() for path in places["broken"].rglob("*.pdf"))
    with CaptureServer(Book(bad_bytes=broken)) as server:
        report = played(places, server, broken_share=0.2, broken_files=(places["broken"],), is_mending=True)
    closed = [entry for entry in report.broken if entry.case_number in report.closed]
    assert closed
    assert {report.before_mending[entry.case_number].state for entry in closed} == {"held"}
    assert {report.statuses[entry.case_number].state for entry in closed} == {"preserved"}
    assert report.mending.tallies[Kind.FILE].taken == len(report.broken)


def test_without_mending_the_cases_of_broken_files_stay_held_with_their_findings(places) -> None:
    broken = frozenset(path.read_bytes() for path in places["broken"].rglob("*.pdf"))
    with CaptureServer(Book(bad_bytes=broken)) as server:
        report = played(places, server, broken_share=0.2, broken_files=(places["broken"],))
    document = to_document(report)
    assert document["cases"]["by_state"]["held"] == document["cases"]["findings"]["unreadable"] > 0
    assert report.exit_code == 0


def test_playing_the_same_log_again_is_all_replays(places) -> None:
    with CaptureServer(Book()) as server:
        played(places, server)
        again = played(places, server, is_shuffled=True, seed=1)
    assert sum(tally.taken for tally in again.feed.tallies.values()) == 0
    assert sum(tally.replayed for tally in again.feed.tallies.values()) == 93


def test_another_seed_on_the_same_server_is_told_as_conflicts(places) -> None:
    with CaptureServer(Book()) as server:
        played(places, server)
        other = played(places, server, seed=2)
    assert other.feed.tallies[Kind.CASE].conflicts == 12
    assert other.exit_code == 1
    assert "message_conflict" in to_text(other)


def test_a_wrong_secret_is_counted_as_refused(places) -> None:
    with CaptureServer(Book()) as server:
        endpoint = Endpoint(server.url, KEY_ID, "wrong")
        options = ReplayOptions(limit=1, waiting=Waiting(2.0, 1.0))
        report = replay(
            places["log"], endpoint=endpoint, items=places["items"], files=[places["files"]], options=options
        )
    assert report.feed.problems == {"signature_wrong": 8}
    assert (report.exit_code, report.states()) == (1, {"unknown": 1})


def test_a_server_that_answers_only_failures_after_the_sending_is_told_and_not_waited_for_case_by_case(places) -> None:
    book = Book()
    with CaptureServer(book) as server:
        played(places, server)
        book.busy = 1.0
        client = CaptureClient(Endpoint(server.url, KEY_ID, SECRET), waiting=Waiting(1.0, 0.3))
        with client, pytest.raises(ServerSilentError, match="busy"):
            settle.settle(["case-0", "case-1"], client=client, patience_seconds=5.0)


def arguments(places, url: str, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(
        [
            str(places["log"]),
            f"--server={url}",
            "--source=窗口",
            f"--secret={KEY_ID}:{SECRET}",
            f"--items={places['items']}",
            f"--files={places['files']}",
            "--patience=2",
            *more,
        ]
    )


def test_the_command_prints_json_alone_on_standard_output(places, capsys) -> None:
    with CaptureServer(Book()) as server:
        code = command.run(arguments(places, server.url, "--json", "--shuffle", "--repeat=2", "--concurrency=2"))
    document = json.loads(capsys.readouterr().out)
    assert (code, document["exit_code"]) == (0, 0)
    assert document["cases"]["by_state"] == {"preserved": 9, "open": 3}
    assert document["messages"]["step"]["messages"] == 36


def test_the_command_prints_a_table_and_its_progress_elsewhere(places, capsys) -> None:
    with CaptureServer(Book()) as server:
        command.run(arguments(places, server.url))
    printed = capsys.readouterr()
    assert "已归档" in printed.out
    assert "sent 93/93" in printed.err


def test_the_ledger_of_the_day_is_sent_when_all_rests_and_lists_every_case(places, capsys) -> None:
    book = Book()
    with CaptureServer(book) as server:
        code = command.run(arguments(places, server.url, "--ledger=2024-03-20", "--json"))
    assert (code, json.loads(capsys.readouterr().out)["ledger"]) == (
        0, {"day": "2024-03-20", "lines": 12, "version": 1, "reason": ""},
    )  # fmt: skip
    lines = [json.loads(line) for line in book.ledgers["2024-03-20"].splitlines()]
    assert sum(line["state"] == "closed" for line in lines) == 9
    assert {(line["files"], line["steps"]) for line in lines} == {(3, 3)}
    assert book.requests[-1] == "PUT /api/v1/ledgers/2024-03-20"


def test_without_being_asked_for_no_ledger_is_sent_and_with_no_day_it_is_todays(places) -> None:
    assert arguments(places, "http://h").ledger is None
    assert arguments(places, "http://h", "--ledger").ledger == date.today()  # noqa: DTZ011 - as the command itself


def test_the_command_ends_with_3_if_no_server_ever_answers(places, capsys) -> None:
    with CaptureServer(Book()) as server:
        url = server.url
    assert command.run(arguments(places, url)) == 3
    assert "服务器没有应答" in capsys.readouterr().out


@pytest.mark.parametrize(
    "more",
    [
        ("--items=/nowhere.json",),
        ("--files=/nowhere",),
        ("--broken-share=0.5",),
        ("--server=ftp://x",),
        ("--case-column=x",),
    ],
)
def test_the_command_ends_with_2_if_it_cannot_start(places, capsys, more: tuple[str, ...]) -> None:
    assert command.run(arguments(places, "http://127.0.0.1:9", *more)) == 2
    assert "jingui replay: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "option", ["--repeat=0", "--concurrency=1000", "--broken-share=2", "--patience=-1", "--limit=x"]
)
def test_an_option_out_of_range_is_a_usage_error(places, option: str) -> None:
    with pytest.raises(SystemExit) as caught:
        arguments(places, "http://h", option)
    assert caught.value.code == 2


def test_the_key_is_read_from_the_instances_folder(tmp_path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "窗口.json").write_text('{"key_id": "k", "secret": "s"}')
    assert read_key("窗口", secret=None, environ={"JINGUI_HOME": str(tmp_path)}) == ("k", "s")


def test_a_given_key_goes_before_the_environment_and_the_folder(tmp_path) -> None:
    environ = {"JINGUI_SOURCE_SECRET": "e", "JINGUI_SOURCE_KEY": "ke", "JINGUI_HOME": str(tmp_path)}
    assert read_key("n", secret="k:s:t", environ=environ) == ("k", "s:t")
    assert read_key("n", secret=None, environ=environ) == ("ke", "e")


@pytest.mark.parametrize("source", ["../n", "unknown", "broken"])
def test_a_source_without_a_key_is_told(tmp_path, source: str) -> None:
    (tmp_path / "n.json").write_text('{"key_id": "k", "secret": "s"}')
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "broken.json").write_text("[]")
    with pytest.raises(KeyNotFoundError):
        read_key(source, secret=None, environ={"JINGUI_HOME": str(tmp_path)})
