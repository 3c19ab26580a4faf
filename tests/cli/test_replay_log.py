"""Reading case logs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from tests.cli.replay_inputs import write_log

from jingui.interfaces.cli.replay.log import Columns, LogError, ended_at_last_event, read_log

HEAD = "case:concept:name,concept:name,time:timestamp,case:enddate,concept:instance\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_cases_come_in_the_order_of_their_first_rows_with_all_their_steps(tmp_path) -> None:
    traces = read_log(write_log(tmp_path / "l.csv"), columns=Columns())
    assert [trace.number for trace in traces[:3]] == ["case-0", "case-1", "case-2"]
    assert all(len(trace.events) == 3 for trace in traces)


def test_a_compressed_log_reads_the_same(tmp_path) -> None:
    plain = write_log(tmp_path / "l.csv")
    packed = tmp_path / "l.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_log(packed, columns=Columns()) == read_log(plain, columns=Columns())


def test_times_keep_their_offset(tmp_path) -> None:
    trace = read_log(write_log(tmp_path / "l.csv"), columns=Columns())[1]
    assert trace.events[0].at.isoformat() == "2024-03-02T09:00:00+02:00"


def test_a_time_without_an_offset_gets_the_given_one(tmp_path) -> None:
    path = written(tmp_path, HEAD + "a,x,2024-01-01 08:00:00,,\n")
    assert read_log(path, columns=Columns())[0].events[0].at.isoformat() == "2024-01-01T08:00:00+08:00"


def test_an_empty_end_is_an_open_case(tmp_path) -> None:
    traces = read_log(write_log(tmp_path / "l.csv"), columns=Columns())
    assert [trace.number for trace in traces if trace.ended_at is None] == ["case-3", "case-7", "case-11"]


def test_steps_after_the_end_are_kept_and_not_counted_until_the_end(tmp_path) -> None:
    trace = read_log(write_log(tmp_path / "l.csv"), columns=Columns())[5]
    assert (len(trace.events), trace.events_until_end()) == (3, 2)


def test_the_limit_counts_cases_and_leaves_none_cut(tmp_path) -> None:
    rows = "a,x,2024-01-01,,1\nb,x,2024-01-01,,2\na,y,2024-01-02,,3\n"
    traces = read_log(written(tmp_path, HEAD + rows), columns=Columns(), limit=1)
    assert [(trace.number, len(trace.events)) for trace in traces] == [("a", 2)]


def test_other_column_names_are_options(tmp_path) -> None:
    path = written(tmp_path, "办件,环节,时间\n1,收件,2024-01-01\n")
    traces = read_log(path, columns=Columns(case="办件", step="环节", time="时间"))
    assert traces[0].events[0].name == "收件"


def test_steps_without_ids_are_numbered_within_their_case(tmp_path) -> None:
    path = written(tmp_path, HEAD + "a,x,2024-01-01,,\na,x,2024-01-01,,\n")
    assert [event.key for event in read_log(path, columns=Columns())[0].events] == ["e0001", "e0002"]


def test_the_same_row_twice_is_one_step(tmp_path) -> None:
    path = written(tmp_path, HEAD + "a,x,2024-01-01,,1\na,x,2024-01-01,,1\n")
    assert len(read_log(path, columns=Columns())[0].events) == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("case,step\n1,2\n", "no column"),
        ("", "no column"),
        (HEAD + "a,x,gestern,,1\n", "no ISO 8601 time"),
        (HEAD + "a,,2024-01-01,,1\n", "line 2: case, step or time is empty"),
        (HEAD + "a,x,2024-01-01,,1\na,y,2024-01-01,,1\n", "line 3: event id 1 stands for two"),
        (HEAD + f"a,{'x' * 200_000},2024-01-01,,1\n", "field larger"),
    ],
)
def test_a_log_that_cannot_be_played_says_where_and_why(tmp_path, text: str, reason: str) -> None:
    with pytest.raises(LogError, match=reason):
        read_log(written(tmp_path, text), columns=Columns())


def test_bytes_that_are_no_text_are_a_log_error(tmp_path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(HEAD.encode() + b"a,\xff\xfe,2024-01-01,,1\n")
    with pytest.raises(LogError):
        read_log(path, columns=Columns())


def test_a_compressed_log_that_is_cut_off_is_a_log_error(tmp_path) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(write_log(tmp_path / "l.csv").read_bytes())[:-20])
    with pytest.raises(LogError):
        read_log(path, columns=Columns())


def test_an_open_case_can_be_closed_at_its_last_step(tmp_path) -> None:
    trace = read_log(write_log(tmp_path / "l.csv"), columns=Columns())[3]
    assert ended_at_last_event(trace).ended_at == trace.events[-1].at
