"""Every form, both ways: what goes out comes in again, and goes out the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import bagit
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.formats.exchange.exchanged import (
    CONTENTS,
    EVENT,
    STEP,
    UNSEALED,
    VALUES,
    again,
    checked,
    outgoing,
    record_of,
    tree_of,
    written,
)

from jingui.domain.packaging.transfer import TransferRecord
from jingui.formats.exchange.cases import handed_case
from jingui.formats.exchange.forms import CannotHoldError
from jingui.formats.exchange.sinks import ContentDamagedError
from jingui.formats.handover.documents import DocumentRefusedError

CARRIES_EVENTS = sorted(set(UNSEALED) - {"city", "city-theme"})


@pytest.mark.parametrize("form", UNSEALED)
@pytest.mark.parametrize("ending", ["", ".zip"])
def test_a_record_goes_out_sound_and_after_coming_in_goes_out_the_same(tmp_path: Path, form: str, ending: str) -> None:
    first = written(tmp_path / f"a{ending}", form, outgoing(record_of(CONTENTS), CONTENTS))
    found = checked(first)
    assert (found.is_sound, found.profile.partition("-")[0]) == (True, form.partition("-")[0]), found
    second = tmp_path / f"b{ending}"
    (record,) = again(first, form, second)
    assert tree_of(first) == tree_of(second) if not ending else first.read_bytes() == second.read_bytes()
    assert {name: record.values[name] for name in VALUES} == VALUES
    assert record.steps == (STEP,)
    assert {file.path: file.digests["sha256"] for file in record.files} == {
        file.path: file.digests["sha256"] for file in record_of(CONTENTS).files
    }
    assert record.extension == {"来源要素": "甲 & 乙"}


@pytest.mark.parametrize("form", CARRIES_EVENTS)
def test_what_the_archives_did_travels_as_premis_events(tmp_path: Path, form: str) -> None:
    (record,) = again(written(tmp_path / "a", form, outgoing(record_of(CONTENTS), CONTENTS)), form, tmp_path / "b")
    assert record.events == (EVENT,)


_names = st.text(st.sampled_from("材料表 abcABC019%&'()+,;=@~·—"), min_size=1, max_size=12).map(str.strip)
_paths = st.builds(
    lambda folder, name, number: f"{folder}/{number:04}-{name or 'x'}.pdf",
    st.sampled_from(["01结果材料", "02过程材料", "03申请材料"]),
    _names,
    st.integers(1, 9999),
)
_texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).map(str.strip).filter(bool)
_unknown = st.dictionaries(st.from_regex(r"x_[a-z]{1,8}", fullmatch=True), _texts, max_size=3)


@pytest.mark.parametrize("form", UNSEALED)
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    contents=st.dictionaries(_paths, st.binary(max_size=300), min_size=1, max_size=3),
    unknown=_unknown,
    extension=st.dictionaries(_texts, _texts, max_size=2),
    documents=st.dictionaries(
        st.from_regex(r"检测/[a-z]{1,6}\.bin", fullmatch=True), st.binary(max_size=60), max_size=2
    ),
)
def test_unknown_elements_and_bytes_survive_every_form(
    tmp_path_factory: pytest.TempPathFactory,
    form: str,
    contents: dict[str, bytes],
    unknown: dict[str, str],
    extension: dict[str, str],
    documents: dict[str, bytes],
) -> None:
    folder = tmp_path_factory.mktemp("forms")
    kept = {} if form.startswith("city") else documents  # the profile has no place for what describes besides
    record = record_of(contents, values=VALUES | unknown, extension=extension, documents=kept)
    (back,) = again(written(folder / "a", form, outgoing(record, contents)), form, folder / "b")
    assert tree_of(folder / "a") == tree_of(folder / "b")
    assert {name: back.values.get(name) for name in unknown} == unknown
    assert back.extension == extension
    assert {name: back.documents.get(name) for name in kept} == kept
    assert {file.path for file in back.files} == set(contents)


def test_others_accept_our_bags(tmp_path: Path) -> None:
    path = written(tmp_path / "bag", "bagit", outgoing(record_of(CONTENTS), CONTENTS))
    assert bagit.Bag(str(path)).validate(processes=1)
    told = json.loads((path / "metadata" / "case.json").read_text(encoding="utf-8"))
    assert told["case_number"] == VALUES["project_id"]


def test_labels_of_a_foreign_bag_are_written_again(tmp_path: Path) -> None:
    record = record_of(CONTENTS, kept=(("bag-info", "Contact-Name: 王五"), ("bag-info", "Contact-Name: 赵六")))
    path = written(tmp_path / "a", "bagit", outgoing(record, CONTENTS))
    (back,) = again(path, "bagit", tmp_path / "b")
    assert back.kept == record.kept
    assert "Contact-Name: 赵六" in (tmp_path / "b" / "bag-info.txt").read_text(encoding="utf-8")


def test_a_bag_without_anything_of_ours_is_read_by_its_labels(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "letter.txt").write_bytes(b"text")
    bagit.make_bag(str(tmp_path / "bag"), {"External-Identifier": "K-1", "Contact-Name": "A"}, checksums=["sha512"])
    (record,) = again(tmp_path / "bag", "bagit", tmp_path / "again")
    assert (record.values["project_id"], [file.path for file in record.files]) == ("K-1", ["letter.txt"])
    with pytest.raises(DocumentRefusedError) as refused:
        handed_case(record)
    assert {problem.params["element"] for problem in refused.value.problems} >= {"task_code", "apply_name"}


@pytest.mark.parametrize("form", UNSEALED)
def test_bytes_that_are_not_the_records_are_never_given_out(tmp_path: Path, form: str) -> None:
    wrong = {path: data + b"x" for path, data in CONTENTS.items()}
    with pytest.raises(ContentDamagedError):
        written(tmp_path / "a", form, outgoing(record_of(CONTENTS), wrong))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "changes", "code"),
    [
        ("national-draft", {}, "form_needs_seals"),
        ("da-t-93", {"values": {**VALUES, "archival_code": ""}}, "form_needs_archival_code"),
        ("eep", {"values": {}}, "form_needs_codes"),
        ("eark-aip", {"files": ()}, "form_needs_files"),
    ],
)
def test_a_form_says_what_it_cannot_hold(tmp_path: Path, form: str, changes: dict[str, object], code: str) -> None:
    with pytest.raises(CannotHoldError) as refused:
        written(tmp_path / "a", form, outgoing(record_of(CONTENTS, **changes), CONTENTS))
    assert refused.value.code == code


def test_a_theme_holds_what_its_cases_share_once(tmp_path: Path) -> None:
    shared = b"identity" * 1000
    records: list[tuple[TransferRecord, dict[str, bytes]]] = []
    for number in (1, 2):
        contents = {"03申请材料/0001-A01-身份证.pdf": shared, f"03申请材料/0002-A02-{number}.pdf": b"own" * number}
        record = record_of(contents)
        values = {**VALUES, "electronic_record_code": f"K-{number}", "project_id": f"P-{number}"}
        records.append((replace(record, values=values), contents))
    path = written(tmp_path / "theme", "city-theme", *(outgoing(record, contents) for record, contents in records))
    assert [file.stat().st_size for file in (path / "共享材料").iterdir()] == [len(shared)]
    assert checked(path).is_sound
    back = again(path, "city-theme", tmp_path / "b")
    assert [[file.bytes for file in record.files] for record in back] == [
        [file.bytes for file in record.files] for record, _ in records
    ] or [sorted(file.bytes for file in record.files) for record in back] == [
        sorted(file.bytes for file in record.files) for record, _ in records
    ]
    assert tree_of(path) == tree_of(tmp_path / "b")
