"""Both examiners keep one contract; the one with processes also survives whatever a file does to a reader."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.formats.reading import made_files as made
from tests.waiting import wait_for

from jingui.adapters.examination import Confinement, InlineExaminer, ProcessExaminer, process_pool
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.domain.records.facts import Reading
from jingui.ports import Examiner

HOSTILE_READER = """
import os, time
from jingui.adapters.examination.reader_process import answer
from jingui.adapters.examination.serving import serve

def hostile(item):
    if item["name"].startswith("crash"):
        os.abort()
    if item["name"].startswith("sleep"):
        time.sleep(60)
    if item["name"].startswith("spin"):
        while True:
            pass
    if item["name"].startswith("hog"):
        bytearray(8 * 1024**3)
    if item["name"].startswith("write"):
        open(os.path.join(os.path.dirname(__file__), "written"), "wb", buffering=0).write(b"x")
    if item["name"].startswith("print"):
        print("noise", flush=True)
    return answer(item)

serve(hostile)
"""
PARENT = """
import sys, time
from pathlib import Path
from jingui.adapters.examination import ProcessExaminer
examiner = ProcessExaminer(processes=1)
list(examiner.examine([(Path(sys.argv[1]), "a.txt")]))
with examiner._pool.leased() as process:
    print(process.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture(params=["inline", "process"])
def examiner(request: pytest.FixtureRequest) -> Iterator[Examiner]:
    chosen = InlineExaminer() if request.param == "inline" else ProcessExaminer(processes=1)
    yield chosen
    chosen.close()


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessExaminer]:
    """An examiner whose reader does what the name of a file tells it to."""
    (tmp_path / "hostile_reader.py").write_text(HOSTILE_READER)
    monkeypatch.setattr(process_pool, "SOURCE_FOLDER", f"{process_pool.SOURCE_FOLDER}{os.pathsep}{tmp_path}")
    bounds = Confinement(wall_seconds=4.0, cpu_seconds=1, memory_bytes=2 * 1024**3)
    with ProcessExaminer(processes=1, bounds=bounds, module="hostile_reader") as examiner:
        yield examiner


@pytest.fixture
def staged(tmp_path: Path) -> list[tuple[Path, str]]:
    files = []
    for number, (name, data) in enumerate(made.SOUND.items()):
        path = tmp_path / f"staged-{number}"
        path.write_bytes(data)
        files.append((path, name))
    return files


def defect_codes(examiner: ProcessExaminer, files: list[tuple[Path, str]]) -> list[list[str]]:
    return [[code for code, _ in reading.defects] for reading, _ in examiner.examine(files)]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_readings_come_in_the_order_of_the_files(examiner: Examiner, staged: list[tuple[Path, str]]) -> None:
    results = list(examiner.examine(iter(staged * 7)))

    assert len(results) == 7 * len(staged)
    assert results[: len(staged)] * 7 == results
    assert all(reading.is_readable for reading, _ in results)
    assert "Licence page 1" in results[0][1]


def without_pronom(read: list[tuple[Reading, str]]) -> list[tuple[Reading, str]]:
    """Leave out what only the confined process can ask."""
    bare: dict[str, Any] = {"pronom_id": "", "mime_type": "", "basis": ""}
    return [
        (replace(one, **bare, notes=tuple(note for note in one.notes if not note.startswith("pronom"))), text)
        for one, text in read
    ]


def test_both_examiners_say_the_same(staged: list[tuple[Path, str]]) -> None:
    with ProcessExaminer(processes=1) as examiner:
        confined, inline = list(examiner.examine(staged)), list(InlineExaminer().examine(staged))

    assert without_pronom(confined) == without_pronom(inline)


def test_nothing_to_examine_gives_nothing(examiner: Examiner) -> None:
    assert list(examiner.examine([])) == []


def test_a_broken_file_among_sound_ones_is_a_defect_of_its_own(
    examiner: Examiner, staged: list[tuple[Path, str]]
) -> None:
    path, name = staged[0]
    path.write_bytes(made.encrypted_pdf(""))

    first, second = [reading for reading, _ in examiner.examine([(path, name), staged[1]])]

    assert (first.is_encrypted, second.is_readable) == (True, True)


def test_a_path_that_cannot_be_opened_is_a_failure_of_ours(examiner: Examiner, tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure) as caught:
        list(examiner.examine([(tmp_path / "gone", "a.pdf")]))

    assert caught.value.code == "content_not_openable"


