"""Reads an XML encapsulation package as a stream: values into memory, contents by where they stand in the file.

Expat is driven here because it hands out a text of any length in pieces; a document type declaration ends the reading.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from jingui.formats.exchange.eep_write import NAMESPACE, ROOT, SIGNATURES
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_VALUE_BYTES = 1 << 20
MAX_KEPT_BYTES = 8 << 20
MAX_ELEMENTS = 1_000_000
MAX_DEPTH = 60
_READ = 1 << 16
_SEPARATOR = " "
_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")

# Elements that hold others; everything else that stands in them is a value, unless it holds elements itself.
HOLDERS = frozenset({
    ROOT, "被签名对象", "封装内容", "文件实体块", "文件实体", "文件数据", "文档", "文档数据", "编码", "电子属性",
    "数字化属性", "业务实体块", "业务实体", "机构人员实体块", "机构人员实体", "来源", "档号", "内容描述", "形式特征",
    "存储位置", "权限管理",
})  # fmt: skip
KNOWN_VALUES = frozenset({
    "封装包格式描述", "版本", "封装包类型", "封装包类型描述", "封装包创建时间", "封装包创建单位", "文档标识符", "文档序号",
    "文档主从声明", "题名", "附注", "格式信息", "计算机文件名", "计算机文件大小", "文档创建程序", "信息系统描述",
    "编码描述", "反编码关键字", "编码数据", "业务标识符", "机构人员标识符", "业务状态", "业务行为", "行为时间", "行为依据",
    "行为描述", "机构人员类型", "机构人员名称", "机构人员代码", "机构人员隶属", "档号值",
})  # fmt: skip
_DATA = "编码数据"


@dataclass(slots=True)
class EncodedDocument:
    """One document: its values, and where its Base64 element stands in the file: bytes from its tag to its end tag."""

    values: dict[str, str] = field(default_factory=dict)
    start: int = -1
    end: int = -1


@dataclass(slots=True)
class Encapsulation:
    """What a package holds. ``values`` are those of the package and its one record by title; ``kept`` as in the model."""

    values: dict[str, str] = field(default_factory=dict)
    documents: list[EncodedDocument] = field(default_factory=list)
    steps: list[dict[str, str]] = field(default_factory=list)
    agents: list[dict[str, str]] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    entities: int = 0


def read_encapsulation(stream: IO[bytes], *, known: frozenset[str]) -> Encapsulation:
    """Read a package; ``known`` are titles of values beside those of the form itself.

    Raises:
        DocumentRefusedError: it is not UTF-8, not well-formed, declares a document type, or is no such package.
        OSError, ValueError: it cannot be read.
    """
    reader = _Reader(known | KNOWN_VALUES)
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    reader.attach(parser)
    try:
        while block := stream.read(_READ):
            parser.Parse(block, False)  # noqa: FBT003 - the interpreter's own signature
        parser.Parse(b"", True)  # noqa: FBT003
    except expat.ExpatError as error:
        raise DocumentRefusedError(problem("document_not_well_formed", "", detail=error)) from None
    return reader.found


class _Reader:
    """The state of one reading: where it stands, and the text or the kept piece it is in."""

    def __init__(self, known: frozenset[str]) -> None:
        self.found = Encapsulation()
        self._known = known
        self._path: list[str] = []
        self._text: list[str] = []
        self._text_bytes = self._elements = self._kept_bytes = 0
        self._piece: list[str] | None = None
        self._piece_depth = 0
        self._position: Callable[[], int] = int
        self._listen: Callable[[bool], object] = bool

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to the parser."""
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        self._position = lambda: parser.CurrentByteIndex

        def listen(is_wanted: bool, /) -> None:  # noqa: FBT001 - a switch
            parser.CharacterDataHandler = self._characters if is_wanted else None

        self._listen = listen

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        namespace, _, local = name.rpartition(_SEPARATOR)
        if self._elements > MAX_ELEMENTS or len(self._path) > MAX_DEPTH:
            raise DocumentRefusedError(problem("document_too_large", "", limit=MAX_ELEMENTS))
        if not self._path and (local != ROOT or namespace not in {NAMESPACE, ""}):
            raise DocumentRefusedError(problem("document_root_unknown", "", found=local))
        self._path.append(local)
        if self._piece is None and self._path and not self._is_known(local):
            self._piece, self._piece_depth = [], len(self._path)
        if self._piece is not None:
            self._keep(
                f"<{local}{''.join(f' {k.rpartition(_SEPARATOR)[2]}={quoteattr(v)}' for k, v in attributes.items())}>"
            )
            return
        self._begin(local)

    def _is_known(self, local: str) -> bool:
        return local != SIGNATURES and (local in HOLDERS or local in self._known)

    def _begin(self, local: str) -> None:
        self._text, self._text_bytes = [], 0
        match local:
            case "文件实体":
                self.found.entities += 1
            case "文档":
                self.found.documents.append(EncodedDocument())
            case "编码数据" if self.found.documents:
                self.found.documents[-1].start = self._position()
                self._listen(False)  # noqa: FBT003 - its text is not wanted now, however long it is
            case "业务实体":
                self.found.steps.append({})
            case "机构人员实体":
                self.found.agents.append({})

    def _characters(self, text: str) -> None:
        if self._piece is not None:
            self._keep(escape(text))
        elif self._path[-1] not in HOLDERS or self._path[-1] == "档号":
            self._text.append(text)
            self._text_bytes += len(text)
            if self._text_bytes > MAX_VALUE_BYTES:
                raise DocumentRefusedError(problem("document_too_large", self._path[-1], limit=MAX_VALUE_BYTES))

    def _end(self, name: str) -> None:
        local = self._path[-1]
        if self._piece is not None:
            self._keep(f"</{local}>")
            if len(self._path) == self._piece_depth:
                self._finish_piece()
        elif local == _DATA:
            self._end_data()
        elif local not in HOLDERS or local == "档号":
            self._value(local, "".join(self._text).strip())
        self._path.pop()
        del name

    def _finish_piece(self) -> None:
        parent = self._path[-2] if len(self._path) > 1 else ROOT
        self.found.kept.append((f"<{parent}>", "".join(self._piece or ())))
        self._piece = None

    def _keep(self, text: str) -> None:
        self._kept_bytes += len(text)
        if self._kept_bytes > MAX_KEPT_BYTES:
            raise DocumentRefusedError(problem("document_too_large", "/".join(self._path), limit=MAX_KEPT_BYTES))
        if self._piece is not None:
            self._piece.append(text)

    def _end_data(self) -> None:
        self._listen(True)  # noqa: FBT003
        if self.found.documents:
            self.found.documents[-1].end = self._position()

    def _value(self, local: str, text: str) -> None:
        self._text, self._text_bytes = [], 0
        if not text:
            return
        owner, name = self._owner(), "档号" if local == "档号值" else local
        owner[name] = f"{owner[name]}；{text}" if name in owner else text

    def _owner(self) -> dict[str, str]:
        for holder in reversed(self._path):
            match holder:
                case "文档":
                    return self.found.documents[-1].values
                case "业务实体":
                    return self.found.steps[-1]
                case "机构人员实体":
                    return self.found.agents[-1]
                case _:
                    continue
        return self.found.values


