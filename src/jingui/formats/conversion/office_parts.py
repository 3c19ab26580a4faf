"""What is left out of a document so that an office shows what is stored in it.

Of sheets: formulas that have a stored value, and comments. Of texts: the wish to see tracked changes as if they were
accepted. A part is read through once as a stream of events; what is left out are ranges of its bytes, all else stays as it stands.
"""

from __future__ import annotations

import io
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from xml.parsers import expat

from jingui.formats.conversion.made import NotConvertibleError
from jingui.formats.reading.xml_safety import XmlRefusedError, refuse_entities

SHEETS = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
ROOTS = frozenset(
    f"{space} {name}" for space in SHEETS for name in ("worksheet", "macrosheet", "dialogsheet", "comments")
)
CELL, FORMULA, VALUE, INLINE, COMMENT = (
    frozenset(f"{space} {name}" for space in SHEETS) for name in ("c", "f", "v", "is", "comment")
)
TEXTS = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
TEXT_SETTINGS, REVISION_VIEW = (
    frozenset(f"{space} {name}" for space in TEXTS) for name in ("settings", "revisionView")
)
OPEN_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OPEN_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
OPEN_CELLS = frozenset(f"{OPEN_TABLE} {name}" for name in ("table-cell", "covered-table-cell"))
ATTRIBUTE = re.compile(rb"""\s+(?:[^\s=<>"'/]+:)?([^\s=<>"'/:]+)\s*=\s*(?:"[^"]*"|'[^']*')""")
FORMULA_ATTRIBUTES = (b"formula", b"number-matrix-columns-spanned", b"number-matrix-rows-spanned")


class _OtherPartError(Exception):
    """The part is none that anything is left out of."""


class _Part(ABC):
    """A part being read; ``cuts``: what is left out, as ranges of bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cuts: list[tuple[int, int]] = []
        self.unstored = 0
        self._depth = 0
        self._outer: tuple[int, int] | None = None
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._parser.DefaultHandler = self._other
        self._ended: int | None = None
        self._is_ours = False

    def read(self) -> None:
        try:
            self._parser.ParseFile(io.BytesIO(self.data))
        except (expat.ExpatError, XmlRefusedError) as error:
            if not self._is_ours:
                raise _OtherPartError from None
            raise NotConvertibleError("markup_not_read", str(error)) from None
        self._settle()

    @abstractmethod
    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ended; what follows its end has not been seen yet."""
        del name

    def text(self, text: str) -> None:
        del text
        self._settle()

    def settled(self, start: int, end: int) -> None:
        """Bytes of something that was asked for by ``leave_out`` are known now."""
        self.cuts.append((start, end))

    @property
    def at(self) -> int:
        return self._parser.CurrentByteIndex

    def leave_out(self) -> None:
        """Leave out the element that begins here, unless one around it is left out already."""
        if self._outer is None:
            self._outer = (self._depth, self.at)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._settle()
        self._depth += 1
        self.begin(name, attributes)
        if not self._is_ours:
            self._is_ours = True
            refuse_entities(self.data)

    def _end(self, name: str) -> None:
        self._settle()
        if self._outer is not None and self._outer[0] == self._depth:
            self._ended, self._outer = self._outer[1], None
        self._depth -= 1
        self.end(name)

    def _other(self, text: str) -> None:
        del text
        self._settle()

    def _settle(self) -> None:
        """The end of an element lies where the next thing begins."""
        if self._ended is not None:
            start, self._ended = self._ended, None
            self.settled(start, self.at)


@dataclass(slots=True)
class _Cell:
    is_text: bool
    formulas: list[tuple[int, int]] = field(default_factory=list)
    group: str = ""
    has_value: bool = False


class _WorkbookPart(_Part):
    """A sheet or the comments of a sheet of Office Open XML (ECMA-376 part 1)."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self._cell: _Cell | None = None
        self._is_in_value = False
        self._kept: list[tuple[str, bool, tuple[int, int]]] = []

    def read(self) -> None:
        super().read()
        # The formula of a group stands once; a cell of it without a value needs it there.
        needed = {group for group, has_value, _ in self._kept if group and not has_value}
        for group, has_value, place in self._kept:
            if has_value and group not in needed:
                self.cuts.append(place)
            else:
                self.unstored += 1

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 1 and name not in ROOTS:
            raise _OtherPartError
        if name in CELL:
            self._cell = _Cell(is_text=attributes.get("t") == "str")
        elif name in COMMENT:
            self.leave_out()
        elif self._cell is not None:
            self._inside(self._cell, name, attributes)

    def _inside(self, cell: _Cell, name: str, attributes: dict[str, str]) -> None:
        if name in FORMULA:
            cell.group = attributes.get("si", "") if attributes.get("t") == "shared" else ""
            self.leave_out()
        elif name in VALUE:
            self._is_in_value = True
            cell.has_value |= cell.is_text  # an empty text is a value, an empty number is none
        elif name in INLINE:
            cell.has_value = True

    def text(self, text: str) -> None:
        super().text(text)
        if self._is_in_value and self._cell is not None and text.strip():
            self._cell.has_value = True

    def end(self, name: str) -> None:
        if name in VALUE:
            self._is_in_value = False
        elif name in CELL and self._cell is not None:
            cell, self._cell = self._cell, None
            self._kept += [(cell.group, cell.has_value, place) for place in cell.formulas]

    def settled(self, start: int, end: int) -> None:
        if self._cell is not None:
            self._cell.formulas.append((start, end))
        else:
            super().settled(start, end)


class _OpenDocumentPart(_Part):
    """The content of an OpenDocument workbook (ISO/IEC 26300-1)."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{OPEN_OFFICE} annotation":
            self.leave_out()
        elif name in OPEN_CELLS and f"{OPEN_TABLE} formula" in attributes:
            if f"{OPEN_OFFICE} value-type" in attributes:
                self._leave_out_formula(self.at)
            else:
                self.unstored += 1

    def _leave_out_formula(self, start: int) -> None:
        at = re.compile(rb"<[^\s/>]+").match(self.data, start)
        found = []
        place = at.end() if at else start
        while attribute := ATTRIBUTE.match(self.data, place):
            place = attribute.end()
            if attribute[1] in FORMULA_ATTRIBUTES:
                found.append(attribute.span())
        if not found:
            raise NotConvertibleError("markup_not_read", "the encoding of the content")
        self.cuts += found


class _TextSettingsPart(_Part):
    """The settings of a text of Office Open XML (ECMA-376 part 1)."""

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        del attributes
        if self._depth == 1 and name not in TEXT_SETTINGS:
            raise _OtherPartError
        if name in REVISION_VIEW:
            self.leave_out()


PARTS: dict[str, type[_Part]] = {"xlsx": _WorkbookPart, "ods": _OpenDocumentPart, "docx": _TextSettingsPart}


def shown_as_stored(data: bytes, *, format_name: str) -> tuple[bytes, int]:
    """Return a part of a document of one of ``PARTS`` without what keeps an office from showing what is stored.

    Returns:
        The part, the same object if nothing was left out, and how many formulas are still in it since they have no value.

    Raises:
        NotConvertibleError: ``markup_not_read``.
    """
    part = PARTS[format_name](data)
    try:
        part.read()
    except _OtherPartError:
        return data, 0
    if not part.cuts:
        return data, part.unstored
    pieces, done = [], 0
    for start, end in sorted(part.cuts):
        pieces.append(data[done : max(start, done)])
        done = max(end, done)
    return b"".join([*pieces, data[done:]]), part.unstored
