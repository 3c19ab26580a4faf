"""Reads 基本信息元数据.xml and 过程信息元数据.xml of a handed-over package into the documents of the capture interface."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.packages.elements import read_attribute, read_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml import etree

    from jingui.domain.errors import Problem
    from jingui.formats.handover.cases import Document

_LOCAL_TIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?")
_STRUCTURE = frozenset({"fileset", "extension"})


@dataclass(frozen=True, slots=True)
class ListedFile:
    """One file as the base information lists it, by element, with the ``id`` of its folder and its own."""

    folder_id: str
    file_id: str
    values: dict[str, str]

    @property
    def key(self) -> str:
        """What the sender calls the file: its own key, or its place in the list."""
        return self.values.get("source_key") or f"{self.folder_id or '0'}-{self.file_id}"


@dataclass(frozen=True, slots=True)
class BaseInformation:
    """The base information as it stands: values by element, sender's own elements, files."""

    values: dict[str, str]
    extension: dict[str, str] = field(default_factory=dict)
    files: tuple[ListedFile, ...] = ()


def read_base_information(
    root: etree._Element, *, required: Iterable[str] = profile.REQUIRED_IN_BASE
) -> BaseInformation:
    """Read the parsed document, which must tell the ``required`` elements.

    Raises:
        DocumentRefusedError: with all that is wrong with its shape.
    """
    faults: list[Problem] = []
    if root.tag != "base_info":
        raise DocumentRefusedError(problem("document_root_unknown", profile.BASE_INFORMATION, found=root.tag))
    values = _values(root, faults)
    faults += [
        problem("document_element_missing", profile.BASE_INFORMATION, element=name)
        for name in required
        if not values.get(name)
    ]
    extension = {_name(element, faults): _text(element, faults) for element in root.iterfind("extension/element")}
    files = tuple(_files(root, faults))
    if faults:
        raise DocumentRefusedError(*faults)
    return BaseInformation(values, extension, files)


def _values(parent: etree._Element, faults: list[Problem]) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in parent.iterchildren("*"):
        name = str(element.tag)
        if name in _STRUCTURE:
            continue
        if name in values:
            faults.append(problem("document_element_twice", profile.BASE_INFORMATION, element=name))
        values[name] = _text(element, faults)
    return values


def _text(element: etree._Element, faults: list[Problem]) -> str:
    try:
        return read_value(element).strip()
    except ValueError:
        faults.append(problem("document_value_malformed", profile.BASE_INFORMATION, element=element.tag, value=""))
        return ""


def _name(element: etree._Element, faults: list[Problem]) -> str:
    try:
        return read_attribute(element, "name")
    except ValueError:
        faults.append(problem("document_value_malformed", profile.BASE_INFORMATION, element=element.tag, value=""))
        return ""


def _files(root: etree._Element, faults: list[Problem]) -> Iterator[ListedFile]:
    for folder in root.iterfind("fileset/folder"):
        for element in folder.iterfind("file"):
            yield ListedFile(folder.get("id", ""), element.get("id", ""), _values(element, faults))


def case_document(base: BaseInformation) -> Document:
    """Make the case message's document; elements that no field stands for are kept as metadata under their names."""
    case = _fields(base.values, profile.CASE_FIELDS)
    applicant = _fields(base.values, profile.APPLICANT_FIELDS)
    kind = str(applicant.get("kind", ""))
    applicant["kind"] = profile.APPLICANT_KINDS.get(kind, "organisation" if kind else "person")
    situations = [value for value in base.values.get("situations", "").split("；") if value]
    return {**case, "applicant": applicant, "situations": situations, "metadata": _metadata(base)}


def closure_document(base: BaseInformation) -> Document | None:
    """Make the closure's document, or nothing while the case has not ended."""
    told = _fields(base.values, profile.CLOSURE_FIELDS)
    if "closed_at" not in told:
        return None
    result = str(told.get("result", ""))
    told.setdefault("kind", profile.CLOSURE_KINDS.get(result, "completed"))
    return told


def file_document(listed: ListedFile, name: str) -> Document:
    """Make what is said of a file; ``name`` stands in where no original file name is told."""
    said = _fields(listed.values, profile.FILE_FIELDS)
    said.setdefault("name", name)
    return {"file_key": listed.key, **said}


def read_steps(root: etree._Element) -> tuple[Document, ...]:
    """Read the steps of the process information.

    Raises:
        DocumentRefusedError: with all that is wrong with its shape.
    """
    faults: list[Problem] = []
    if root.tag != "process_info":
        raise DocumentRefusedError(problem("document_root_unknown", profile.PROCESS_INFORMATION, found=root.tag))
    found = [_values(element, faults) for element in root.iterfind("step")]
    if faults:
        raise DocumentRefusedError(*faults)
    return step_documents(found)


def step_documents(steps: Iterable[Mapping[str, str]]) -> tuple[Document, ...]:
    """Make the documents of steps that are told element by element."""
    return tuple(_fields(values, profile.STEP_FIELDS) for values in steps)


def _fields(values: Mapping[str, str], table: Mapping[str, str]) -> Document:
    named = ((name, values.get(element, "")) for element, name in table.items())
    return {name: _value(name, value) for name, value in named if value}


def _value(name: str, value: str) -> object:
    if name in profile.WHOLE_NUMBERS and value.isascii() and value.isdigit():
        return int(value)
    return _moment(value) if name in profile.TIMES else value


def _moment(value: str) -> str:
    """Give a local time its offset; what has another form is left to the check of the message."""
    found = _LOCAL_TIME.fullmatch(value)
    return f"{found[1]}T{found[2] or '00:00:00'}{profile.OFFSET}" if found else value


def _metadata(base: BaseInformation) -> dict[str, str]:
    told = {*profile.CASE_FIELDS, *profile.APPLICANT_FIELDS, *profile.CLOSURE_FIELDS, "situations"}
    passed = told | profile.SAID_BY_ARCHIVES
    kept = {name: value for name, value in base.values.items() if value and name not in passed}
    return {**kept, **{name: value for name, value in base.extension.items() if name}, **dict(_sharing(base.files))}


def _sharing(files: Iterable[ListedFile]) -> Iterator[tuple[str, str]]:
    """What the sender says of sharing a file is kept; whether it is shared is decided by the plan."""
    for listed in files:
        told = [
            listed.values.get(name, "") for name in ("file_share", "file_share_conditions", "file_no_share_because")
        ]
        if any(told):
            yield f"file_share.{listed.key}"[:100], " ".join(filter(None, told))