def _refuse(*_: object) -> None:
    raise DocumentRefusedError(problem("document_declares_entities"))


class Base64Stream:
    """The bytes of a document, decoded from its place in the file as they are read."""

    def __init__(self, stream: IO[bytes], *, start: int, end: int) -> None:
        """``start`` and ``end`` are bytes from the beginning of the file."""
        after = start + _tag_length(stream, start)
        stream.seek(after)
        self._stream, self._left, self._rest, self._decoded = stream, max(0, end - after), b"", b""

    def __enter__(self) -> IO[bytes]:
        return self  # type: ignore[return-value]

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes (all, if negative). Raises ValueError where the text is not Base64."""
        wanted = size if size >= 0 else 1 << 62
        pieces, have = [self._decoded], len(self._decoded)
        while have < wanted and (piece := self._next()):
            pieces.append(piece)
            have += len(piece)
        whole = b"".join(pieces)
        self._decoded = whole[wanted:]
        return whole[:wanted]

    def _next(self) -> bytes:
        while self._left > 0 or self._rest:
            block = self._stream.read(min(_READ, self._left)) if self._left > 0 else b""
            if self._left > 0 and not block:
                raise ValueError("the file is cut off")
            self._left -= len(block)
            text = self._rest + b"".join(block.split())
            cut = len(text) if self._left <= 0 else len(text) - len(text) % 4
            self._rest = text[cut:]
            if cut:
                return _decode(text[:cut])
            if self._left <= 0:
                return b""
        return b""


def _tag_length(stream: IO[bytes], start: int) -> int:
    """Return how many bytes a start tag has. Raises ValueError if it has no end nearby."""
    stream.seek(start)
    found = _TAG.match(stream.read(_READ))
    if not found:
        raise ValueError("no start tag")
    return found.end()


def _decode(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def file_name_of(values: dict[str, str], number: int) -> str:
    """Return a safe path for a document that names its own place, or its computer file name, or nothing."""
    named = values.get("文档标识符", "") if "/" in values.get("文档标识符", "") else values.get("计算机文件名", "")
    parts = [
        part for part in PurePosixPath(named.replace("\\", "/").replace("\0", "")).parts if part not in {"/", "..", "."}
    ]
    return "/".join(parts) or f"文档{number:04}"


def unused(path: str, taken: set[str]) -> str:
    """Return the path, or one like it that is not taken."""
    pure, number, free = PurePosixPath(path), 1, path
    while free in taken:
        number += 1
        free = pure.with_name(f"{pure.stem}-{number}{pure.suffix}").as_posix()
    taken.add(free)
    return free
