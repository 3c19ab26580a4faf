"""A record that comes in as a package becomes a case again; a case that comes in as a package, a record."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.domain.packaging.transfer import TransferFile, TransferRecord
from jingui.formats.exchange.described import MADE
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.base_information import (
    BaseInformation,
    ListedFile,
    case_document,
    closure_document,
    file_document,
    step_documents,
)
from jingui.formats.handover.cases import HandedCase, HandedFile
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jingui.formats.handover.cases import Document


def handed_case(record: TransferRecord) -> HandedCase:
    """Make the case that the capture interface takes.

    Raises:
        DocumentRefusedError: naming every element that is missing.
    """
    missing = [name for name in profile.REQUIRED_IN_BASE if not record.values.get(name)]
    if missing:
        raise DocumentRefusedError(
            *(problem("document_element_missing", profile.BASE_INFORMATION, element=name) for name in missing)
        )
    numbered = list(enumerate((file for file in record.files if not is_made(file)), start=1))
    listed = tuple(ListedFile("", str(number), dict(file.values)) for number, file in numbered)
    base = BaseInformation(dict(record.values), dict(record.extension), listed)
    files = tuple(_handed(file, each) for (_, file), each in zip(numbered, listed, strict=True))
    steps = step_documents(record.steps)
    return HandedCase(record.values["project_id"], case_document(base), files, steps, closure_document(base))


def is_made(file: TransferFile) -> bool:
    """Say whether a file was made by the archives that packed the record."""
    return MADE in file.values


def _handed(file: TransferFile, listed: ListedFile) -> HandedFile:
    said = file_document(listed, PurePosixPath(file.path).name)
    return HandedFile(file.path, file.bytes, file.digests["sha256"], said)


def record_of_case(case: HandedCase) -> TransferRecord:
    """Make the record of a case that was handed over."""
    told, closure = case.case or {}, case.closure or {}
    values = {
        "project_id": case.case_number,
        **_elements(told, profile.CASE_FIELDS),
        **_elements(told.get("applicant", {}), profile.APPLICANT_FIELDS),
        **_elements(closure, profile.CLOSURE_FIELDS),
    }
    if told.get("situations"):
        values["situations"] = "；".join(told["situations"])
    return TransferRecord(
        values=values,
        files=tuple(_transfer_file(file) for file in case.files),
        steps=tuple(_elements(step, profile.STEP_FIELDS) for step in case.steps),
        extension=told.get("metadata", {}),
    )


def _transfer_file(file: HandedFile) -> TransferFile:
    values = _elements(file.said, profile.FILE_FIELDS)
    if file.said.get("file_key"):
        values["source_key"] = str(file.said["file_key"])
    return TransferFile(file.path, file.bytes, {"sha256": file.sha256}, values)


def _elements(told: Document, table: Mapping[str, str]) -> dict[str, str]:
    return {element: str(told[name]) for element, name in table.items() if told.get(name) not in {None, ""}}
