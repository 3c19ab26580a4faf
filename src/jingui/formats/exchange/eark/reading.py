"""Reads a record from an E-ARK information package, ours or another's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.packaging.transfer import BASE_DOCUMENT, EVENT_DOCUMENT, TransferRecord
from jingui.formats.digests import ALGORITHMS
from jingui.formats.exchange.described import record_of
from jingui.formats.exchange.eark.checking import check, read_mets
from jingui.formats.exchange.eark.names import CHECKSUMS, METS_NAME, mets
from jingui.formats.exchange.eark.writing import (
    DATA,
    DESCRIPTIVE,
    DOCUMENTATION,
    PRESERVATION,
    SCHEMAS,
    SOFTWARE,
    demand,
    writer,
)
from jingui.formats.exchange.forms import Form, HeldRecord
from jingui.formats.exchange.reading import documents_at, found_at
from jingui.formats.handover.documents import DocumentRefusedError

if TYPE_CHECKING:
    from jingui.formats.exchange.eark.document import MetsDocument
    from jingui.formats.exchange.views import PackageView

_OUR_BASE = f"{DESCRIPTIVE}基本信息元数据.xml"
_OUR_EVENTS = f"{PRESERVATION}premis.xml"
_FOREIGN = "e-ark/"
"""Before the path of files that another's package describes itself with; they go into the documentation of ours."""


def read(view: PackageView) -> list[HeldRecord]:
    """Read the record. Raises DocumentRefusedError."""
    if view.tree.problems:
        raise DocumentRefusedError(*view.tree.problems)
    document = read_mets(view)
    is_ours = SOFTWARE in {name.text for name in document.root.iter(mets("name"))}
    named = _ours(view) if is_ours else _others(view)
    documents = documents_at(view, named)
    places = _content(view)
    record = record_of(documents, found_at(view, places, algorithms=_algorithms(document)))
    return [HeldRecord(record if BASE_DOCUMENT in documents else _told(record, document), view, places)]


def _algorithms(document: MetsDocument) -> set[str]:
    """Name the digests that METS tells of the content, and ours."""
    groups = document.groups("Representations")
    files = (file for group in groups for file in group.iter(mets("file")))
    told = {CHECKSUMS.get(file.get("CHECKSUMTYPE", ""), "") for file in files}
    return {"sha256"} | (told & ALGORITHMS)


def _ours(view: PackageView) -> dict[str, str]:
    named = {BASE_DOCUMENT: _OUR_BASE, EVENT_DOCUMENT: _OUR_EVENTS}
    beside = {path.removeprefix(DOCUMENTATION): path for path in view.paths if path.startswith(DOCUMENTATION)}
    return {**named, **dict(sorted(beside.items()))}


def _others(view: PackageView) -> dict[str, str]:
    own = (path for path in sorted(view.paths) if not path.startswith("representations/") or "/data/" not in path)
    return {f"{_FOREIGN}{path}": path for path in own}


def _content(view: PackageView) -> dict[str, str]:
    """Name the files of all representations; those of a single one by what stands in its data folder."""
    inside = [path for path in sorted(view.paths) if path.startswith("representations/") and "/data/" in path]
    if all(path.startswith(DATA) for path in inside):
        return {path.removeprefix(DATA): path for path in inside}
    return {path: path for path in inside}


def _told(record: TransferRecord, document: MetsDocument) -> TransferRecord:
    """Take what METS itself tells of a package that has no base information of ours."""
    root = document.root
    values = {"electronic_record_code": root.get("OBJID", ""), "project_name": root.get("LABEL", "")}
    return replace(record, values={name: value for name, value in values.items() if value})


AIP_FORM = Form("eark-aip", demand, writer("AIP"), read, check)
SIP_FORM = Form("eark-sip", demand, writer("SIP"), read, check)
__all__ = ["AIP_FORM", "METS_NAME", "SCHEMAS", "SIP_FORM", "read"]
