"""The transfer package of items (移交信息包) as an open implementation of DA/T 93-2022 appendix B has it.

``说明文件.TXT`` and ``目录文件.XML`` describe a tree of one folder per record, named by its archival code; ``其他/`` holds
digest lists and whatever describes the records. The clauses themselves were not read: names are settings of this module.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from jingui.domain.packaging.transfer import BASE_DOCUMENT, TransferRecord
from jingui.formats.digests import digest_bytes
from jingui.formats.exchange.described import Found, documents_of, record_of
from jingui.formats.exchange.forms import CannotHoldError, HeldRecord, Outgoing
from jingui.formats.exchange.reading import documents_at, found_at
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.exchange.texts import parse_chinese_xml, write_statement
from jingui.formats.handover.documents import DocumentRefusedError, read_document
from jingui.formats.handover.problems import problem
from jingui.formats.packages.digest_lists import write_list
from jingui.formats.packages.elements import to_bytes, xml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jingui.formats.exchange.views import PackageView

STATEMENT, CATALOGUE, OTHERS = "说明文件.TXT", "目录文件.XML", "其他"
METADATA_NAME = "电子档案元数据.xml"
IS_METADATA = re.compile(r"电子档案.*元数据\.(?:XML|xml)")
LISTS = {"sha256": f"{OTHERS}/摘要清单-SHA256.txt", "sm3": f"{OTHERS}/摘要清单-SM3.txt"}
REQUIRED_KEYS = ("移交单位", "内容描述", "起止档号", "档案数量", "软硬件环境")
ENTRY_ELEMENTS = ("顺序号", "档号", "责任者", "题名", "日期", "保管期限", "密级", "页数", "备注")
OPTIONAL_ELEMENTS = frozenset({"页数"})
MAY_BE_EMPTY = frozenset({"备注", "页数"})


def demand(outgoing: Sequence[Outgoing]) -> None:
    """Ask for an archival code in each record, another in every one. Raises CannotHoldError."""
    codes = [one.record.values.get("archival_code", "") for one in outgoing]
    if not all(codes) or len(set(codes)) != len(codes):
        raise CannotHoldError("form_needs_archival_code", ", ".join(codes))


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write a package of records.

    Raises:
        CannotHoldError: a record has no archival code, or two have the same.
        ContentDamagedError: the bytes of a file are not the record's.
    """
    demand(outgoing)
    made: dict[str, bytes] = {STATEMENT: write_statement(_facts(outgoing)), CATALOGUE: _catalogue(outgoing)}
    listed: list[tuple[str, dict[str, str]]] = []
    for one in outgoing:
        documents = documents_of(one.record)
        folder = folder_of(one.record)
        made[f"{folder}/{METADATA_NAME}"] = documents.pop(BASE_DOCUMENT)
        made |= {f"{OTHERS}/{folder}/{name}": data for name, data in documents.items()}
        for file in one.record.files:
            sink.stream(f"{folder}/{file.path}", checked_blocks(file, one.open))
            listed.append((f"{folder}/{file.path}", dict(file.digests)))
    for path, data in made.items():
        sink.put(path, data)
        digests = digest_bytes(data)
        listed.append((path, {"sha256": digests.sha256, "sm3": digests.sm3}))
    for name, path in LISTS.items():
        sink.put(path, write_list((at, digests[name]) for at, digests in listed if name in digests))


def folder_of(record: TransferRecord) -> str:
    """Return the folder of a record: fonds, category and year as far as they are told, then the archival code."""
    values = record.values
    parts = (values.get("fonds_identifier"), values.get("category_code"), values["archival_code"])
    return "/".join(folder_name(part) for part in parts if part)


def folder_name(text: str) -> str:
    """Return an archival code as the name of a folder. Raises CannotHoldError if nothing is left of it."""
    cleaned = re.sub(r"[\\/:*?\"<>|\x00-\x1f]", "_", text).strip(". ")
    if not cleaned:
        raise CannotHoldError("form_needs_archival_code", text)
    return cleaned


def _facts(outgoing: Sequence[Outgoing]) -> dict[str, str]:
    records = [one.record for one in outgoing]
    codes = sorted(record.values["archival_code"] for record in records)
    units = sorted({record.values.get("fonds_name") or record.values.get("department_name", "") for record in records})
    return {
        "移交单位": "、".join(filter(None, units)) or "未注明",
        "内容描述": f"政务服务电子档案 {len(records)} 件",
        "起止档号": f"{codes[0]} 至 {codes[-1]}",
        "档案数量": str(len(records)),
        "软硬件环境": "任何可读取 PDF、OFD、XML 的环境；摘要可用 sha256sum 校验",
        "载体数量": "0",
        "数据量": f"{sum(record.bytes for record in records)} 字节",
    }


