"""Writes small OFD documents (GB/T 33190-2016): a ZIP of XML with text, paths and pictures on pages.

What is written follows the structure facts that public files show: ``OFD.xml`` → ``Document.xml`` → pages and
resources, every object with an id, ``MaxUnitID`` the greatest of them. Fonts are named, not embedded. The same
input gives the same bytes. No claim of conformance to the standard's full text is made.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

NAMESPACE = "http://www.ofdspec.org/2016"
ET.register_namespace("ofd", NAMESPACE)

_DEFAULT_WEIGHT, _WORTH_GROUPING = 400, 3
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PICTURE_TYPES = {"JPEG": "jpg", "PNG": "png", "BMP": "bmp"}

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class TextRun:
    """One line of text. Lengths in millimetres; ``y`` is the baseline; ``advances`` one width per character.

    With a ``transform`` the run is placed by it: its origin (0, 0) is turned and moved to (``x``, ``y``).
    """

    x: float
    y: float
    text: str
    size: float
    advances: tuple[float, ...]
    font: str = "宋体"
    weight: int = _DEFAULT_WEIGHT
    colour: Colour = (0, 0, 0)
    transform: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """A path in OFD's abbreviated data (``M x y L x y B … C``), in page millimetres inside ``bounds`` (x, y, w, h)."""

    bounds: tuple[float, float, float, float]
    data: str
    line_width: float = 0.2
    colour: Colour = (0, 0, 0)
    is_filled: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture stretched over a rectangle; ``kind`` is JPEG, PNG or BMP."""

    x: float
    y: float
    width: float
    height: float
    data: bytes
    kind: str = "JPEG"


@dataclass(frozen=True, slots=True)
class OfdPage:
    """One page and its objects in drawing order."""

    width: float
    height: float
    objects: tuple[TextRun | Outline | Picture, ...]


@dataclass(frozen=True, slots=True)
class OfdDescription:
    """What stands in ``DocInfo``. ``doc_id`` is 32 hexadecimal digits."""

    doc_id: str
    title: str
    created: date
    author: str = ""
    creator: str = ""
    creator_version: str = ""
    custom: dict[str, str] = field(default_factory=dict)


class _Ids:
    """Gives out object ids and remembers fonts and pictures by what they are."""

    def __init__(self) -> None:
        self._next = count(1)
        self.last = 0
        self.fonts: dict[str, int] = {}
        self.pictures: dict[tuple[str, bytes], int] = {}

    def take(self) -> int:
        self.last = next(self._next)
        return self.last

    def font(self, name: str) -> int:
        return self.fonts[name] if name in self.fonts else self.fonts.setdefault(name, self.take())

    def picture(self, picture: Picture) -> int:
        key = (picture.kind, picture.data)
        return self.pictures[key] if key in self.pictures else self.pictures.setdefault(key, self.take())


def write_ofd(pages: Iterable[OfdPage], *, info: OfdDescription) -> bytes:
    """Return an OFD file of the pages.

    Raises:
        ValueError: there is no page, or a picture's kind is unknown.
    """
    ids = _Ids()
    parts: dict[str, bytes] = {}
    bodies = list(pages)
    if not bodies:
        raise ValueError("an OFD document needs a page")
    page_ids = []
    for number, page in enumerate(bodies):
        page_ids.append(ids.take())
        parts[f"Doc_0/Pages/Page_{number}/Content.xml"] = _bytes(_page(page, ids))
    parts["Doc_0/Document.xml"] = _bytes(_document(bodies[0], page_ids, ids))
    parts["Doc_0/PublicRes.xml"] = _bytes(_fonts(ids))
    if ids.pictures:
        parts["Doc_0/DocumentRes.xml"] = _bytes(_media(ids))
        parts |= {f"Doc_0/Res/{_picture_name(kind, i)}": data for (kind, data), i in ids.pictures.items()}
    return _zip({"OFD.xml": _bytes(_root(info))} | parts)


def _zip(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target.getvalue()


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, _tag(name), attributes)
    child.text = text or None
    return child


def _bytes(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _numbers(values: Iterable[float]) -> str:
    return " ".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in values)


def _root(info: OfdDescription) -> ET.Element:
    root = ET.Element(_tag("OFD"), Version="1.0", DocType="OFD")
    body = _add(root, "DocBody")
    entry = _add(body, "DocInfo")
    texts = {
        "DocID": info.doc_id,
        "Title": info.title,
        "Author": info.author,
        "CreationDate": info.created.isoformat(),
        "Creator": info.creator,
        "CreatorVersion": info.creator_version,
    }
    for name, text in texts.items():
        if text:
            _add(entry, name, text)
    if info.custom:
        custom = _add(entry, "CustomDatas")
        for name, text in info.custom.items():
            _add(custom, "CustomData", text, Name=name)
    _add(body, "DocRoot", "Doc_0/Document.xml")
    return root


def _document(first: OfdPage, page_ids: list[int], ids: _Ids) -> ET.Element:
    root = ET.Element(_tag("Document"))
    common = _add(root, "CommonData")
    _add(common, "MaxUnitID", str(ids.last))
    area = _add(common, "PageArea")
    _add(area, "PhysicalBox", _numbers((0, 0, first.width, first.height)))
    _add(common, "PublicRes", "PublicRes.xml")
    if ids.pictures:
        _add(common, "DocumentRes", "DocumentRes.xml")
    pages = _add(root, "Pages")
    for number, page_id in enumerate(page_ids):
        _add(pages, "Page", ID=str(page_id), BaseLoc=f"Pages/Page_{number}/Content.xml")
    return root


def _fonts(ids: _Ids) -> ET.Element:
    root = ET.Element(_tag("Res"), BaseLoc="Res")
    fonts = _add(root, "Fonts")
    for name, font_id in ids.fonts.items():
        _add(fonts, "Font", ID=str(font_id), FontName=name, FamilyName=name, Charset="unicode")
    return root


def _media(ids: _Ids) -> ET.Element:
    root = ET.Element(_tag("Res"), BaseLoc="Res")
    medias = _add(root, "MultiMedias")
    for (kind, _), picture_id in ids.pictures.items():
        media = _add(medias, "MultiMedia", ID=str(picture_id), Type="Image", Format=kind)
        _add(media, "MediaFile", _picture_name(kind, picture_id))
    return root


def _picture_name(kind: str, picture_id: int) -> str:
    if kind not in _PICTURE_TYPES:
        raise ValueError(f"unknown picture kind {kind!r}")
    return f"image_{picture_id}.{_PICTURE_TYPES[kind]}"


def _page(page: OfdPage, ids: _Ids) -> ET.Element:
    root = ET.Element(_tag("Page"))
    area = _add(root, "Area")
    _add(area, "PhysicalBox", _numbers((0, 0, page.width, page.height)))
    layer = _add(_add(root, "Content"), "Layer", ID=str(ids.take()), Type="Body")
    for item in page.objects:
        if isinstance(item, TextRun):
            _text(layer, item, ids)
        elif isinstance(item, Outline):
            _path(layer, item, ids)
        else:
            _picture(layer, item, ids)
    return root


def _text(layer: ET.Element, run: TextRun, ids: _Ids) -> None:
    attributes = {"ID": str(ids.take()), "Font": str(ids.font(run.font)), "Size": _numbers((run.size,))}
    if run.weight != _DEFAULT_WEIGHT:
        attributes["Weight"] = str(run.weight)
    width = sum(run.advances)
    if run.transform is None:
        box, origin = (run.x, run.y - run.size, width, run.size * 1.3), (0.0, run.size)
    else:
        reach = width + run.size
        box, origin = (run.x - reach, run.y - reach, 2 * reach, 2 * reach), (0.0, 0.0)
        attributes["CTM"] = _numbers((*run.transform, reach, reach))
    element = _add(layer, "TextObject", Boundary=_numbers(box), **attributes)
    _add(element, "FillColor", Value=_numbers(run.colour))
    code = _add(element, "TextCode", run.text, X=_numbers(origin[:1]), Y=_numbers(origin[1:]))
    if len(run.text) > 1:
        code.set("DeltaX", _deltas(run.advances[: len(run.text) - 1]))


def _deltas(widths: tuple[float, ...]) -> str:
    """Write equal neighbours as ``g count width``, which keeps a line of Chinese short."""
    words: list[str] = []
    for width, equal in groupby(widths):
        number, length = _numbers((width,)), len(list(equal))
        words += ["g", str(length), number] if length >= _WORTH_GROUPING else [number] * length
    return " ".join(words)


def _path(layer: ET.Element, outline: Outline, ids: _Ids) -> None:
    x, y, _, _ = outline.bounds
    element = _add(
        layer,
        "PathObject",
        ID=str(ids.take()),
        Boundary=_numbers(outline.bounds),
        CTM=_numbers((1, 0, 0, 1, -x, -y)),
        LineWidth=_numbers((outline.line_width,)),
    )
    if outline.is_filled:
        element.set("Fill", "true")
        element.set("Stroke", "false")
    _add(element, "FillColor" if outline.is_filled else "StrokeColor", Value=_numbers(outline.colour))
    _add(element, "AbbreviatedData", outline.data)


def _picture(layer: ET.Element, picture: Picture, ids: _Ids) -> None:
    _add(
        layer,
        "ImageObject",
        ID=str(ids.take()),
        Boundary=_numbers((picture.x, picture.y, picture.width, picture.height)),
        CTM=_numbers((picture.width, 0, 0, picture.height, 0, 0)),
        ResourceID=str(ids.picture(picture)),
    )
