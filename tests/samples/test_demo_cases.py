from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from jingui.domain.capture.checking import (
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.catalogue.importing import plan_import
from jingui.domain.inspection.inspecting import inspect
from jingui.domain.inspection.subject import InspectionContext
from jingui.domain.records.facts import CaseFact, ClosureFact, Digests, FileFact, Plan, StepFact
from jingui.domain.records.identifiers import citizen_number_is_valid, credit_code_is_valid
from jingui.domain.records.terms import MaterialClass, Outcome
from jingui.formats.catalogues.reading import read_catalogue
from jingui.formats.reading.opening import read
from jingui.interfaces.cli.samplegen import CASE_COUNT, DemoCase, FileMessage, catalogue, demo_cases, write_files

NOW = datetime(2026, 11, 21, tzinfo=UTC)
CLASSES = {"A": MaterialClass.APPLICATION, "B": MaterialClass.PROCESS, "C": MaterialClass.RESULT}


@pytest.fixture(scope="session")
def plans() -> dict[str, Plan]:
    imported = plan_import(read_catalogue(json.dumps(catalogue(), ensure_ascii=False).encode()))
    return {item.item_code: item.plan for item in imported.added}


def _file(file: FileMessage, folder: Path) -> FileFact:
    path = folder / "file"
    path.write_bytes(file.content)
    reading, _ = read(path, file.name)
    digests = Digests(
        hashlib.sha256(file.content).hexdigest(),
        hashlib.new("sm3", file.content).hexdigest(),
        hashlib.sha512(file.content).hexdigest(),
    )
    return FileFact(
        key=file.file_key,
        name=file.name,
        material_code=file.material_code,
        material_class=CLASSES[file.material_code[0]],
        title=file.name,
        step=file.step,
        bytes=len(file.content),
        digests=digests,
        declared_sha256=digests.sha256,
        received_at=NOW,
        formed_at=datetime.fromisoformat(file.formed_at),
        stored_bytes=len(file.content),
        stored_sha256=digests.sha256,
        reading=reading,
        replaces=file.replaces,
    )


def _values(message: object, kind: type[Any]) -> dict[str, Any]:
    return {name: getattr(message, name) for name in kind.__slots__ if hasattr(message, name)}


def _fact(case: DemoCase, files: tuple[FileMessage, ...], folder: Path) -> CaseFact:
    message = check_case_message(case.case)
    steps = [check_step_message(step) for step in case.steps]
    return CaseFact(
        **{**_values(message, CaseFact), "files": tuple(_file(file, folder) for file in files)},
        key=case.number,
        source="demo",
        agency_name="云泽市某局",
        agency_code=message.item_code[:18],
        fonds="0059",
        fonds_name="云泽市某局",
        steps=tuple(StepFact(**_values(step, StepFact), key=step.step_key) for step in steps),
        closure=ClosureFact(**_values(check_closure_message(case.closure), ClosureFact)) if case.closure else None,
    )


def _faults(fact: CaseFact, plans: dict[str, Plan]) -> set[str]:
    report = inspect(fact, plans[fact.item_code], facts=InspectionContext(), now=NOW)
    return {finding.code for finding in report.findings if finding.outcome in (Outcome.FAILED, Outcome.WARNED)}


def test_there_are_sixty_cases_each_with_its_own_number_and_applicant(cases: list[DemoCase]) -> None:
    assert len(cases) == CASE_COUNT == 60
    assert len({case.number for case in cases}) == 60
    assert len({case.case["applicant"]["id_number"] for case in cases}) == 60


def test_the_product_takes_every_message(cases: list[DemoCase]) -> None:
    for case in cases:
        check_case_message(case.case)
        for step in (*case.steps, *case.late_steps):
            check_step_message(step)
        for file in (*case.files, *case.late_files):
            fields = ("file_key", "name", "material_code", "step", "formed_at", "replaces")
            values = {name: getattr(file, name) for name in fields if getattr(file, name)}
            check_file_message(values | {"sha256": hashlib.sha256(file.content).hexdigest()})
        if case.closure:
            check_closure_message(case.closure)


def test_inspection_finds_in_each_case_just_what_its_twist_put_there(
    cases: list[DemoCase], plans: dict[str, Plan], tmp_path: Path
) -> None:
    wanted = {
        "missing_material": {"material_missing"},
        "encrypted_file": {"file_not_readable", "file_encrypted"},
        "unexpected_material": {"file_not_in_plan"},
    }
    for case in cases:
        if case.twist != "still_open":
            found = _faults(_fact(case, case.files, tmp_path), plans)
            assert found == wanted.get(case.twist, set()), (case.number, case.twist)


def test_the_sound_file_mends_the_case_with_the_encrypted_one(
    cases: list[DemoCase], plans: dict[str, Plan], tmp_path: Path
) -> None:
    locked = [case for case in cases if case.twist == "encrypted_file"]
    assert len(locked) == 2
    for case in locked:
        assert case.late_files[0].replaces == case.target
        assert _faults(_fact(case, case.files + case.late_files, tmp_path), plans) == set()


def test_only_held_cases_lack_a_sound_package(cases: list[DemoCase]) -> None:
    states = {case.twist: case.expected.state for case in cases}
    assert {twist for twist, state in states.items() if state == "held"} == {"missing_material", "unexpected_material"}
    assert {twist for twist, state in states.items() if state == "open"} == {"still_open"}
    assert [case.number for case in cases if (case.closure is None) != (case.expected.state == "open")] == []


def test_late_cases_become_a_second_version(cases: list[DemoCase]) -> None:
    for case in cases:
        is_late = bool(case.late_steps) or (bool(case.late_files) and case.twist != "encrypted_file")
        assert (case.expected.versions == 2) == is_late


def test_no_two_files_of_the_cases_have_the_same_content_in_a_case(cases: list[DemoCase]) -> None:
    for case in cases:
        digests = {hashlib.sha256(file.content).digest() for file in (*case.files, *case.late_files)}
        assert len(digests) == len(case.files) + len(case.late_files)


def test_numbers_of_invented_people_and_companies_are_valid_and_of_no_place(cases: list[DemoCase]) -> None:
    for case in cases:
        applicant = case.case["applicant"]
        is_person = applicant["kind"] == "person"
        assert (citizen_number_is_valid if is_person else credit_code_is_valid)(applicant["id_number"])
        assert "539900" in applicant["id_number"][: 6 if is_person else 8]


def test_names_with_rare_characters_and_dots_occur(cases: list[DemoCase]) -> None:
    names = "".join(case.case["applicant"]["name"] + case.case["applicant"]["agent"] for case in cases)
    assert [sign for sign in ("·", "㛃", "𬍛", "欧阳") if sign not in names] == []


def test_declared_counts_tell_the_truth(cases: list[DemoCase]) -> None:
    for case in cases:
        closure = case.closure or {"declared_files": None, "declared_steps": None}
        assert closure["declared_files"] in (None, len(case.files))
        assert closure["declared_steps"] in (None, len(case.steps))


def test_another_process_makes_the_same_bytes(cases: list[DemoCase]) -> None:
    script = (
        "import hashlib\nfrom itertools import islice\nfrom jingui.interfaces.cli.samplegen import demo_cases\n"
        "for case in islice(demo_cases(), 6):\n"
        "    print(hashlib.sha256(repr(case).encode()).hexdigest())\n"
    )
    source = Path(__file__).parents[2] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [hashlib.sha256(repr(case).encode()).hexdigest() for case in cases[:6]]


def test_the_cases_of_one_twist_are_the_same_as_among_all(cases: list[DemoCase]) -> None:
    assert list(demo_cases(of_twist="withdrawn")) == [case for case in cases if case.twist == "withdrawn"]


def test_another_seed_makes_other_cases(cases: list[DemoCase]) -> None:
    other = next(islice(demo_cases(2), 1))
    assert other.case["applicant"] != cases[0].case["applicant"]


def test_files_are_written_by_case_with_their_messages(cases: list[DemoCase], tmp_path: Path) -> None:
    written = write_files(tmp_path / "files", cases=cases)
    assert written == sum(len(case.files) + len(case.late_files) for case in cases)
    first = tmp_path / "files" / cases[0].number
    messages = json.loads((first / "case.json").read_text(encoding="utf-8"))
    assert messages["case"] == cases[0].case
    assert {entry["stored_as"] for entry in messages["files"]} | {"case.json"} == {p.name for p in first.iterdir()}