def test_a_name_that_is_no_text_is_passed_on(examiner: Examiner, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xc9\xea\xc7\xeb.txt")
    path.write_text("内容")

    [(reading, text)] = examiner.examine([(path, path.name)])

    assert (reading.is_readable, text) == (True, "内容")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("crash.txt", "reader_crashed"),
        ("sleep.txt", "reader_timeout"),
        ("spin.txt", "reader_timeout"),
        ("hog.txt", "reader_crashed"),
    ],
)
def test_what_kills_a_reader_is_a_defect_of_that_file_alone(
    hostile: ProcessExaminer, tmp_path: Path, name: str, code: str
) -> None:
    path = tmp_path / "content"
    path.write_text("内容")

    assert defect_codes(hostile, [(path, "a.txt"), (path, name), (path, "b.txt")]) == [[], [code], []]


def test_a_reader_cannot_write_files(hostile: ProcessExaminer, tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_text("内容")

    assert defect_codes(hostile, [(path, "write.txt")]) == [["reader_crashed"]]
    assert (tmp_path / "written").read_bytes() == b""


def test_what_a_library_prints_does_not_disturb_the_answers(hostile: ProcessExaminer, tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_text("内容")

    assert defect_codes(hostile, [(path, "print.txt"), (path, "a.txt")]) == [[], []]


def test_a_reader_killed_while_idle_is_replaced_unnoticed(staged: list[tuple[Path, str]]) -> None:
    with ProcessExaminer(processes=1) as examiner:
        list(examiner.examine(staged[:1]))
        with examiner._pool.leased() as process:
            os.kill(process.pid, signal.SIGKILL)
        results = list(examiner.examine(staged))

    assert all(reading.is_readable for reading, _ in results)


def test_a_reader_is_replaced_after_its_share_of_files(staged: list[tuple[Path, str]]) -> None:
    seen = set()
    with ProcessExaminer(processes=1, bounds=Confinement(files_per_process=3)) as examiner:
        for _ in range(3):
            with examiner._pool.leased() as process:
                seen.add(process.pid)
            list(examiner.examine(staged[:4]))

    assert len(seen) == 3


def test_several_threads_share_an_examiner(staged: list[tuple[Path, str]]) -> None:
    results: dict[int, list[str]] = {}
    with ProcessExaminer(processes=2) as examiner:

        def work(number: int) -> None:
            results[number] = [reading.format_name for reading, _ in examiner.examine(staged)]

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(results) == 4
    assert len({tuple(names) for names in results.values()}) == 1


def test_a_reader_outlives_the_thread_that_needed_it_first(staged: list[tuple[Path, str]]) -> None:
    with ProcessExaminer(processes=1) as examiner:
        thread = threading.Thread(target=lambda: list(examiner.examine(staged[:1])))
        thread.start()
        thread.join()
        with examiner._pool.leased() as process:
            pid = process.pid
        time.sleep(0.1)

        assert is_running(pid)
        list(examiner.examine(staged))
        with examiner._pool.leased() as process:
            assert process.pid == pid


def test_readers_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "content"
    path.write_text("内容")
    environment = {**os.environ, "PYTHONPATH": process_pool.SOURCE_FOLDER}
    line = [sys.executable, "-c", PARENT, str(path)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    wait_for(lambda: not is_running(pid), lambda: "the reader outlived its parent")


def test_closing_ends_the_readers_and_refuses_more_work(staged: list[tuple[Path, str]]) -> None:
    examiner = ProcessExaminer(processes=1)
    list(examiner.examine(staged[:1]))
    with examiner._pool.leased() as process:
        pid = process.pid
    examiner.close()
    examiner.close()

    assert not is_running(pid)
    with pytest.raises(TransientFailure):
        list(examiner.examine(staged))


def test_a_reader_that_cannot_start_is_a_failure_to_try_again(staged: list[tuple[Path, str]]) -> None:
    with ProcessExaminer(processes=1, module="no.such.module") as examiner, pytest.raises(TransientFailure):
        list(examiner.examine(staged))


def test_a_reader_sees_nothing_of_the_environment(
    staged: list[tuple[Path, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINGUI_SECRET_FOR_TEST", "1")
    with ProcessExaminer(processes=1) as examiner:
        list(examiner.examine(staged[:1]))
        with examiner._pool.leased() as process:
            environment = Path(f"/proc/{process.pid}/environ").read_bytes()

    assert b"JINGUI_SECRET_FOR_TEST" not in environment
