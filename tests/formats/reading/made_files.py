"""Small files of many formats, sound and broken, made by these tests themselves."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from PIL import Image

OFD = "http://www.ofdspec.org/2016"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATION_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BILLION_LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>'.encode()
EXTERNAL_ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def saved_pdf(pages: int = 2, change: Callable[[pikepdf.Pdf], None] | None = None, **options: Any) -> bytes:
    pdf = pikepdf.new()
    for number in range(pages):
        page = pdf.add_blank_page(page_size=(595, 842))
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.obj.Contents = pdf.make_stream(f"BT /F1 40 Tf 72 700 Td (Licence page {number + 1}) Tj ET".encode())
    if change:
        change(pdf)
    buffer = io.BytesIO()
    pdf.save(buffer, **options)
    return buffer.getvalue()


def encrypted_pdf(password: str) -> bytes:
    return saved_pdf(encryption=pikepdf.Encryption(owner="owner", user=password, R=6))


def add_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def add_launch(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])


def attach(pdf: pikepdf.Pdf, name: str, data: bytes, *, mime_type: str = "") -> None:
    pdf.attachments[name] = pikepdf.AttachedFileSpec(
        pdf, data, description="", filename=name, mime_type=mime_type, creation_date="", mod_date=""
    )


def add_attachment(pdf: pikepdf.Pdf) -> None:
    attach(pdf, "名册.txt", b"attached")


def claim_pdfa(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata = pdf.make_stream(XMP)


def picture(kind: str, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    image = Image.effect_noise(size, 64)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def tiff_of_two_pages() -> bytes:
    first, second = Image.new("L", (40, 30), 200), Image.new("L", (30, 40), 90)
    buffer = io.BytesIO()
    first.save(buffer, "TIFF", save_all=True, append_images=[second])
    return buffer.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_size(width: int, height: int, pixels: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = png_chunk(b"IHDR", header), png_chunk(b"IDAT", zlib.compress(pixels)), png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def zipped(entries: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return buffer.getvalue()


def ofd_entries(pages: int = 2, text: str = "东莞市食品经营许可证") -> dict[str, bytes]:
    listed = "".join(f'<o:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(pages))
    entries = {
        "OFD.xml": f'<o:OFD xmlns:o="{OFD}" DocType="OFD" Version="1.1"><o:DocBody><o:DocInfo><o:Title>准予许可决定书</o:Title>'
        "</o:DocInfo><o:DocRoot>Doc_0/Document.xml</o:DocRoot></o:DocBody></o:OFD>",
        "Doc_0/Document.xml": f'<o:Document xmlns:o="{OFD}"><o:CommonData><o:PageArea><o:PhysicalBox>0 0 210 297'
        f"</o:PhysicalBox></o:PageArea></o:CommonData><o:Pages>{listed}</o:Pages></o:Document>",
    }
    for number in range(pages):
        entries[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<o:Page xmlns:o="{OFD}"><o:Content><o:Layer><o:TextObject ID="7" Boundary="20 30 170 12" Font="1" Size="10">'
            f'<o:TextCode X="0" Y="10" DeltaX="g 8 10">{text}{number + 1}</o:TextCode></o:TextObject>'
            '<o:PathObject ID="8" Boundary="20 60 100 1"><o:AbbreviatedData>M 0 0 L 100 0</o:AbbreviatedData></o:PathObject>'
            "</o:Layer></o:Content></o:Page>"
        )
    return {name: data.encode() for name, data in entries.items()}


def docx_entries(text: str = "关于申请的批复") -> dict[str, bytes]:
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="{RELATION_TYPE}"/>'
        f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{RELATIONSHIPS}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p>'
        "<w:p><w:r><w:t>第二段</w:t></w:r></w:p></w:body></w:document>",
    }
    return {name: data.encode() for name, data in parts.items()}


def odt_entries(*, is_encrypted: bool = False) -> dict[str, bytes]:
    mark = "<m:encryption-data/>" if is_encrypted else ""
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{manifest}"><m:file-entry>{mark}</m:file-entry></m:manifest>',
        "content.xml": '<c xmlns:text="urn:t"><text:p>申请书</text:p><text:p>正文</text:p></c>',
    }
    return {name: data.encode() for name, data in parts.items()}


def wav(seconds_missing: bool = False) -> bytes:
    sound = b"\0\1" * 800
    form = struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(sound)) + sound
    whole = b"RIFF" + struct.pack("<I", len(body)) + body
    return whole[:-400] if seconds_missing else whole


def mp3(frames: int = 5) -> bytes:
    return (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes


def mp4() -> bytes:
    boxes = (b"ftyp", b"isom\0\0\2\0isom"), (b"moov", b"\0" * 40), (b"mdat", b"\0" * 80)
    return b"".join(struct.pack(">I", 8 + len(body)) + kind + body for kind, body in boxes)


def compound(streams: dict[str, bytes]) -> bytes:
    """Make an OLE2 file whose streams are padded to whole sectors beyond the mini-stream cutoff.

    A stream is named by its path, ``ObjectPool/_1/WordDocument``; the storages on the way are made.
    """
    sector, free, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    folders = dict.fromkeys(path[:at] for path in streams for at, mark in enumerate(path) if mark == "/")
    paths = ["", *folders, *streams]
    directory_sectors = -(-len(paths) * 128 // sector)
    fat = [0xFFFFFFFD, *range(2, directory_sectors + 1), end]
    content = directory = b""
    for number, path in enumerate(paths):
        start, size = end, 0
        if path in streams:
            padded = streams[path].ljust(4096, b"\0")
            start, size = len(fat), len(padded)
            fat += [*range(start + 1, start + size // sector), end]
            content += padded
        kind = 2 if path in streams else 1 if path else 5
        directory += _directory_entry(number, paths, kind).ljust(116, b"\0") + struct.pack("<IQ", start, size)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<IIIIIIII", 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    return header + table + directory.ljust(directory_sectors * sector, b"\0") + content


def _directory_entry(number: int, paths: list[str], kind: int) -> bytes:
    """The name and the links of an entry: siblings as a chain to the right, the first of them the child."""
    free = 0xFFFFFFFF
    parent = [None if not path else path.rpartition("/")[0] for path in paths]
    right = next((at for at in range(number + 1, len(paths)) if number and parent[at] == parent[number]), free)
    child = next((at for at in range(1, len(paths)) if kind != 2 and parent[at] == paths[number]), free)
    label = (paths[number].rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
    return label.ljust(64, b"\0") + struct.pack("<HBBIII", len(label), kind, 1, free, right, child)


def word_97(*, is_encrypted: bool = False) -> bytes:
    flags = 0x0100 if is_encrypted else 0
    return compound({"WordDocument": struct.pack("<HH6xH", 0xA5EC, 0x00C1, flags)})


SOUND: dict[str, bytes] = {
    "证照.pdf": saved_pdf(),
    "证照.ofd": zipped(ofd_entries()),
    "扫描.jpg": picture("JPEG"),
    "扫描.png": picture("PNG"),
    "扫描.tif": tiff_of_two_pages(),
    "图.gif": picture("GIF"),
    "图.bmp": picture("BMP"),
    "过程.xml": "<过程><环节>受理</环节><环节>办结</环节></过程>".encode(),
    "数据.json": '{"事项": "食品经营许可"}'.encode(),
    "说明.txt": "关于食品经营许可的说明\n".encode("gb18030"),
    "页.html": "<!DOCTYPE html><html><body><p>公示</p></body></html>".encode(),
    "批复.docx": zipped(docx_entries()),
    "申请.odt": zipped(odt_entries()),
    "录音.wav": wav(),
    "录音.mp3": mp3(),
    "包.zip": zipped({"a.txt": b"a" * 50}),
    "稿.rtf": rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0 SimSun;}}\f0 \'c9\'ea\'c7\'eb\par second}",
    "信.eml": b"From: a@example.org\r\nTo: b@example.org\r\nSubject: =?utf-8?b?6YCa55+l?=\r\nDate: Mon, 1 Jan 2024 08:00:00 +0800\r\n\r\nbody\r\n",
}
