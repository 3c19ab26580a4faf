"""Writes the XML encapsulation package (EEP) of DA/T 48-2009 as a stream: files of any size in flat memory.

Element names are those seen in several implementations; the text itself was not read. What describes the record beyond
DA/T 46 travels as attached documents (附属文档), so that nothing is lost.
"""

from __future__ import annotations

import base64
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.domain.metadata.da_t_46 import Element46, Origin46, children_of, record_values
from jingui.formats.exchange.described import documents_of
from jingui.formats.exchange.forms import Outgoing, demand_number
from jingui.formats.exchange.sinks import PackageSink, checked_blocks
from jingui.formats.packages.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jingui.domain.packaging.transfer import TransferFile, TransferRecord

NAMESPACE = "http://www.saac.gov.cn/standards/ERM/encapsulation"
ROOT, SIGNED, CONTENT = "电子文件封装包", "被签名对象", "封装内容"
SIGNATURES = "电子签名块"
DESCRIPTION = "本EEP根据中华人民共和国档案行业标准DA/T 48-2009《基于XML的电子文件封装规范》的结构生成"
VERSION = "2009"
MAIN, ATTACHED = "主文档", "附属文档"
DESCRIBING = "describing/"
"""Before the name of a describing document, where a captured file has its path."""

CREATED = "封装包创建时间"
_ENTITY = ("M1", "M2", "M7", "M8", "M21", "M40", "M65", "M70", "M75")
_BASE64_BLOCK = 3 << 16  # of a length that leaves no padding inside
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})


def write(outgoing: Sequence[Outgoing], sink: PackageSink) -> None:
    """Write ``<code>.xml``. Raises ContentDamagedError, CannotHoldError for a record without a number."""
    demand_number(outgoing)
    (one,) = outgoing
    name = "".join("_" if letter in '\\/:*?"<>|' else letter for letter in one.record.code)
    sink.stream(f"{name}.xml", blocks(one))


def blocks(one: Outgoing) -> Iterator[bytes]:
    """Yield the document piece by piece."""
    record = one.record
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<{ROOT} xmlns="{NAMESPACE}">\n'.encode()
    yield _leaves((("封装包格式描述", DESCRIPTION), ("版本", VERSION)))
    yield f'<{SIGNED} eep版本="{VERSION}">\n'.encode()
    yield _leaves(_head(record))
    yield f"<{CONTENT}>\n<文件实体块>\n<文件实体>\n".encode()
    yield _entity(record)
    yield "<文件数据>\n".encode()
    for number, file in enumerate(record.files, start=1):
        yield from _document(number, file, checked_blocks(file, one.open))
    for number, (name, data) in enumerate(sorted(documents_of(record).items()), start=len(record.files) + 1):
        yield from _attachment(number, name, data)
    yield "</文件数据>\n".encode()
    yield _kept(record, "文件实体")
    yield "</文件实体>\n</文件实体块>\n".encode()
    yield _business(record)
    yield f"</{CONTENT}>\n".encode() + _kept(record, SIGNED) + f"</{SIGNED}>\n".encode()
    yield _kept(record, ROOT)
    yield f"</{ROOT}>\n".encode()


def _head(record: TransferRecord) -> tuple[tuple[str, str], ...]:
    created = next((text for place, text in record.kept if place == CREATED), record.values.get("archive_time", ""))
    return (
        ("封装包类型", "原始型"),
        ("封装包类型描述", "原始封装，未经修改"),
        (CREATED, created),
        ("封装包创建单位", record.values.get("archives_name") or record.values.get("department_name", "")),
    )


def _escaped(text: str) -> str:
    return xml_text(text).translate(_ESCAPES)


def _leaves(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"<{name}>{_escaped(value)}</{name}>\n" for name, value in pairs).encode("utf-8", "replace")


def _entity(record: TransferRecord) -> bytes:
    values = record_values(record.values)
    pages = [file.values.get("page_count", "") for file in record.files]
    if pages and all(map(str.isdecimal, pages)):
        values["M43"] = str(sum(map(int, pages)))
    tops = {element.number: element for element in _TOP}
    return "".join(_element(tops[number], values) for number in _ENTITY).encode("utf-8", "replace")


def _element(element: Element46, values: Mapping[str, str]) -> str:
    """Write an element with what it holds; 档号 both holds a text and is a container in print, so its text is a child."""
    inside = "".join(_element(child, values) for child in children_of(element.number))
    value = values.get(element.number, "")
    if inside:
        own = f"<{element.title}值>{_escaped(value)}</{element.title}值>\n" if value else ""
        return f"<{element.title}>\n{own}{inside}</{element.title}>\n"
    if element.origin is Origin46.CONTAINER or not value:
        return ""
    return f"<{element.title}>{_escaped(value)}</{element.title}>\n"


