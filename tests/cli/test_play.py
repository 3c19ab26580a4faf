"""Playing demo cases against a small real server."""

from __future__ import annotations

from typing import Any

import pytest
from tests.cli.capture_server import KEY_ID, SECRET, Book, CaptureServer

from jingui.interfaces.cli.client import Endpoint, Waiting
from jingui.interfaces.cli.output import width
from jingui.interfaces.cli.replay import settle
from jingui.interfaces.cli.replay.play import play
from jingui.interfaces.cli.replay.played import cut, played_documents, played_table
from jingui.interfaces.cli.samplegen import DemoCase, Expected, FileMessage


@pytest.fixture(autouse=True)
def short_quiet(monkeypatch):
    monkeypatch.setattr(settle, "QUIET_SECONDS", 0.05)
    monkeypatch.setattr(settle, "HELD_QUIET_SECONDS", 0.1)


def demo_file(key: str, content: bytes = b"content", **more: str) -> FileMessage:
    return FileMessage(key, f"{key}.pdf", "A01", "收件", "2025-03-03T09:00:00+08:00", content, **more)


def demo_case(number: str, twist: str = "none", **more: Any) -> DemoCase:
    parts: dict[str, Any] = {
        "item_key": "nurse",
        "case": {"case_number": number, "title": f"办件 {number}"},
        "files": (demo_file("f1"), demo_file("f2", b"other")),
        "steps": ({"step_key": "S1", "name": "收件"}, {"step_key": "S2", "name": "办结"}),
        "closure": {"kind": "completed", "declared_files": 2},
        "expected": Expected("preserved", 1),
    }
    return DemoCase(number=number, twist=twist, **(parts | more))


def played(book: Book, *cases: DemoCase):
    with CaptureServer(book) as server:
        endpoint = Endpoint(server.url, KEY_ID, SECRET)
        return play(cases, endpoint=endpoint, total=len(cases), waiting=Waiting(5.0, 5.0), concurrency=3)


def test_every_case_is_played_and_told_in_the_order_given() -> None:
    cases = [demo_case(str(number)) for number in range(9)]
    results = played(Book(), *cases)
    assert [case.number for case in results] == [str(number) for number in range(9)]
    assert all(case.is_as_expected for case in results)


def test_a_case_ends_with_its_closure() -> None:
    book = Book()
    played(book, demo_case("a"))
    posts = [line for line in book.requests if not line.startswith("GET")]
    assert posts[-1].endswith("/closure")


def test_a_closure_that_comes_first_is_followed_by_all_and_the_case_is_last() -> None:
    book = Book()
    played(book, demo_case("a", "closure_first"))
    posts = [line for line in book.requests if not line.startswith("GET")]
    assert posts[0].endswith("/closure")
    assert posts[-1] == "POST /api/v1/cases"


def test_duplicate_messages_are_each_sent_again_and_replayed() -> None:
    result = played(Book(), demo_case("a", "duplicate_messages"))[0]
    assert result.repeats >= 6
    assert not result.refusals


def test_a_bad_digest_is_refused_first_and_the_right_one_taken() -> None:
    result = played(Book(), demo_case("a", "bad_digest", target="f1"))[0]
    assert result.refusals == ("digest_mismatch",)
    assert result.is_as_expected


def test_late_material_goes_out_after_the_case_was_seen_preserved() -> None:
    book = Book()
    late = demo_case("a", "late_file", late_files=(demo_file("f9"),), late_steps=({"step_key": "S9"},))
    played(book, late)
    place = next(i for i, line in enumerate(book.requests) if "/files/f9" in line)
    assert any(line.startswith("GET") for line in book.requests[:place])
    assert any(line.endswith("/steps") for line in book.requests[place:])


def test_an_encrypted_file_is_replaced_while_the_case_is_held() -> None:
    case = demo_case(
        "a",
        "encrypted_file",
        files=(demo_file("f1", b"locked"), demo_file("f2")),
        late_files=(demo_file("f1R", b"open", replaces="f1"),),
    )
    result = played(Book(bad_bytes=frozenset({b"locked"})), case)[0]
    assert result.is_as_expected


def test_an_open_case_is_asked_for_and_not_waited_for() -> None:
    result = played(Book(), demo_case("a", "still_open", closure=None, expected=Expected("open", 0)))[0]
    assert result.is_as_expected


def test_what_is_not_as_announced_is_told() -> None:
    result = played(Book(), demo_case("a", expected=Expected("held", 0)))[0]
    assert not result.is_as_expected
    assert "与预期不符 1 件" in played_table([result])


def test_the_table_has_a_line_per_case_and_aligned_columns() -> None:
    results = played(Book(), demo_case("a"), demo_case("b" * 9, "duplicate_messages"))
    lines = played_table(results).split("\n")
    ends = {width(line[: line.index("已归档")]) for line in lines[2:4]}
    assert len(ends) == 1
    assert played_documents(results)[1]["twist"] == "duplicate_messages"


def test_long_titles_are_cut_by_columns_and_control_characters_do_not_print() -> None:
    assert cut("护士执业注册", 7) == "护士执…"
    assert cut("a\x1b[31mb", 20) == "a [31mb"
