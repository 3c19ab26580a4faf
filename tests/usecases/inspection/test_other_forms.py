"""Packages of every form that goes out are inspected by the same items; what their validators find stands in them."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.formats.exchange.exchanged import CONTENTS, UNSEALED, VALUES, outgoing, record_of, written
from tests.personas import Office, pdf

from jingui.bootstrap import phase_bench
from jingui.domain.errors import Conflict
from jingui.domain.inspection.indicators import InspectionPhase
from jingui.domain.inspection.package_faults import FAULT_ITEMS
from jingui.domain.inspection.report import report_from_dict
from jingui.domain.packaging.packages import FAULTS
from jingui.formats.exchange.inspected import TROUBLES
from jingui.formats.handover.problems import HANDOVER_PROBLEM_CODES
from jingui.interfaces.wording import finding_text
from jingui.usecases.inspection.paths import inspect_path

NOW = datetime.now(UTC)
SOUND = {"01结果材料/0001-C01-许可证.pdf": pdf("licence"), "03申请材料/0002-A01-申请表.pdf": pdf("form")}


def findings(office: Office, path: Path) -> list[Any]:
    [(_, found)] = reports(office, path)
    return found


def reports(office: Office, path: Path) -> list[tuple[str, list[Any]]]:
    at_hand = phase_bench(office.services)
    rows = inspect_path(path, InspectionPhase.TRANSFER, at_hand=at_hand, actor="a", now=NOW, is_kept=False)
    return [(row.subject, list(report_from_dict(row.report).findings)) for row in rows]


def failed(found: list[Any]) -> set[str]:
    return {finding.rule for finding in found if finding.outcome == "failed"}


OF_PACKAGES = {"YJ-1-12", "YJ-1-13", "YJ-1-14", "YJ-2-11", "YJ-3-1", "YJ-4-3"}


@pytest.mark.parametrize("form", UNSEALED)
def test_a_sound_package_of_every_form_passes_the_items_about_packages(
    office: Office, tmp_path: Path, form: str
) -> None:
    path = written(tmp_path / "a.zip", form, outgoing(record_of(SOUND), SOUND))
    found = findings(office, path)
    outcomes = {finding.rule: finding.outcome.value for finding in found if finding.rule in OF_PACKAGES}
    assert outcomes.keys() == OF_PACKAGES
    assert set(outcomes.values()) <= {"passed", "warned"}, outcomes
    readable = [finding for finding in found if finding.rule == "YJ-3-4"]
    assert [finding.code for finding in readable] == ["all_well"]


def test_what_the_validator_finds_fails_its_item_and_is_told_in_words(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "bag", "bagit", outgoing(record_of(SOUND), SOUND))
    next(path.rglob("*许可证.pdf")).write_bytes(b"%PDF other")
    (path / "data" / "Thumbs.db").write_bytes(b"x")
    found = findings(office, path)
    assert {"YJ-1-14", "YJ-4-3"} <= failed(found)
    words = {finding_text(finding.code, finding.params) for finding in found if finding.code == "package_fault"}
    assert any("摘要" in text and "许可证.pdf" in text for text in words), words


def test_a_package_too_broken_to_be_read_is_still_reported(office: Office, tmp_path: Path) -> None:
    path = written(tmp_path / "t", "da-t-93", outgoing(record_of(SOUND), SOUND))
    (path / "目录文件.XML").write_text("<!DOCTYPE a><文件目录/>", encoding="utf-8")
    assert "YJ-3-1" in failed(findings(office, path))


def test_each_package_of_a_folder_of_packages_is_inspected_by_itself(office: Office, tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / "all" / name, "bagit", outgoing(record_of(SOUND), SOUND))
    next((tmp_path / "all" / "b").rglob("*许可证.pdf")).write_bytes(b"%PDF other")
    sound, damaged = reports(office, tmp_path / "all")
    assert (sound[0], damaged[0]) == ("a", "b")
    assert not OF_PACKAGES & failed(sound[1])
    assert "YJ-1-14" in failed(damaged[1])


def test_each_record_of_a_package_of_several_has_a_report_of_its_own(office: Office, tmp_path: Path) -> None:
    outgoings = []
    for code, data in (("K-1", pdf("licence")), ("K-2", b"%PDF-1.4 and nothing more")):
        contents = {"01结果材料/0001-C01-许可证.pdf": data}
        values = {**VALUES, "electronic_record_code": code, "project_id": code}
        outgoings.append(outgoing(record_of(contents, values=values), contents))
    first, second = reports(office, written(tmp_path / "theme", "city-theme", *outgoings))
    assert (first[0], second[0]) == ("theme/K-1", "theme/K-2")
    assert ("YJ-3-4" in failed(first[1]), "YJ-3-4" in failed(second[1])) == (False, True)


def test_one_file_that_holds_several_packages_is_refused_by_name(office: Office, tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / "all" / name, "bagit", outgoing(record_of(CONTENTS), CONTENTS))
    packed = shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path / "all")
    with pytest.raises(Conflict) as refused:
        findings(office, Path(packed))
    assert refused.value.code == "package_of_many"


def test_every_code_of_every_validator_has_its_item() -> None:
    own = FAULTS.keys() | {"issuer_unknown", "not_as_laid_out", "not_as_ingested", "made_unreadable"}
    assert own == FAULT_ITEMS.keys()
    spoken = {code for code in HANDOVER_PROBLEM_CODES if code.startswith(("package_", "document_", "bag_"))}
    of_cases = {"bag_case_unknown", "bag_label_missing", "bag_label_twice"}  # said by taking in, not by the check
    assert spoken - of_cases == TROUBLES.keys()
    assert set(TROUBLES.values()) <= FAULT_ITEMS.keys()
