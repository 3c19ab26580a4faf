"""Sheets and packages of the city profile: what is written is read again; what is wrong is refused with its reason."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.handed_over import handed_case, package, sheet

from jingui.formats.handover.cases import HandedCase
from jingui.formats.handover.city_package import read_package
from jingui.formats.handover.city_profile import BASE_INFORMATION, PROCESS_INFORMATION
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.sheets import read_sheet
from jingui.formats.handover.trees import opened_tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "in"
    made.mkdir()
    return made


def read(path: Path, **entry: str) -> HandedCase:
    with opened_tree(path, marker=BASE_INFORMATION) as tree:
        return read_package(tree, entry=entry)


def refusals(act: Callable[[], object]) -> set[str]:
    with pytest.raises(DocumentRefusedError) as caught:
        act()
    return {problem.code for problem in caught.value.problems}


def repack(path: Path, change: Callable[[dict[str, bytes]], object]) -> None:
    """Write a package again with its entries changed."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def test_a_case_comes_out_of_a_package_as_it_went_in(folder: Path, tmp_path: Path) -> None:
    more: dict[str, Any] = {"metadata": {"窗口号": "7"}, "situations": ["新办", "加急"]}
    written = package(folder, "A-1", **more)
    assert read(written.path, **written.values) == handed_case("A-1", tmp_path / "originals", **more)[0]


def test_what_no_field_stands_for_is_kept_and_what_archives_say_themselves_is_not(folder: Path) -> None:
    written = package(folder, "A-1")
    more = (
        "<retention_period>Y</retention_period><accept_num>受-9</accept_num><transact_time>2025-11-05</transact_time>"
    )
    repack(
        written.path,
        lambda e: e.update(
            {BASE_INFORMATION: _without(e, "transact_time").replace(b"</base_info>", more.encode() + b"</base_info>")}
        ),
    )
    case = read(written.path)
    assert case.case is not None
    assert case.closure is not None
    assert case.case["metadata"] == {"accept_num": "受-9"}
    assert case.closure["closed_at"] == "2025-11-05T00:00:00+08:00"


def _without(entries: dict[str, bytes], element: str) -> bytes:
    lines = entries[BASE_INFORMATION].split(b"\n")
    return b"\n".join(line for line in lines if f"<{element} ".encode() not in line)


def _base(change: Callable[[bytes], bytes]) -> Callable[[dict[str, bytes]], object]:
    return lambda entries: entries.update({BASE_INFORMATION: change(entries[BASE_INFORMATION])})


