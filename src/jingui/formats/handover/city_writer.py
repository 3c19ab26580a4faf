"""Writes packages and sheets of the city profile, for tests and the simulator of a source system."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.formats.digests import digest_file
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.writing import BLOCK_BYTES
from jingui.formats.packages.elements import add_group, add_value, root_element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lxml import etree

    from jingui.formats.handover.cases import Document, HandedCase, HandedFile

_TITLES = profile.SHEET_ELEMENTS | profile.ENTRY_ELEMENTS
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same case gives the same package
_DECLARED = {"SM3": "sm3", "SHA-256": "sha256", "SHA-512": "sha512"}


@dataclass(frozen=True, slots=True)
class WrittenPackage:
    """A package on the disk, as its sheet will name it."""

    path: Path
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """The head of a sheet; ``name`` is the batch number: a date of eight digits and a serial."""

    region: str
    fonds: str
    name: str
    exchange_time: str
    system: str = "simulator"
    transactor: str = "自动移交"
    more: dict[str, str] = field(default_factory=dict)


def write_package(
    folder: Path, case: HandedCase, *, record_number: str, sources: Mapping[str, Path], algorithm: str = "SM3"
) -> WrittenPackage:
    """Write ``<record number>.zip`` into the folder; it has its name when it is whole.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / f"{record_number}{profile.PACKAGE_SUFFIX}"
    building = path.with_name(f".{path.name}.part")
    with zipfile.ZipFile(building, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _put(archive, profile.BASE_INFORMATION, to_bytes(_base(case, record_number)))
        if case.steps:
            _put(archive, profile.PROCESS_INFORMATION, to_bytes(_process(case.steps)))
        for file in case.files:
            _put_file(archive, file.path, sources[file.path])
    building.rename(path)
    digest = digest_file(path, [_DECLARED[algorithm]])[_DECLARED[algorithm]]
    told = case.case or {}
    values = {
        "region_code": str(told.get("region_code", "")),
        "document_number": record_number,
        "task_code": str(told.get("item_code", "")),
        "task_version": str(told.get("item_version") or ""),
        "project_name": str(told.get("title", "")),
        "size": str(path.stat().st_size),
        "digital_summary": digest,
        "digital_summarization_algorithm": algorithm,
    }
    return WrittenPackage(path, values)


def write_sheet(folder: Path, batch: Batch, packages: Iterable[WrittenPackage], *, name: str = "") -> Path:
    """Write the sheet of packages that are there already; it gets its name last, by a rename. Raises OSError."""
    listed = list(packages)
    root = root_element(profile.SHEET_ROOT, profile.SHEET_TITLE)
    head = {
        "system_code": batch.system,
        "batch_name": batch.name,
        "exchange_time": batch.exchange_time,
        "archival_number": str(len(listed)),
        "send_size": str(sum(int(package.values["size"]) for package in listed)),
        "transactor": batch.transactor,
        **batch.more,
    }
    _add_all(root, head)
    directories = add_group(root, "directories", "归档信息包目录")
    for package in listed:
        _add_all(add_group(directories, "directory", "归档信息包"), {"fonds_identifier": batch.fonds} | package.values)
    path = folder / (name or f"{batch.region}-{batch.fonds}-{batch.name}{profile.SHEET_SUFFIX}")
    building = path.with_name(f".{path.name}.part")
    building.write_bytes(to_bytes(root))
    building.rename(path)
    return path


def _add_all(parent: etree._Element, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        add_value(parent, name, _TITLES.get(name, name), value)


def _base(case: HandedCase, record_number: str) -> etree._Element:
    root = root_element("base_info", "基本信息元数据")
    told, closure = case.case or {}, case.closure or {}
    add_value(root, "electronic_record_code", "电子文件号", record_number)
    _add_fields(root, profile.CASE_FIELDS, told)
    _add_fields(root, profile.APPLICANT_FIELDS, told.get("applicant", {}))
    _add_fields(root, profile.CLOSURE_FIELDS, closure)
    if told.get("situations"):
        add_value(root, "situations", "情形", "；".join(told["situations"]))
    add_value(root, "total_number", "归档信息包内总件数", str(len(case.files)))
    folder = add_group(add_group(root, "fileset", "文件集"), "folder", "材料", id="1")
    for number, file in enumerate(case.files, start=1):
        _add_file(add_group(folder, "file", "文件", id=str(number)), file)
    extension = add_group(root, "extension", "扩展元数据")
    for name, value in told.get("metadata", {}).items():
        add_value(extension, "element", "扩展元素", value, name=name)
    return root


def _add_file(element: etree._Element, file: HandedFile) -> None:
    _add_fields(element, profile.FILE_FIELDS, file.said)
    add_value(element, "source_key", "来源系统文件标识", str(file.said["file_key"]))
    add_value(element, "computer_file_name", "计算机文件名", file.path)
    add_value(element, "computer_file_size", "计算机文件大小", str(file.bytes))
    add_value(element, "sha256", "SHA-256摘要", file.sha256)


def _process(steps: Iterable[Document]) -> etree._Element:
    root = root_element("process_info", "过程信息元数据")
    for number, step in enumerate(steps, start=1):
        _add_fields(add_group(root, "step", "办理环节", id=str(number)), profile.STEP_FIELDS, step)
    return root


def _add_fields(parent: etree._Element, table: Mapping[str, str], told: Mapping[str, object]) -> None:
    for element, name in table.items():
        if told.get(name) not in {None, ""}:
            add_value(parent, element, element, str(told[name]))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _put_file(archive: zipfile.ZipFile, name: str, source: Path) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.compress_type = zipfile.ZIP_STORED  # material files are compressed in themselves
    info.file_size = source.stat().st_size
    with source.open("rb") as read, archive.open(info, "w") as written:
        while block := read.read(BLOCK_BYTES):
            written.write(block)
