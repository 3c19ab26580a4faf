"""What the describing documents of a record say, and those documents made anew where a record came without them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.domain.metadata.elements import BY_IDENTIFIER, ELEMENTS
from jingui.domain.packaging.transfer import (
    BASE_DOCUMENT,
    EVENT_DOCUMENT,
    PROCESS_DOCUMENT,
    TransferFile,
    TransferRecord,
)
from jingui.formats.exchange import premis
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.base_information import BaseInformation, ListedFile, read_base_information
from jingui.formats.handover.documents import DocumentRefusedError, parse_xml
from jingui.formats.packages.elements import add_group, add_value, read_value, root_element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lxml import etree

STEP_TITLES = {
    "step_key": "环节标识", "step_name": "环节名称", "action": "办理动作", "start_time": "开始时间",
    "end_time": "结束时间", "handler": "办理人", "unit": "办理部门", "opinion": "办理意见",
}  # fmt: skip
FILE_TITLES = {
    "file_standard_name": "归档文件标准名称", "file_share": "共享类型", "file_actual_name": "归档文件实际名称",
    "file_code": "文件类型", "file_class": "材料类别", "file_step": "所属环节", "original_file_name": "原文件名",
    "computer_file_name": "计算机文件名", "computer_file_size": "计算机文件大小",
    "computer_file_creation_time": "计算机文件形成时间", "format_information": "格式信息",
    "format_registry": "格式注册编号", "page_count": "页数", "source_key": "来源系统文件标识",
    "replaces": "所替换文件标识", "sha256": "SHA-256摘要", "sm3": "SM3摘要",
}  # fmt: skip


MADE = "made"
"""The element of a file that the archives made themselves; it is made again when the record is archived here."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that is there: size in bytes and digests by algorithm, ``sha256`` among them."""

    path: str
    bytes: int
    digests: Mapping[str, str]


def record_of(documents: Mapping[str, bytes], found: Iterable[Found]) -> TransferRecord:
    """Make the record of its describing documents and the files that are there.

    Raises:
        DocumentRefusedError: a document cannot be understood.
    """
    base = _base(documents)
    steps = _steps(documents)
    events = premis.read_events(documents[EVENT_DOCUMENT]) if EVENT_DOCUMENT in documents else ()
    return TransferRecord(
        values={name: value for name, value in base.values.items() if value},
        files=files_of(base.files, found),
        documents=dict(documents),
        steps=steps,
        events=events,
        extension=base.extension,
        titles={name: element.title for name, element in BY_IDENTIFIER.items()},
    )


def _base(documents: Mapping[str, bytes]) -> BaseInformation:
    if BASE_DOCUMENT not in documents:
        return BaseInformation({})
    return read_base_information(parse_xml(documents[BASE_DOCUMENT], BASE_DOCUMENT), required=())


def _steps(documents: Mapping[str, bytes]) -> tuple[dict[str, str], ...]:
    if PROCESS_DOCUMENT not in documents:
        return ()
    root = parse_xml(documents[PROCESS_DOCUMENT], PROCESS_DOCUMENT)
    return tuple(_told(step) for step in root.iterfind("step"))


def _told(element: etree._Element) -> dict[str, str]:
    try:
        return {str(child.tag): read_value(child) for child in element.iterchildren("*")}
    except ValueError as error:
        raise DocumentRefusedError from error


def files_of(listed: Iterable[ListedFile], found: Iterable[Found]) -> tuple[TransferFile, ...]:
    """Give each file that is there what the list says of it: by digest and name, by path, by name alone, by digest."""
    by_place: dict[tuple[str, ...], dict[str, str]] = {}
    for file in listed:
        name, digest = file.values.get("computer_file_name", ""), file.values.get("sha256", "").lower()
        for key in (("both", digest, PurePosixPath(name).name), ("path", name), ("digest", digest)):
            by_place.setdefault(key, file.values)
    return tuple(_file(each, by_place) for each in found)


def _file(found: Found, by_place: Mapping[tuple[str, ...], Mapping[str, str]]) -> TransferFile:
    name, digest = PurePosixPath(found.path).name, found.digests["sha256"]
    keys = (("both", digest, name), ("path", found.path), ("path", name), ("digest", digest))
    values = next((by_place[key] for key in keys if key in by_place), {})
    told = {key: value for key, value in values.items() if value or key == MADE}
    return TransferFile(found.path, found.bytes, found.digests, told)


def documents_of(record: TransferRecord) -> dict[str, bytes]:
    """Return the describing documents of a record, those that it came without made of what is known."""
    made = dict(record.documents)
    if BASE_DOCUMENT not in made:
        made[BASE_DOCUMENT] = write_base(record)
    if PROCESS_DOCUMENT not in made and record.steps:
        made[PROCESS_DOCUMENT] = write_process(record)
    if EVENT_DOCUMENT not in made:
        made[EVENT_DOCUMENT] = premis.write(record)
    return dict(sorted(made.items()))


def write_base(record: TransferRecord) -> bytes:
    """Write 基本信息元数据.xml: known elements in the order of their table, the others after them, then the files."""
    root = root_element("base_info", "基本信息元数据")
    order = {element.identifier: place for place, element in enumerate(ELEMENTS)}
    for name in sorted(record.values, key=lambda name: (order.get(name, len(order)), name)):
        if name not in {"fileset", "extension", "theme"}:
            add_value(root, name, record.titles.get(name) or _title(name), record.values[name])
    fileset = add_group(root, "fileset", "文件集")
    folders: dict[str, etree._Element] = {}
    for number, file in enumerate(record.files, start=1):
        folder = PurePosixPath(file.path).parent.as_posix()
        if folder not in folders:
            folders[folder] = add_group(fileset, "folder", folder, id=str(len(folders) + 1))
        _add_file(add_group(folders[folder], "file", "文件", id=str(number)), file)
    _add_extension(root, record.extension)
    return to_bytes(root)


def _title(name: str) -> str:
    return BY_IDENTIFIER[name].title if name in BY_IDENTIFIER else name


def _add_file(element: etree._Element, file: TransferFile) -> None:
    measured = {"computer_file_name": PurePosixPath(file.path).name, "computer_file_size": str(file.bytes)}
    digests = {name: value for name, value in file.digests.items() if name in profile.DIGEST_ELEMENTS}
    for name, value in {**file.values, **measured, **digests}.items():
        add_value(element, name, FILE_TITLES.get(name, name), value)


def _add_extension(root: etree._Element, extension: Mapping[str, str]) -> None:
    if extension:
        group = add_group(root, "extension", "来源系统扩展元数据")
        for name, value in extension.items():
            add_value(group, "element", "扩展元素", value, name=name)


def write_process(record: TransferRecord) -> bytes:
    """Write 过程信息元数据.xml: the steps in their order."""
    root = root_element("process_info", "过程信息元数据")
    add_value(root, "step_count", "环节数", str(len(record.steps)))
    for number, step in enumerate(record.steps, start=1):
        element = add_group(root, "step", "办理环节", id=str(number))
        for name, value in step.items():
            add_value(element, name, STEP_TITLES.get(name, name), value)
    return to_bytes(root)
