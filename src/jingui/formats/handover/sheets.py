"""Reads hand-over sheets (移交目录) as a stream: one entry in memory, however many packages a sheet names."""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from lxml import etree

from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.packages.zip_source import is_safe_name
from jingui.formats.reading.xml_safety import PROLOG_CHARACTERS, XmlRefusedError, doctype, refuse_entities

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jingui.domain.errors import Problem

MAX_PACKAGES = 200_000
MAX_SHEET_BYTES = 1 << 30
MAX_VALUE = 4000
MAX_FAULTS = 200
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One package as the sheet names it, by element."""

    values: dict[str, str]

    @property
    def number(self) -> str:
        """The electronic record number (电子文件号), which is the package's name."""
        return self.values["document_number"]

    @property
    def file_name(self) -> str:
        """The name of the package's file."""
        return self.number + profile.PACKAGE_SUFFIX

    @property
    def bytes(self) -> int:
        """The size the sheet states."""
        return int(self.values["size"])

    @property
    def algorithm(self) -> str:
        """The digest's name here."""
        return _algorithm(self.values)

    @property
    def digest(self) -> str:
        """The digest the sheet states, lower-case hexadecimal."""
        return self.values["digital_summary"].lower()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that holds together in itself: its head, the number of its packages, its digest."""

    path: Path
    head: dict[str, str]
    packages: int
    sha256: str

    def entries(self) -> Iterator[SheetEntry]:
        """Yield the packages again, in the order of the sheet."""
        with self.path.open("rb") as stream:
            for kind, values in _parts(stream):
                if kind == "directory":
                    yield SheetEntry(values)


def read_sheet(path: Path) -> Sheet:
    """Read and check a sheet whole.

    Raises:
        DocumentRefusedError: with what is wrong with it.
        OSError: it cannot be read.
    """
    if path.stat().st_size > MAX_SHEET_BYTES:
        raise DocumentRefusedError(problem("document_too_large", path.name, limit=MAX_SHEET_BYTES))
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    with path.open("rb") as stream:
        checked = _Checks(path)
        for kind, values in _parts(stream):
            checked.look(kind, values)
    faults = [*checked.faults, *checked.sums()]
    if faults:
        raise DocumentRefusedError(*faults[:MAX_FAULTS])
    return Sheet(path, checked.head, len(checked.numbers), digest)


class _Checks:
    """What must hold of a sheet in itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head: dict[str, str] = {}
        self.numbers: set[str] = set()
        self.bytes = 0
        self.faults: list[Problem] = []

    def look(self, kind: str, values: dict[str, str]) -> None:
        """Look at one part."""
        if kind == "directory":
            self._look_at_entry(values)
            return
        for name, value in values.items():
            if name in self.head:
                self._fault("document_element_twice", element=name)
            self.head[name] = value

    def _look_at_entry(self, values: dict[str, str]) -> None:
        number = values.get("document_number", "")
        for name in profile.ENTRY_REQUIRED:
            if not values.get(name):
                self._fault("document_element_missing", number, element=name)
        if number in self.numbers:
            self._fault("sheet_package_twice", number, package=number)
        if number and not _is_plain_name(number):
            self._fault("sheet_package_name_unsafe", number, package=number)
        if values.get("digital_summarization_algorithm") and not _algorithm(values):
            self._fault("digest_algorithm_unknown", number, algorithm=values["digital_summarization_algorithm"])
        self.bytes += self._whole("size", values.get("size", ""), number)
        self.numbers.add(number)
        if len(self.numbers) > MAX_PACKAGES:
            raise DocumentRefusedError(problem("sheet_too_many_packages", self.path.name, limit=MAX_PACKAGES))

    def _whole(self, element: str, value: str, location: str = "") -> int:
        if value.isascii() and value.isdigit() and len(value) <= 18:  # noqa: PLR2004 - as many digits as 64 bits hold
            return int(value)
        if value:
            self._fault("document_value_malformed", location, element=element, value=value)
        return 0

    def sums(self) -> Iterator[Problem]:
        """Compare the head with the entries."""
        for name in profile.SHEET_REQUIRED:
            if not self.head.get(name):
                yield problem("document_element_missing", self.path.name, element=name)
        stated = {name: self.head.get(name, "") for name in ("archival_number", "send_size")}
        found = {"archival_number": len(self.numbers), "send_size": self.bytes}
        codes = {"archival_number": "sheet_count_wrong", "send_size": "sheet_size_wrong"}
        for name, value in stated.items():
            if value and value != str(found[name]):
                yield problem(codes[name], self.path.name, expected=value, found=found[name])
        batch = self.head.get("batch_name", "")
        if batch and not self.path.stem.endswith(f"-{batch}") and self.path.stem != batch:
            yield problem("sheet_name_wrong", self.path.name, expected=f"…-{batch}{profile.SHEET_SUFFIX}")

    def _fault(self, code: str, location: str = "", /, **params: object) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(problem(code, location or self.path.name, **params))