def _document(number: int, file: TransferFile, content: Iterable[bytes]) -> Iterator[bytes]:
    values = file.values
    digests = "; ".join(f"{name}={digest}" for name, digest in sorted(file.digests.items()))
    electronic = (
        ("格式信息", values.get("format_information", "")),
        ("计算机文件名", PurePosixPath(file.path).name),
        ("计算机文件大小", str(file.bytes)),
        ("文档创建程序", values.get("document_creating_application", "")),
    )
    facts = (
        ("文档标识符", file.path),
        ("文档序号", str(number)),
        ("文档主从声明", MAIN),
        ("题名", values.get("file_actual_name") or values.get("original_file_name") or file.path),
        ("附注", digests),
    )
    yield from _encoded(number, facts, electronic, content)


def _attachment(number: int, name: str, data: bytes) -> Iterator[bytes]:
    facts = (("文档标识符", DESCRIBING + name), ("文档序号", str(number)), ("文档主从声明", ATTACHED), ("题名", name))
    electronic = (("计算机文件名", PurePosixPath(name).name), ("计算机文件大小", str(len(data))))
    yield from _encoded(number, facts, electronic, [data])


def _encoded(
    number: int, facts: Iterable[tuple[str, str]], electronic: Iterable[tuple[str, str]], content: Iterable[bytes]
) -> Iterator[bytes]:
    pairs = list(electronic)
    ending = PurePosixPath(dict(pairs)["计算机文件名"]).suffix.lstrip(".").lower() or "bin"
    yield "<文档>\n".encode() + _leaves(facts)
    yield (
        f'<文档数据 文档数据ID="文档{number}-数据1">\n<编码>\n<电子属性>\n'.encode()
        + _leaves(pairs)
        + "</电子属性>\n".encode()
    )
    yield _leaves((("编码描述", "Base64（RFC 4648）"), ("反编码关键字", f"base64-{ending}")))
    yield f'<编码数据 编码数据ID="文档{number}-编码1">'.encode()
    yield from _base64(content)
    yield "</编码数据>\n</编码>\n</文档数据>\n</文档>\n".encode()


def _base64(content: Iterable[bytes]) -> Iterator[bytes]:
    rest = bytearray()
    for block in content:
        rest += block
        whole = len(rest) - len(rest) % _BASE64_BLOCK
        if whole:
            yield base64.b64encode(memoryview(rest)[:whole].tobytes())
            del rest[:whole]
    yield base64.b64encode(rest)


def _business(record: TransferRecord) -> bytes:
    steps = (
        "".join(f"<业务实体>\n{_leaves(_step(step)).decode()}</业务实体>\n" for step in record.steps)
        or f"<业务实体>\n{_leaves((('业务行为', '归档'),)).decode()}</业务实体>\n"
    )
    agents = "".join(f"<机构人员实体>\n{_leaves(agent).decode()}</机构人员实体>\n" for agent in _agents(record))
    return f"<业务实体块>\n{steps}</业务实体块>\n<机构人员实体块>\n{agents}</机构人员实体块>\n".encode()


def _step(step: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("业务标识符", step.get("step_key", "")),
        ("机构人员标识符", step.get("handler", "")),
        ("业务状态", "历史行为"),
        ("业务行为", step.get("step_name", "")),
        ("行为时间", step.get("start_time", "")),
        ("行为描述", step.get("opinion", "")),
    )
    return tuple((name, value) for name, value in pairs if value)


def _agents(record: TransferRecord) -> Iterator[tuple[tuple[str, str], ...]]:
    values = record.values
    unit = values.get("department_name") or values.get("fonds_name", "")
    if unit:
        code = (("机构人员代码", values["social_code"]),) if values.get("social_code") else ()
        yield (("机构人员标识符", unit), ("机构人员类型", "单位"), ("机构人员名称", unit), *code)
    people = {step["handler"]: step.get("unit", "") for step in record.steps if step.get("handler")}
    for name, belongs in people.items():
        to = (("机构人员隶属", belongs),) if belongs else ()
        yield (("机构人员标识符", name), ("机构人员类型", "个人"), ("机构人员名称", name), *to)


def _kept(record: TransferRecord, place: str) -> bytes:
    """Put back what no element stands for; the pieces were well-formed when they were read."""
    return "".join(f"{xml}\n" for at, xml in record.kept if at == f"<{place}>").encode("utf-8", "replace")


_TOP: tuple[Element46, ...] = children_of("")
