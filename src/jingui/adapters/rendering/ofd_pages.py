"""OFD pages as a reading aid: text at its coordinates, lines, and pictures (GB/T 33190-2016, chapters 7 to 11).

Fonts that the file embeds are not used, seals, patterns, clips and shadings are not drawn. A true rendering is a
matter of its own.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from lxml import etree
from PIL import Image, ImageDraw

from jingui.adapters.rendering.fonts import drawing_font, looks_serif
from jingui.adapters.rendering.ofd_shapes import DEFAULT_SIZE, Matrix, matrix_of, number, outlines, placed_characters
from jingui.adapters.rendering.proportions import drawn_size
from jingui.domain.errors import PermanentFailure
from jingui.formats.reading import DEFAULT_LIMITS
from jingui.formats.reading.ofd_package import Box, OfdDocument, OfdPackage, OfdPage, floats, page_box

BLACK = (0, 0, 0)
DEFAULT_LINE = 0.353  # millimetres, LineWidth of CT_GraphicUnit
Colour = tuple[int, int, int]


def draw_ofd(path: Path, format_name: str, *, page: int, width: int) -> Image.Image:  # noqa: ARG001 - as all drawers
    """Draw the page with this number, counted through all documents of the package. Raises PermanentFailure."""
    with zipfile.ZipFile(path) as archive:
        package = OfdPackage(archive, max_part_bytes=DEFAULT_LIMITS.parsed_bytes)
        numbered = [(document, one) for document in package.documents for one in document.pages]
        if page >= len(numbered):
            raise PermanentFailure("no_such_page", str(page))
        return _Canvas(package, *numbered[page], width).drawn()


class _Canvas:
    """A page being drawn."""

    def __init__(self, package: OfdPackage, document: OfdDocument, page: OfdPage, width: int) -> None:
        self._package = package
        self._trees = list(package.page_trees(document, page, _refuse))
        self._box = self._page_box(document)
        size = drawn_size(self._box[2], self._box[3], width)
        self._scale = size[0] / self._box[2]
        self._image = Image.new("RGB", size, "white")
        self._pen = ImageDraw.Draw(self._image)
        self._fonts, self._media = _resources(package, document)
        self._handlers = {"TextObject": self._text, "PathObject": self._path, "ImageObject": self._picture}

    def drawn(self) -> Image.Image:
        """Draw templates and content in the order of the file."""
        for tree in self._trees:
            for node in tree.iter("{*}TextObject", "{*}PathObject", "{*}ImageObject"):
                self._handlers[etree.QName(node).localname](node)
        return self._image

    def _page_box(self, document: OfdDocument) -> Box:
        """A page's own area wins; templates come before and after it and rarely name one."""
        areas = [area for tree in self._trees if (area := tree.find("{*}Area")) is not None]
        return page_box(areas[-1] if areas else None, document.box)

    def _to_pixels(self, node: etree._Element) -> Matrix:
        """From the coordinates of an object to pixels: CTM, then its boundary, then the page."""
        boundary = floats(node.get("Boundary", "0 0")) or (0.0, 0.0)
        left, top = boundary[0] - self._box[0], boundary[1] - self._box[1]
        return matrix_of(node.get("CTM", "")).then_shifted(left, top).then_scaled(self._scale)

    def _text(self, node: etree._Element) -> None:
        to_pixels = self._to_pixels(node)
        pixels = round(number(node.get("Size"), DEFAULT_SIZE) * to_pixels.stretch)
        if pixels < 1:
            return
        font = drawing_font(pixels, is_serif=looks_serif(self._fonts.get(node.get("Font", ""), "")))
        colour = _colour(node.find("{*}FillColor"), BLACK)
        for x, y, character in placed_characters(node, to_pixels):
            self._pen.text((x, y), character, fill=colour, font=font, anchor="ls")

    def _path(self, node: etree._Element) -> None:
        to_pixels = self._to_pixels(node)
        data = node.findtext("{*}AbbreviatedData") or ""
        fill = _colour(node.find("{*}FillColor"), BLACK) if node.get("Fill") == "true" else None
        stroke = _colour(node.find("{*}StrokeColor"), BLACK) if node.get("Stroke", "true") == "true" else None
        thickness = max(1, round(number(node.get("LineWidth"), DEFAULT_LINE) * to_pixels.stretch))
        for outline in outlines(data, to_pixels):
            if fill and len(outline) > 2:  # noqa: PLR2004 - an area has three corners
                self._pen.polygon(outline, fill=fill)
            if stroke and len(outline) > 1:
                self._pen.line(outline, fill=stroke, width=thickness)

    def _picture(self, node: etree._Element) -> None:
        path = self._media.get(node.get("ResourceID", ""), "")
        boundary = floats(node.get("Boundary", ""))
        if not path or len(boundary) != 4:  # noqa: PLR2004 - a box
            return
        wide, high = (max(1, round(side * self._scale)) for side in boundary[2:])
        if wide * high > self._image.width * self._image.height * 4:
            return
        corner = round((boundary[0] - self._box[0]) * self._scale), round((boundary[1] - self._box[1]) * self._scale)
        picture = _opened(self._package, path)
        if picture is not None:
            layer = picture.resize((wide, high))
            self._image.paste(layer, corner, layer)


def _refuse(code: str, detail: str) -> None:
    raise PermanentFailure("page_not_drawn", f"{code}: {detail}")


def _resources(package: OfdPackage, document: OfdDocument) -> tuple[dict[str, str], dict[str, str]]:
    """Gather font names and picture paths by their identifiers."""
    fonts: dict[str, str] = {}
    media: dict[str, str] = {}
    for path in document.resource_paths:
        root = package.part(path)
        folder = f"{root.get('BaseLoc', '').strip('/')}/" if root.get("BaseLoc") else ""
        for font in root.iter("{*}Font"):
            fonts[font.get("ID", "")] = f"{font.get('FontName', '')} {font.get('FamilyName', '')}"
        for medium in root.iter("{*}MultiMedia"):
            location = medium.findtext("{*}MediaFile") or ""
            media[medium.get("ID", "")] = package.resolve(path, folder + location) or package.resolve(path, location)
    return fonts, media


def _opened(package: OfdPackage, path: str) -> Image.Image | None:
    """Decode a picture of the package; one that Pillow cannot decode (JBIG2, say) is left out."""
    try:
        with Image.open(
            io.BytesIO(package.archive.read(path)), formats=("JPEG", "PNG", "BMP", "GIF", "TIFF")
        ) as picture:
            return picture.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _colour(node: etree._Element | None, otherwise: Colour) -> Colour:
    values = floats(node.get("Value", "")) if node is not None else ()
    levels = [min(255, max(0, int(value))) for value in values]
    if len(levels) == 1:
        return levels[0], levels[0], levels[0]
    return (levels[0], levels[1], levels[2]) if len(levels) == 3 else otherwise  # noqa: PLR2004 - RGB
