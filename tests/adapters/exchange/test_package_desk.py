"""Packages of unknown origin are opened in a process of their own: whatever they do to it is a finding."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.formats.exchange.exchanged import CONTENTS, checked, outgoing, record_of, written

from jingui.adapters.examination import Confinement, process_pool
from jingui.adapters.exchange import ConfinedPackageDesk
from jingui.formats.exchange.forms import Outgoing
from jingui.formats.handover.documents import DocumentRefusedError

DESK = ConfinedPackageDesk()
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
XXE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><电子文件封装包><版本>&x;</版本></电子文件封装包>'


def bag(folder: Path) -> Path:
    (folder / "data").mkdir(parents=True)
    (folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (folder / "data" / "a.txt").touch()
    (folder / "manifest-sha256.txt").write_text(f"{EMPTY}  data/a.txt\n")
    return folder


def bomb(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        with archive.open("data/zeros", "w") as entry:
            for _ in range(80):
                entry.write(bytes(1 << 20))
    return folder / "bomb.zip"


def linked(folder: Path) -> Path:
    (bag(folder / "bag") / "data" / "passwd").symlink_to("/etc/passwd")
    return folder / "bag"


def xxe(folder: Path) -> Path:
    (folder / "x.xml").write_text(XXE, encoding="utf-8")
    return folder / "x.xml"


def deep(folder: Path) -> Path:
    (folder / "x.xml").write_text(f"<电子文件封装包>{'<a>' * 100_000}", encoding="utf-8")
    return folder / "x.xml"


def huge(folder: Path) -> Path:
    (folder / "aip" / "representations").mkdir(parents=True)
    (folder / "aip" / "METS.xml").touch()
    os.truncate(folder / "aip" / "METS.xml", 1 << 40)
    return folder / "aip"


HOSTILE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a bomb": (bomb, "package_bomb"),
    "a link": (linked, "package_link"),
    "an external entity": (xxe, "document_declares_entities"),
    "elements without end": (deep, "document_too_large"),
    "a document of a tebibyte": (huge, "document_too_large"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_package_gives_findings(tmp_path: Path, name: str) -> None:
    make, code = HOSTILE[name]
    found = DESK.check(make(tmp_path))
    assert not found.is_sound
    assert code in {finding.code for finding in found.findings}, found


def test_a_check_that_takes_too_long_is_a_finding(tmp_path: Path) -> None:
    path = bag(tmp_path / "bag")
    os.truncate(path / "data" / "a.txt", 20 << 30)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("jingui.adapters.exchange.desk.SLOWEST_BYTES_A_SECOND", 1 << 60)
        found = ConfinedPackageDesk(bounds=Confinement(cpu_seconds=0)).check(path)
    assert [finding.code for finding in found.findings] == ["checker_timeout"]


def test_a_check_that_needs_too_much_memory_is_a_finding(tmp_path: Path) -> None:
    path = bag(tmp_path / "bag")
    (path / "manifest-sha256.txt").write_text(f"{EMPTY}  data/a.txt\n" * 500_000)
    found = ConfinedPackageDesk(bounds=Confinement(memory_bytes=160 << 20)).check(path)
    assert [finding.code for finding in found.findings] == ["checker_out_of_memory"]


def test_a_checker_that_dies_is_a_finding_and_nothing_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "dying_checker.py").write_text(
        "import os\nfrom jingui.adapters.examination.serving import serve\nserve(lambda item: os.abort())\n"
    )
    monkeypatch.setattr(process_pool, "SOURCE_FOLDER", f"{process_pool.SOURCE_FOLDER}{os.pathsep}{tmp_path}")
    with ConfinedPackageDesk(module="dying_checker").opened(bag(tmp_path / "bag")) as package:
        assert [finding.code for finding in package.checked.findings] == ["checker_crashed"]
        assert list(package.records()) == []


@pytest.mark.parametrize("form", ["city-theme", "eep", "eark-aip"])
def test_what_is_checked_and_read_in_the_process_is_what_is_there(tmp_path: Path, form: str) -> None:
    path = written(tmp_path / "a.zip", form, outgoing(record_of(CONTENTS), CONTENTS))
    with DESK.opened(path) as package:
        assert package.checked == checked(path)
        (held,) = package.records()
        found = {}
        for file in held.record.files:
            with held.open(file) as stream:
                found[file.path] = stream.read()
        target = written(tmp_path / "b.zip", form, Outgoing(held.record, held.open))
    assert sorted(found.values()) == sorted(CONTENTS.values())
    assert target.read_bytes() == path.read_bytes()


def test_a_package_that_cannot_be_read_is_refused_with_its_problems(tmp_path: Path) -> None:
    with DESK.opened(bag(tmp_path / "bag")) as package:
        assert package.checked.is_sound
        (tmp_path / "bag" / "data" / "a.txt").unlink()
        with pytest.raises(DocumentRefusedError) as refused:
            list(package.records())
    assert [problem.code for problem in refused.value.problems] == ["bag_without_payload_folder", "bag_file_missing"]
