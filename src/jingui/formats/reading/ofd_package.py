"""The parts of an OFD package: documents, pages, templates, resources (GB/T 33190-2016, chapters 7 and 8).

Elements are matched by local name, because writers disagree about the namespace; paths are resolved as
strictly as possible and loosely only where that fails, which is reported.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from jingui.formats.identification.zip_families import OFD_NAMESPACES
from jingui.formats.reading.xml_safety import XmlRefusedError, parse

Box = tuple[float, float, float, float]
A4: Box = (0.0, 0.0, 210.0, 297.0)
BOX_NAMES = ("PhysicalBox", "ApplicationBox", "CropBox")
Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class OfdPage:
    """A page by its path inside the package (``""``: it does not resolve)."""

    path: str
    location: str


@dataclass(slots=True)
class OfdDocument:
    """One document of a package. ``box`` is the page area in millimetres where a page names none."""

    root_path: str
    title: str = ""
    pages: list[OfdPage] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    resource_paths: list[str] = field(default_factory=list)
    box: Box = A4
    has_signatures: bool = False
    has_attachments: bool = False


class OfdPackage:
    """An opened package. ``problems`` are defects of its skeleton, ``loose_paths`` were resolved loosely."""

    def __init__(self, archive: zipfile.ZipFile, *, max_part_bytes: int) -> None:
        """Read the skeleton. Raises XmlRefusedError if OFD.xml itself cannot be parsed."""
        self.archive = archive
        self.problems: list[tuple[str, str]] = []
        self.loose_paths: list[str] = []
        self.documents: list[OfdDocument] = []
        self._max_part_bytes = max_part_bytes
        self._folded = {name.casefold(): name for name in archive.namelist()}
        root = self.part("OFD.xml")
        self.namespace = etree.QName(root).namespace or ""
        self.is_standard_namespace = self.namespace == OFD_NAMESPACES[0]
        for body in root.findall("{*}DocBody"):
            self._add_document(body)

    def part(self, path: str) -> etree._Element:
        """Parse an XML part. Raises XmlRefusedError, KeyError if there is none."""
        entry = self.archive.getinfo(path)
        if entry.file_size > self._max_part_bytes:
            raise XmlRefusedError("zip_bomb", f"{path}: {entry.file_size} bytes")
        return parse(self.archive.read(entry), where=path)

    def resolve(self, base: str, location: str) -> str:
        """Find the entry that ``location`` names from the part ``base``; ``""`` if there is none."""
        location = location.strip().replace("\\", "/")
        relative = posixpath.normpath(posixpath.join(posixpath.dirname(base), location)).lstrip("/")
        if relative in self.archive.NameToInfo:
            return relative
        from_root = posixpath.normpath(location).lstrip("/")
        for candidate in (relative, from_root):
            if found := self._folded.get(candidate.casefold()):
                self.loose_paths.append(location)
                return found
        return ""

    def page_lines(self, document: OfdDocument, page: OfdPage, report: Report) -> list[str]:
        """Return the text of a page line by line; what does not resolve or parse goes to ``report``."""
        lines: list[str] = []
        for tree in self.page_trees(document, page, report):
            lines += [text for node in tree.iter("{*}TextObject") if (text := _object_text(node))]
        return lines

    def page_trees(self, document: OfdDocument, page: OfdPage, report: Report) -> Iterator[etree._Element]:
        """Yield the templates below a page, then the page, then the templates above it."""
        content = self._checked_part(page.path, page.location, report)
        if content is None:
            return
        above: list[etree._Element] = []
        for template in content.findall("{*}Template"):
            path = document.templates.get(template.get("TemplateID", ""), "")
            tree = self._checked_part(path, f"template {template.get('TemplateID')}", report)
            if tree is None:
                continue
            if template.get("ZOrder") == "Foreground":
                above.append(tree)
            else:
                yield tree
        yield content
        yield from above

    def _checked_part(self, path: str, location: str, report: Report) -> etree._Element | None:
        if not path:
            report("page_missing", location)
            return None
        try:
            return self.part(path)
        except XmlRefusedError as error:
            report(error.code, error.detail)
        return None

    def _add_document(self, body: etree._Element) -> None:
        location = body.findtext("{*}DocRoot", "")
        path = self.resolve("OFD.xml", location) if location else ""
        if not path:
            self.problems.append(("part_missing", f"DocRoot {location}"))
            return
        document = OfdDocument(path, title=(body.findtext("{*}DocInfo/{*}Title") or "").strip())
        document.has_signatures = bool((body.findtext("{*}Signatures") or "").strip())
        self.documents.append(document)
        try:
            self._fill(document, self.part(path))
        except XmlRefusedError as error:
            self.problems.append((error.code, error.detail))

    def _fill(self, document: OfdDocument, root: etree._Element) -> None:
        document.has_attachments = root.find("{*}Attachments") is not None
        common = root.find("{*}CommonData")
        if common is not None:
            document.box = page_box(common.find("{*}PageArea"), A4)
            for template in common.findall("{*}TemplatePage"):
                path = self.resolve(document.root_path, template.get("BaseLoc", ""))
                document.templates[template.get("ID", "")] = path
            for name in ("{*}PublicRes", "{*}DocumentRes"):
                locations = [node.text or "" for node in common.findall(name)]
                found = [self.resolve(document.root_path, location) for location in locations if location.strip()]
                document.resource_paths += [path for path in found if path]
        for node in root.iterfind("{*}Pages/{*}Page"):
            location = node.get("BaseLoc", "")
            document.pages.append(OfdPage(self.resolve(document.root_path, location) if location else "", location))


def page_box(area: etree._Element | None, fallback: Box) -> Box:
    """Read the box of a page area: x, y, width, height in millimetres."""
    for name in BOX_NAMES if area is not None else ():
        numbers = floats(area.findtext(f"{{*}}{name}") or "") if area is not None else ()
        if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0:  # noqa: PLR2004 - a box
            return numbers[0], numbers[1], numbers[2], numbers[3]
    return fallback


def floats(text: str) -> tuple[float, ...]:
    """Read an ST_Array of numbers; an unreadable one is empty."""
    try:
        return tuple(float(word) for word in text.split())
    except ValueError:
        return ()


def _object_text(node: etree._Element) -> str:
    return "".join((code.text or "").strip("\r\n") for code in node.iter("{*}TextCode"))
