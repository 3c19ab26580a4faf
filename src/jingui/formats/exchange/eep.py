"""The XML encapsulation package (EEP) of DA/T 48-2009: reading a record from it, and checking it by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import IO, TYPE_CHECKING

from jingui.domain.metadata.da_t_46 import ELEMENTS_46, base_values_of
from jingui.domain.packaging.packages import PackageFinding
from jingui.domain.packaging.transfer import BASE_DOCUMENT, TransferFile, TransferRecord
from jingui.formats.digests import new_hasher
from jingui.formats.exchange.described import Found, record_of
from jingui.formats.exchange.eep_read import (
    Base64Stream,
    Encapsulation,
    EncodedDocument,
    file_name_of,
    read_encapsulation,
    unused,
)
from jingui.formats.exchange.eep_signatures import is_block, signature_findings
from jingui.formats.exchange.eep_write import CREATED, DESCRIBING, VERSION, write
from jingui.formats.exchange.forms import Form, HeldRecord, Trust, demand_number
from jingui.formats.exchange.reading import refusal_findings, warning
from jingui.formats.handover.documents import MAX_DOCUMENT_BYTES, DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.handover.trees import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.formats.exchange.views import PackageView

_BLOCK = 3 << 16
_TITLES = frozenset(element.title for element in ELEMENTS_46)
_NUMBERS = {element.title: element.number for element in reversed(ELEMENTS_46)}
_STATED = re.compile(r"\b(sha256|sha512|sm3)=([0-9a-f]{64,128})\b")
_REQUIRED = ("封装包类型", CREATED, "封装包创建单位")
_EXPECTED = ("题名", "责任者", "日期", "保管期限", "立档单位名称")
_TYPES = frozenset({"原始型", "修改型"})


def read(view: PackageView) -> list[HeldRecord]:
    """Read the record of a package. Raises DocumentRefusedError."""
    view, path = _one(view)
    held = _read_all(view, path)
    if held.entities != 1:
        raise DocumentRefusedError(problem("eep_not_one_record", path, count=held.entities))
    content, describing = _sorted(held)
    documents = {name: _whole(view, path, each) for name, each in describing.items()}
    found = [Found(name, *_measured(view, path, each)) for name, each in content.items()]
    record = _record(held, documents, found, content)
    sizes = {file.path: file.bytes for file in record.files}
    tree = Tree(sizes, lambda name: _opened(view, path, content[name]))
    return [HeldRecord(record, view.with_tree(tree), {name: name for name in content})]


def _one(view: PackageView) -> tuple[PackageView, str]:
    """Return the one file of a package; out of a ZIP file it is taken first, because it is read back and forth."""
    if view.tree.problems:
        raise DocumentRefusedError(*view.tree.problems)
    (path,) = view.tree.sizes
    try:
        return (view.spooled(path) if view.is_archive else view), path
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error


def _read_all(view: PackageView, path: str) -> Encapsulation:
    try:
        with view.tree.open(path) as stream:
            return read_encapsulation(stream, known=_TITLES)
    except (OSError, ValueError) as error:
        if isinstance(error, DocumentRefusedError):
            raise
        raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error


def _sorted(held: Encapsulation) -> tuple[dict[str, EncodedDocument], dict[str, EncodedDocument]]:
    content: dict[str, EncodedDocument] = {}
    describing: dict[str, EncodedDocument] = {}
    taken: set[str] = set()
    for number, each in enumerate((each for each in held.documents if each.start >= 0), start=1):
        name = each.values.get("文档标识符", "")
        if name.startswith(DESCRIBING):
            describing[unused(name.removeprefix(DESCRIBING), set(describing))] = each
        else:
            content[unused(file_name_of(each.values, number), taken)] = each
    return content, describing


def _opened(view: PackageView, path: str, each: EncodedDocument) -> IO[bytes]:
    return Base64Stream(view.tree.open(path), start=each.start, end=each.end)  # type: ignore[return-value]


def _whole(view: PackageView, path: str, each: EncodedDocument) -> bytes:
    try:
        with _opened(view, path, each) as stream:
            data = stream.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise DocumentRefusedError(problem("package_unreadable", each.values["文档标识符"], detail=error)) from error
    if len(data) > MAX_DOCUMENT_BYTES:
        raise DocumentRefusedError(problem("document_too_large", each.values["文档标识符"], limit=MAX_DOCUMENT_BYTES))
    return data


def _measured(view: PackageView, path: str, each: EncodedDocument) -> tuple[int, dict[str, str]]:
    try:
        return _measure(view, path, each, {"sha256", *dict(_STATED.findall(each.values.get("附注", "")))})
    except (OSError, ValueError) as error:
        name = each.values.get("文档标识符", "")
        raise DocumentRefusedError(problem("package_unreadable", name, detail=error)) from error


def _measure(view: PackageView, path: str, each: EncodedDocument, names: set[str]) -> tuple[int, dict[str, str]]:
    hashers, size = {name: new_hasher(name) for name in names}, 0
    with _opened(view, path, each) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            for hasher in hashers.values():
                hasher.update(block)
    return size, {name: hasher.hexdigest() for name, hasher in hashers.items()}


def _record(
    held: Encapsulation, documents: dict[str, bytes], found: list[Found], content: dict[str, EncodedDocument]
) -> TransferRecord:
    record = record_of(documents, found)
    told = base_values_of({_NUMBERS[title]: text for title, text in held.values.items() if title in _NUMBERS})
    kept = list(held.kept)
    if held.values.get(CREATED):
        kept.append((CREATED, held.values[CREATED]))
    if BASE_DOCUMENT in documents:
        return replace(record, kept=tuple(kept))
    files = tuple(_file(file, content[file.path].values) for file in record.files)
    steps = tuple(_step(step) for step in held.steps)
    return replace(record, values=told, files=files, steps=record.steps or steps, kept=tuple(kept))


def _file(file: TransferFile, said: dict[str, str]) -> TransferFile:
    pairs = {"file_actual_name": "题名", "format_information": "格式信息", "original_file_name": "计算机文件名"}
    told = {element: said[title] for element, title in pairs.items() if said.get(title)}
    return replace(file, values={**told, **file.values})


def _step(step: dict[str, str]) -> dict[str, str]:
    pairs = {
        "step_key": "业务标识符",
        "step_name": "业务行为",
        "start_time": "行为时间",
        "handler": "机构人员标识符",
        "opinion": "行为描述",
    }
    return {element: step[title] for element, title in pairs.items() if step.get(title)}


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check structure, and every document against the size and digests it states; contents are decoded in a stream."""
    del trust
    try:
        view, path = _one(view)
        held = _read_all(view, path)
    except DocumentRefusedError as refused:
        yield from refusal_findings(refused)
        return
    yield from _structure(held, path)
    for number, each in enumerate(held.documents, start=1):
        yield from _check_document(view, path, each, each.values.get("文档标识符") or f"文档{number}")


