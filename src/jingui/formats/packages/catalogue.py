"""归档文件目录.xml: every archived file in order, with its place, size and digests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.formats.packages.elements import add_group, add_value, moment, read_value, root_element, to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from jingui.domain.packaging.records import ArchivedRecord, ArrangedFile

_TITLES = {
    "sequence": "顺序号",
    "path": "存放路径",
    "material_code": "材料编码",
    "title": "题名",
    "original_name": "原文件名",
    "format": "格式",
    "bytes": "字节数",
    "sha256": "SHA-256摘要",
    "sm3": "SM3摘要",
    "received_at": "接收时间",
}
_CHECKED = ("sequence", "path", "bytes", "sha256", "sm3")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What the catalogue says of one file; texts as they stand there."""

    sequence: str
    path: str
    bytes: str
    sha256: str
    sm3: str


def write_catalogue(record: ArchivedRecord) -> bytes:
    """Write the catalogue."""
    root = root_element("catalogue", "归档文件目录")
    add_value(root, "electronic_record_code", "电子文件号", record.record_code)
    add_value(root, "archival_code", "档号", record.archival_code)
    add_value(root, "file_count", "文件数", str(len(record.files)))
    for file in record.files:
        entry = add_group(root, "file", "归档文件")
        for (name, title), value in zip(_TITLES.items(), _values(file), strict=True):
            add_value(entry, name, title, value)
    return to_bytes(root)


def read_catalogue(root: etree._Element) -> Iterator[CatalogueEntry | None]:
    """Read the entries in order; ``None`` stands for one that lacks a value."""
    for element in root.iterfind("file"):
        found = {child.tag: child for child in element if isinstance(child.tag, str)}
        try:
            yield CatalogueEntry(*(read_value(found[name]) for name in _CHECKED))
        except (KeyError, ValueError):
            yield None


def _values(file: ArrangedFile) -> tuple[str, ...]:
    fact = file.fact
    return (
        str(file.sequence),
        file.path,
        fact.material_code,
        fact.title,
        fact.name,
        fact.reading.format_name if fact.reading else "",
        str(fact.bytes),
        fact.digests.sha256,
        fact.digests.sm3,
        moment(fact.received_at),
    )
