"""BagIt 1.0 (RFC 8493): the files of a record as payload, everything that describes it as tag files.

``metadata/case.json`` says what the capture interface would be told, so that a bag can also be taken in by a folder
connection; labels of ``bag-info.txt`` that are not ours are kept and written again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import FindingLevel
from jingui.domain.packaging.transfer import BASE_DOCUMENT, TransferFile, TransferRecord
from jingui.formats.exchange.cases import handed_case, record_of_case
from jingui.formats.exchange.described import Found, documents_of, record_of
from jingui.formats.exchange.forms import Form, HeldRecord, Outgoing, Trust, demand_number
from jingui.formats.exchange.reading import documents_at
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.exchange.views import problem_finding
from jingui.formats.handover.bag_cases import CASE_DOCUMENT, read_bag_case
from jingui.formats.handover.bag_tags import DECLARATION, INFO_NAMES, PAYLOAD, manifest_of_name
from jingui.formats.handover.bagit import Bag, read_bag
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.packages.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jingui.domain.packaging.packages import PackageFinding
    from jingui.formats.exchange.views import PackageView

_DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_TAGS, _OTHER_TAGS = "metadata/", "bag-tags/"
_OURS = {"external-identifier", "external-description", "source-organization", "payload-oxum", "bag-software-agent"}
_INFO = "bag-info"


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write the bag of one record. Raises ContentDamagedError."""
    (one,) = outgoing
    record = one.record
    algorithms = [name for name in ("sha256", "sha512") if all(name in file.digests for file in record.files)]
    tags = {DECLARATION: _DECLARED, INFO_NAMES[0]: _info(record), **_described(record)}
    for name in algorithms:
        tags[f"manifest-{name}.txt"] = _manifest({PAYLOAD + file.path: file.digests[name] for file in record.files})
    for path, data in tags.items():
        sink.put(path, data)
    for name in algorithms:
        listed = {path: hashlib.new(name, data).hexdigest() for path, data in tags.items()}
        sink.put(f"tagmanifest-{name}.txt", _manifest(listed))
    for file in record.files:
        sink.stream(PAYLOAD + file.path, checked_blocks(file, one.open))


def _described(record: TransferRecord) -> dict[str, bytes]:
    made = {_tag_path(name): data for name, data in documents_of(record).items()}
    try:
        case = handed_case(record)
    except DocumentRefusedError:
        return made
    told = {file.path: dict(file.said) for file in case.files}
    document = {
        "case_number": case.case_number,
        "case": case.case,
        "files": {PAYLOAD + file.path: told.get(file.path, {}) for file in record.files},
        "steps": list(case.steps),
        "closure": case.closure,
    }
    return {
        **made,
        CASE_DOCUMENT: json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8", "replace"),
    }


def _tag_path(name: str) -> str:
    return name.removeprefix(_OTHER_TAGS) if name.startswith(_OTHER_TAGS) else _TAGS + name


def _info(record: TransferRecord) -> bytes:
    kept = [text.partition(": ")[::2] for place, text in record.kept if place == _INFO]
    own = [
        ("External-Identifier", record.code),
        ("External-Description", record.title),
        ("Source-Organization", record.values.get("department_name", "")),
        ("Bag-Software-Agent", "Jingui"),
        ("Payload-Oxum", f"{record.bytes}.{len(record.files)}"),
    ]
    return "".join(f"{label}: {' '.join(xml_text(value).split())}\n" for label, value in own + kept if value).encode()


def _manifest(digests: Mapping[str, str]) -> bytes:
    return "".join(f"{digest}  {_escaped(path)}\n" for path, digest in sorted(digests.items())).encode()


def _escaped(path: str) -> str:
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def read(view: PackageView) -> list[HeldRecord]:
    """Read the record of a valid bag. Raises DocumentRefusedError."""
    bag = read_bag(view.tree)
    if bag.problems:
        raise DocumentRefusedError(*bag.problems)
    documents = documents_at(view, _documents(view))
    places = {path.removeprefix(PAYLOAD): path for path in sorted(bag.payload)}
    record = _record(view, bag, documents, places)
    kept = tuple((_INFO, f"{label}: {value}") for label, value in bag.info if label.lower() not in _OURS)
    return [HeldRecord(replace(record, kept=kept), view, places)]


def _documents(view: PackageView) -> dict[str, str]:
    own = {DECLARATION, CASE_DOCUMENT, *INFO_NAMES}
    tags = (path for path in sorted(view.paths) if not path.startswith(PAYLOAD) and path not in own)
    return {
        path.removeprefix(_TAGS) if path.startswith(_TAGS) else _OTHER_TAGS + path: path
        for path in tags
        if manifest_of_name(path) is None
    }


def _record(view: PackageView, bag: Bag, documents: dict[str, bytes], places: Mapping[str, str]) -> TransferRecord:
    """Take what describes the record best: its base information, else what the bag says of the case, else its labels."""
    found = [
        Found(name, view.tree.sizes[path], {"sha256": bag.payload[path], **bag.stated.get(path, {})})
        for name, path in places.items()
    ]
    if BASE_DOCUMENT in documents:
        return record_of(documents, found)
    plain = record_of(documents, found)
    try:
        told = record_of_case(read_bag_case(view.tree, bag))
    except DocumentRefusedError:
        labels = {label.lower(): value for label, value in bag.info}
        named = {"project_id": labels.get("external-identifier"), "project_name": labels.get("external-description")}
        told = TransferRecord({name: value for name, value in named.items() if value}, ())
    by_path = {file.path.removeprefix(PAYLOAD): file.values for file in told.files}
    files = tuple(_said(file, by_path) for file in plain.files)
    return TransferRecord(told.values, files, documents, told.steps, plain.events, told.extension, plain.titles)


def _said(file: TransferFile, by_path: Mapping[str, Mapping[str, str]]) -> TransferFile:
    return TransferFile(file.path, file.bytes, file.digests, {**by_path.get(file.path, {}), **file.values})


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check the whole bag: every file against every manifest."""
    del trust
    bag = read_bag(view.tree)
    for each in bag.problems:
        yield problem_finding(each)
    for each in bag.warnings:
        yield replace(problem_finding(each), level=FindingLevel.WARNING)


FORM = Form("bagit", demand_number, write, read, check)