XXE = b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
FAULTS: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "no base information": (lambda e: e.pop(BASE_INFORMATION), "package_file_missing"),
    "an entity": (_base(lambda d: d.replace(b"<base_info", XXE + b"<base_info", 1)), "document_declares_entities"),
    "a wrong encoding": (_base(lambda d: d.decode().encode("gb18030")), "document_not_utf8"),
    "half a document": (_base(lambda d: d[: len(d) // 2].rsplit(b"<", 1)[0]), "document_not_well_formed"),
    "another document": (_base(lambda d: b"<other/>"), "document_root_unknown"),
    "no case number": (lambda e: e.update({BASE_INFORMATION: _without(e, "project_id")}), "document_element_missing"),
    "two titles": (_base(lambda d: d.replace(b"<task_code", b"<project_name>x</project_name><task_code", 1)), "document_element_twice"),
    "a file gone": (lambda e: e.pop("data/f1/申请表.pdf"), "package_file_missing"),
    "a file more": (lambda e: e.update({"data/more.pdf": b"x"}), "package_file_unlisted"),
    "a file changed": (lambda e: e.update({"data/f1/申请表.pdf": b"x"}), "package_file_digest_wrong"),
    "a wrong count": (_base(lambda d: d.replace(b">2</total_number>", b">3</total_number>")), "package_count_wrong"),
    "a slip": (lambda e: e.update({"../outside": b"x"}), "package_path_unsafe"),
    "an absolute path": (lambda e: e.update({"/etc/cron.d/x": b"x"}), "package_path_unsafe"),
    "names that fall together": (lambda e: e.update({"DATA/f1/申请表.pdf": b"x"}), "package_path_collision"),
    "broken process information": (lambda e: e.update({PROCESS_INFORMATION: b"<process_info>"}), "document_not_well_formed"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_package_that_is_wrong_is_refused_with_the_reason(fault: str, folder: Path) -> None:
    change, code = FAULTS[fault]
    written = package(folder, "A-1")
    repack(written.path, change)
    assert code in refusals(lambda: read(written.path))


def test_a_package_must_be_the_one_its_sheet_speaks_of(folder: Path) -> None:
    written = package(folder, "A-1")
    assert refusals(lambda: read(written.path, document_number="other")) == {"package_differs_from_sheet"}


def test_a_package_whose_names_are_not_utf8_is_refused(folder: Path) -> None:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("申请表.pdf")
        archive.writestr(info, b"x")
    path.write_bytes(path.read_bytes().replace("申请表".encode(), "申请表--".encode("gb18030") + b"-"))
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark) + place
        data[at : at + 2] = (int.from_bytes(data[at : at + 2], "little") & ~0x800).to_bytes(2, "little")
    path.write_bytes(data)
    assert "package_name_encoding" in refusals(lambda: read(path))


def test_what_is_no_zip_is_refused(folder: Path) -> None:
    (folder / "a.zip").write_bytes(b"PK\x03\x04 and nothing more")
    assert refusals(lambda: read(folder / "a.zip")) == {"package_not_readable_as_zip"}


def test_a_sheet_says_what_packages_it_has(folder: Path) -> None:
    packages = [package(folder, f"A-{n}") for n in range(3)]
    found = read_sheet(sheet(folder, packages))
    assert (found.head["batch_name"], found.packages) == ("20251121001", 3)
    entries = list(found.entries())
    assert [entry.file_name for entry in entries] == [written.path.name for written in packages]
    assert [(entry.algorithm, entry.bytes) for entry in entries] == [("sm3", w.path.stat().st_size) for w in packages]


SHEET_FAULTS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a wrong count": (lambda d: d.replace(b">1</archival_number>", b">2</archival_number>"), "sheet_count_wrong"),
    "a wrong sum": (lambda d: d.replace(b'<send_size title="', b'<send_size t="">9</send_size><x t="', 1).replace(b"</send_size>\n", b"</x>\n"), "sheet_size_wrong"),
    "nobody who hands over": (lambda d: d.replace("自动移交".encode(), b""), "document_element_missing"),
    "a weak digest": (lambda d: d.replace(b">SM3<", b">MD5<"), "digest_algorithm_unknown"),
    "a name that climbs": (lambda d: d.replace(b">539900-0101-A-1", b">../539900-0101-A-1"), "sheet_package_name_unsafe"),
    "an entity": (lambda d: d.replace(b"<transfer", XXE + b"<transfer", 1), "document_declares_entities"),
    "an entity far behind": (lambda d: d.replace(b"<transfer", b"<!--" + b" " * 70_000 + b"-->" + XXE + b"<transfer", 1), "document_declares_entities"),
    "a wrong encoding": (lambda d: d.decode().encode("gb18030"), "document_not_utf8"),
    "half a sheet": (lambda d: d[: len(d) // 2], "document_not_well_formed"),
    "something else": (lambda d: b"<html/>", "document_root_unknown"),
    "another batch than its name": (lambda d: d.replace(b">20251121001<", b">20251121002<"), "sheet_name_wrong"),
}  # fmt: skip


@pytest.mark.parametrize("fault", sorted(SHEET_FAULTS))
def test_a_sheet_that_is_wrong_is_refused_with_the_reason(fault: str, folder: Path) -> None:
    change, code = SHEET_FAULTS[fault]
    path = sheet(folder, [package(folder, "A-1")])
    path.write_bytes(change(path.read_bytes()))
    assert code in refusals(lambda: read_sheet(path))


def test_a_package_listed_twice_is_a_fault_of_the_sheet(folder: Path) -> None:
    written = package(folder, "A-1")
    assert "sheet_package_twice" in refusals(lambda: read_sheet(sheet(folder, [written, written])))