def _structure(held: Encapsulation, path: str) -> Iterator[PackageFinding]:
    for name in _REQUIRED:
        if not held.values.get(name):
            yield PackageFinding("eep_element_missing", path, name)
    if held.values.get("版本") != VERSION:
        yield PackageFinding("eep_version_unknown", path, held.values.get("版本", ""))
    if held.values.get("封装包类型", "原始型") not in _TYPES:
        yield PackageFinding("eep_type_unknown", path, held.values["封装包类型"])
    if not held.entities or not held.documents:
        yield PackageFinding("eep_element_missing", path, "文件实体" if not held.entities else "文档")
    yield from _told(held, path)


def _told(held: Encapsulation, path: str) -> Iterator[PackageFinding]:
    for title in _EXPECTED:
        if not held.values.get(title):
            yield warning("eep_value_missing", path, title)
    for place, xml in held.kept:
        if is_block(xml):
            yield from signature_findings(xml, path)
        else:
            yield warning("eep_element_unknown", path, f"{place} {xml[:60]}")


def _check_document(view: PackageView, path: str, each: EncodedDocument, name: str) -> Iterator[PackageFinding]:
    stated = dict(_STATED.findall(each.values.get("附注", "")))
    if each.start < 0:
        yield PackageFinding("eep_content_missing", name)
        return
    try:
        size, digests = _measure(view, path, each, set(stated))
    except (OSError, ValueError) as error:
        yield PackageFinding("unreadable", name, str(error))
        return
    said = each.values.get("计算机文件大小", "")
    if said and said != str(size):
        yield PackageFinding("catalogue_bytes_wrong", name, f"{said} said, {size} found")
    for algorithm, digest in stated.items():
        if digests[algorithm] != digest:
            yield PackageFinding("digest_wrong", name, algorithm)


FORM = Form("eep", demand_number, write, read, check)