def _is_plain_name(number: str) -> bool:
    return is_safe_name(number) and "/" not in number and number.isprintable() and not number.startswith(".")


def _algorithm(values: dict[str, str]) -> str:
    named = values.get("digital_summarization_algorithm", "").upper()
    return profile.DIGESTS.get("".join(letter for letter in named if letter.isalnum()), "")


def _parts(stream: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield ``("directory", values)`` for each entry and ``("head", {name: value})`` for each other element.

    Raises:
        DocumentRefusedError: it is not UTF-8, declares anything, is not well-formed or is no sheet.
    """
    source = _Utf8(stream)
    parser = etree.iterparse(
        source,
        events=("start", "end"),
        encoding="utf-8",  # what was looked at is what is parsed, whatever the declaration says
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
    )
    try:
        yield from _walk(parser)
    except etree.XMLSyntaxError as error:
        fault = source.fault or problem("document_not_well_formed", "", detail=error)
        raise DocumentRefusedError(fault) from None


def _walk(parser: etree.iterparse[tuple[str, etree._Element]]) -> Iterator[tuple[str, dict[str, str]]]:
    path: list[str] = []
    for event, element in parser:
        if event == "start":
            path.append(str(element.tag))
            if len(path) == 1:
                _check_root(element)
            continue
        told = _told(path, element)
        path.pop()
        if told:
            yield told
            _let_go(element)


def _check_root(root: etree._Element) -> None:
    if doctype(root):
        raise DocumentRefusedError(problem("document_declares_entities"))
    if root.tag not in {profile.SHEET_ROOT, profile.SHEET_TITLE} and root.get("title") != profile.SHEET_TITLE:
        raise DocumentRefusedError(problem("document_root_unknown", "", found=root.tag))


def _told(path: list[str], element: etree._Element) -> tuple[str, dict[str, str]] | None:
    match path[1:]:
        case ["directories", "directory"]:
            return "directory", {str(child.tag): _text(child) for child in element.iterchildren("*")}
        case [name] if name != "directories":
            return "head", {name: _text(element)}
    return None


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()[:MAX_VALUE]


def _let_go(element: etree._Element) -> None:
    """Forget an element and those before it, so that memory stays flat."""
    element.clear()
    while element.getprevious() is not None:
        parent = element.getparent()
        if parent is None:
            return
        del parent[0]


class _Utf8:
    """Hands a stream on while it is UTF-8 and declares nothing; stops it where it is not."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._is_first = True
        self.fault: Problem | None = None

    def read(self, size: int = _BLOCK) -> bytes:
        """Return the next bytes; none after a fault."""
        if self.fault:
            return b""
        data = self._stream.read(max(size, PROLOG_CHARACTERS) if self._is_first else size)
        try:
            self._decoder.decode(data, final=not data)
            if self._is_first:
                refuse_entities(data)
        except UnicodeDecodeError:
            self.fault = problem("document_not_utf8")
        except XmlRefusedError:
            self.fault = problem("document_declares_entities")
        self._is_first = False
        return b"" if self.fault else data