def _catalogue(outgoing: Sequence[Outgoing]) -> bytes:
    root = etree.Element("文件目录")
    for number, one in enumerate(outgoing, start=1):
        values, entry = one.record.values, etree.SubElement(root, "文件")
        pages = [file.values.get("page_count", "") for file in one.record.files]
        told = {
            "顺序号": str(number),
            "档号": values["archival_code"],
            "责任者": values.get("department_name") or "未注明",
            "题名": one.record.title,
            "日期": (values.get("transact_time") or values.get("receive_time") or "未注明")[:10],
            "保管期限": values.get("retention_period") or "未注明",
            "密级": values.get("security_classification") or "未注明",
            "页数": str(sum(map(int, pages))) if pages and all(map(str.isdecimal, pages)) else "",
            "备注": values.get("remarks", ""),
        }
        for name in ENTRY_ELEMENTS:
            if told[name] or name not in OPTIONAL_ELEMENTS:
                etree.SubElement(entry, name).text = xml_text(told[name])
    return to_bytes(root)


def entries(view: PackageView) -> list[dict[str, str]]:
    """List the records as the catalogue tells them. Raises DocumentRefusedError."""
    root = parse_chinese_xml(read_document(view.tree, CATALOGUE), CATALOGUE)
    if root.tag != "文件目录":
        raise DocumentRefusedError(problem("document_root_unknown", CATALOGUE, found=root.tag))
    return [{str(e.tag): (e.text or "").strip() for e in entry.iterchildren("*")} for entry in root.iterfind("文件")]


def folders_of(view: PackageView) -> dict[str, list[str]]:
    """List the folders of records by their name: those that hold a metadata file."""
    found: dict[str, list[str]] = {}
    for path in sorted(view.paths):
        folder, _, name = path.rpartition("/")
        if IS_METADATA.fullmatch(name) and not path.startswith(f"{OTHERS}/"):
            folders = found.setdefault(folder.rpartition("/")[2], [])
            if folder not in folders:
                folders.append(folder)
    return found


def read(view: PackageView) -> list[HeldRecord]:
    """Read every record. Raises DocumentRefusedError."""
    if view.tree.problems:
        raise DocumentRefusedError(*view.tree.problems)
    folders, ordered = folders_of(view), sorted(view.paths)
    held = []
    for entry in entries(view):
        at = folders.get(folder_name(entry.get("档号", "")) if entry.get("档号") else "", [])
        if len(at) != 1:
            raise DocumentRefusedError(problem("transfer_folder_not_one", entry.get("档号", ""), count=len(at)))
        held.append(_held(view, at[0], entry, ordered))
    return held


def _below(ordered: Sequence[str], prefix: str) -> Sequence[str]:
    """Return the paths that begin with the prefix, of paths in order."""
    first = bisect_left(ordered, prefix)
    return ordered[first : bisect_left(ordered, f"{prefix}\U0010ffff", first)]


def _held(view: PackageView, folder: str, entry: dict[str, str], ordered: Sequence[str]) -> HeldRecord:
    inside = set(_below(ordered, f"{folder}/"))
    metadata = sorted(path for path in inside if IS_METADATA.fullmatch(path.removeprefix(f"{folder}/")))
    beside = f"{OTHERS}/{folder}/"
    named = {path.removeprefix(beside): path for path in _below(ordered, beside)}
    documents = documents_at(view, {BASE_DOCUMENT: metadata[0], **named})
    extra = {f"元数据/{path.rpartition('/')[2]}": path for path in metadata[1:]}
    documents |= documents_at(view, extra)
    places = {path.removeprefix(f"{folder}/"): path for path in sorted(inside - set(metadata))}
    found = found_at(view, places, algorithms=("sha256", "sm3"))
    return HeldRecord(_described(documents, found, entry), view, places)


def _described(documents: dict[str, bytes], found: list[Found], entry: dict[str, str]) -> TransferRecord:
    try:
        record = record_of(documents, found)
    except DocumentRefusedError:
        foreign = {**documents, f"元数据/{METADATA_NAME}": documents[BASE_DOCUMENT]}
        del foreign[BASE_DOCUMENT]
        record = record_of(foreign, found)
    told = {element: entry.get(name, "") for name, element in _ELEMENT_OF.items()}
    return replace(record, values={**{k: v for k, v in told.items() if v}, **record.values})


_ELEMENT_OF = {
    "档号": "archival_code", "责任者": "department_name", "题名": "project_name", "日期": "transact_time",
    "保管期限": "retention_period", "密级": "security_classification", "备注": "remarks",
}  # fmt: skip
