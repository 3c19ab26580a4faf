"""Texts, markup, data, mail, archives and sound as lxml and Python's own modules write them."""

from __future__ import annotations

import io
import itertools
import json
import wave
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from lxml import etree, html

WORDS = "关于食品经营许可申请的决定，经审查符合条件。\nLicence granted, 2024.\n"


def made() -> Iterator[tuple[str, bytes]]:
    """Yield all files."""
    kinds = (_plain(), _markup(), _data(), _mail(), _archives(), _sounds())
    for number, (name, data) in enumerate(itertools.chain(*kinds)):
        yield f"{number:03}-{name}", data


def _plain() -> Iterator[tuple[str, bytes]]:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"):
        yield "说明.txt", WORDS.encode(encoding)
    yield "ascii.txt", b"plain words\r\nand more\r\n"
    yield "one.txt", b"x"
    yield "table.csv", "编号,名称\n1,许可\n2,备案\n".encode()
    yield "table.csv", "编号,名称\n1,许可\n2,备案\n".encode("gb18030")
    yield "long.txt", (WORDS * 5_000).encode()


def _markup() -> Iterator[tuple[str, bytes]]:
    root = etree.Element("过程", nsmap={"x": "urn:example"})
    for number in range(20):
        node = etree.SubElement(root, "环节", 序号=str(number))
        node.text = "受理 & <审查>"
    for encoding in ("utf-8", "utf-16", "gb18030"):
        yield "过程.xml", _encoded(root, encoding, xml_declaration=True, pretty_print=True)
    latin = etree.Element("process", step="1")
    latin.text = "受理 & <审查>"
    for encoding in ("ascii", "iso-8859-1"):
        yield "process.xml", _encoded(latin, encoding, xml_declaration=True)
    yield "bare.xml", etree.tostring(root, encoding="utf-8")
    yield "standing.xml", etree.tostring(root, encoding="utf-8", standalone=True)
    root.append(etree.Comment("注"))
    root.append(etree.ProcessingInstruction("target", "data"))
    yield "comment.xml", etree.tostring(root, encoding="utf-8")
    drawing = etree.fromstring('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
    etree.SubElement(drawing, "{http://www.w3.org/2000/svg}rect", width="5", height="5", fill="red")
    yield "图.svg", etree.tostring(drawing, encoding="utf-8", xml_declaration=True)
    page = html.document_fromstring(
        "<html><head><title>公示</title></head><body><p>内容</p><a href='/x'>更多</a></body></html>"
    )
    for encoding in ("utf-8", "gb18030"):
        yield "页.html", _encoded(page, encoding, method="html", doctype="<!DOCTYPE html>")
    yield "页.htm", etree.tostring(page, method="html", encoding="utf-8")


def _encoded(node: etree._Element, encoding: str, **options: Any) -> bytes:
    data = etree.tostring(node, encoding=encoding, **options)
    assert isinstance(data, bytes)
    return data


def _data() -> Iterator[tuple[str, bytes]]:
    value = {"事项": "食品经营许可", "份数": 3, "材料": [{"名": "申请书", "有": True}, None, 1.5e-7]}
    for options in ({}, {"indent": 2}, {"ensure_ascii": False}):
        yield "数据.json", json.dumps(value, **options).encode()
    yield "list.json", json.dumps(list(range(1_000))).encode()
    yield "deep.json", ("[" * 50 + "]" * 50).encode()


def _mail() -> Iterator[tuple[str, bytes]]:
    for has_page, has_file in itertools.product((False, True), repeat=2):
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "通知"
        message["Date"] = "Mon, 01 Jan 2024 08:00:00 +0800"
        message.set_content(WORDS)
        if has_page:
            message.add_alternative("<p>通知</p>", subtype="html")
        if has_file:
            message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="附件.pdf")
        yield "信.eml", bytes(message)


def _archives() -> Iterator[tuple[str, bytes]]:
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    for method, count in itertools.product(methods, (0, 1, 50)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for number in range(count):
                archive.writestr(f"材料/第{number}件.txt", WORDS * number)
        yield "包.zip", buffer.getvalue()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("空")
        with archive.open("large.txt", "w", force_zip64=True) as entry:
            entry.write(WORDS.encode() * 100)
    yield "zip64.zip", buffer.getvalue()


def _sounds() -> Iterator[tuple[str, bytes]]:
    for channels, width, rate in itertools.product((1, 2), (1, 2, 3, 4), (8_000, 48_000)):
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as sound:
            sound.setnchannels(channels)
            sound.setsampwidth(width)
            sound.setframerate(rate)
            sound.writeframes(bytes(channels * width * 801))
        yield "录音.wav", buffer.getvalue()
