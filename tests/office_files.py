"""Small office documents made by hand, so that tests need no office program to have them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
X = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
KIND = "application/vnd.openxmlformats-officedocument"
ODF = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("draw", "drawing"),
        ("svg", "svg-compatible"),
        ("table", "table"),
    )
)


def docx(*paragraphs: str) -> bytes:
    """Return a Word document."""
    return docx_of("".join(f"<w:p><w:r><w:t>{escape(one)}</w:t></w:r></w:p>" for one in paragraphs))


def docx_of(body: str, **parts: str) -> bytes:
    """Return a Word document of markup; ``parts``: markup of its ``settings``, ``comments``, ``header`` …"""
    kind = f"{KIND}.wordprocessingml"
    whole = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    more = {
        f"word/{name}.xml": (f"{kind}.{name}+xml", f'<w:{name} xmlns:w="{W}">{markup}</w:{name}>')
        for name, markup in parts.items()
    }
    links = {"word/_rels/document.xml.rels": {f"r{name}": (name, f"{name}.xml") for name in parts}}
    return _packed({"word/document.xml": (f"{kind}.document.main+xml", whole), **more}, links)


def xlsx(*rows: tuple[str, ...]) -> bytes:
    """Return a workbook of one sheet."""
    cells = ("".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) for row in rows)
    return xlsx_of("".join(f"<row>{row}</row>" for row in cells))


def xlsx_of(rows: str, *, comment: str = "") -> bytes:
    """Return a workbook whose only sheet has these rows of markup, and a comment at its first cell."""
    book = f'<workbook xmlns="{X}" xmlns:r="{R}"><sheets><sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>'
    sheet = f'<worksheet xmlns="{X}"><sheetData>{rows}</sheetData></worksheet>'
    parts = {
        "xl/workbook.xml": (f"{KIND}.spreadsheetml.sheet.main+xml", book),
        "xl/worksheets/sheet1.xml": (f"{KIND}.spreadsheetml.worksheet+xml", sheet),
    }
    links = {"xl/_rels/workbook.xml.rels": {"r1": ("worksheet", "worksheets/sheet1.xml")}}
    if comment:
        told = f'<comment ref="A1" authorId="0"><text><t>{escape(comment)}</t></text></comment>'
        listed = (
            f'<comments xmlns="{X}"><authors><author>甲</author></authors><commentList>{told}</commentList></comments>'
        )
        parts["xl/comments1.xml"] = (f"{KIND}.spreadsheetml.comments+xml", listed)
        links["xl/worksheets/_rels/sheet1.xml.rels"] = {"r1": ("comments", "../comments1.xml")}
    return _packed(parts, links)


def ods(cells: str) -> bytes:
    """Return a workbook of OpenDocument with one row of markup."""
    return _open_document(
        "spreadsheet", f"<table:table table:name='表'><table:table-row>{cells}</table:table-row></table:table>"
    )


def pptx(*slides: str) -> bytes:
    """Return a presentation of slides with a text each."""
    numbers = range(1, len(slides) + 1)
    shown = "".join(f'<p:sldId id="{255 + at}" r:id="r{at}"/>' for at in numbers)
    whole = f'<p:presentation xmlns:p="{P}" xmlns:r="{R}"><p:sldIdLst>{shown}</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>'
    parts = {
        f"ppt/slides/slide{at}.xml": (f"{KIND}.presentationml.slide+xml", _slide(text))
        for at, text in zip(numbers, slides, strict=True)
    }
    return _packed(
        {"ppt/presentation.xml": (f"{KIND}.presentationml.presentation.main+xml", whole), **parts},
        links={"ppt/_rels/presentation.xml.rels": {f"r{at}": ("slide", f"slides/slide{at}.xml") for at in numbers}},
    )


def _slide(text: str) -> str:
    place = '<a:xfrm><a:off x="500000" y="500000"/><a:ext cx="8000000" cy="2000000"/></a:xfrm><a:prstGeom prst="rect"/>'
    return (
        f'<p:sld xmlns:p="{P}" xmlns:a="{A}"><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/>'
        '</p:nvGrpSpPr><p:grpSpPr/><p:sp><p:nvSpPr><p:cNvPr id="2" name="t"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr>'
        f"<p:spPr>{place}</p:spPr><p:txBody><a:bodyPr/><a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p></p:txBody></p:sp>"
        "</p:spTree></p:cSld></p:sld>"
    )


def odt(body: str, pictures: dict[str, bytes] | None = None) -> bytes:
    """Return a text of OpenDocument; ``body`` is markup of ``office:text``, pictures lie under their paths."""
    return _open_document("text", body, pictures)


def _open_document(name: str, body: str, pictures: dict[str, bytes] | None = None) -> bytes:
    kind, pictures = f"application/vnd.oasis.opendocument.{name}", pictures or {}
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" {ODF}'
        ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<office:body><office:{name}>{body}</office:{name}></office:body></office:document-content>"
    )
    listed = {"/": kind, "content.xml": "text/xml", **dict.fromkeys(pictures, "image/png")}
    entries = "".join(f'<m:file-entry m:full-path="{path}" m:media-type="{media}"/>' for path, media in listed.items())
    manifest = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</m:manifest>'
    members: dict[str, str | bytes] = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return _zipped(members | pictures)


def _packed(parts: dict[str, tuple[str, str]], links: dict[str, dict[str, tuple[str, str]]] | None = None) -> bytes:
    """Pack parts, path → (content type, XML); the first is the document."""
    kinds = "".join(f'<Override PartName="/{path}" ContentType="{kind}"/>' for path, (kind, _) in parts.items())
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{kinds}</Types>'
    )
    root = {"_rels/.rels": {"r1": ("officeDocument", next(iter(parts)))}}
    related = {path: _links(targets) for path, targets in {**root, **(links or {})}.items()}
    return _zipped({"[Content_Types].xml": types, **related, **{path: text for path, (_, text) in parts.items()}})


def _links(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{key}" Type="{R}/{kind}" Target="{path}"/>' for key, (kind, path) in targets.items()
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def _zipped(members: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return made.getvalue()
