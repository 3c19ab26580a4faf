"""PRONOM in the confined process: asked for what own rules leave open, never loaded here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.formats.reading import made_files as made

from jingui.adapters.examination import ProcessExaminer
from jingui.domain.records.facts import Reading

DWG = b"AC1024\0\0\0\0\0\xb7\1" + bytes(200)


@pytest.fixture(scope="module")
def examiner() -> Iterator[ProcessExaminer]:
    with ProcessExaminer(processes=1) as shared:
        yield shared


def examined(examiner: ProcessExaminer, folder: Path, name: str, data: bytes, *, for_all: bool = False) -> Reading:
    path = folder / "file"
    path.write_bytes(data)
    return next(iter(examiner.examine([(path, name)], is_pronom_asked_for_all=for_all)))[0]


def test_a_format_that_own_rules_do_not_know_is_named_by_pronom(examiner: ProcessExaminer, tmp_path: Path) -> None:
    reading = examined(examiner, tmp_path, "图纸.dwg", DWG)

    assert reading.pronom_id == reading.format_name == "fmt/434"
    assert reading.basis.startswith("PRONOM V125: byte match")
    assert "no_reader" in reading.notes


def test_a_known_format_is_left_to_own_rules_unless_the_policy_asks_for_all(
    examiner: ProcessExaminer, tmp_path: Path
) -> None:
    own = examined(examiner, tmp_path, "a.pdf", made.saved_pdf())
    asked = examined(examiner, tmp_path, "a.pdf", made.saved_pdf(), for_all=True)

    assert own.basis == "jingui 2"
    assert (asked.format_name, asked.pronom_id) == (own.format_name, own.pronom_id)


def test_an_ofd_keeps_its_own_name_where_pronom_sees_only_a_zip(examiner: ProcessExaminer, tmp_path: Path) -> None:
    reading = examined(examiner, tmp_path, "a.ofd", made.SOUND["证照.ofd"], for_all=True)

    assert (reading.format_name, reading.pronom_id, reading.is_readable) == ("ofd", "", True)


def test_chance_bytes_stay_unknown(examiner: ProcessExaminer, tmp_path: Path) -> None:
    reading = examined(examiner, tmp_path, "a.bin", bytes(range(256)) * 8)

    assert (reading.format_name, reading.pronom_id) == ("", "")


def test_the_engine_is_not_in_this_process(examiner: ProcessExaminer, tmp_path: Path) -> None:
    examined(examiner, tmp_path, "a.dwg", DWG)

    assert "pygfried" not in sys.modules
