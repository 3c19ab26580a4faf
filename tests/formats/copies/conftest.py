from __future__ import annotations

from datetime import date
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pikepdf import Array, Dictionary, Name

from jingui.formats.copies import CopyStamp, make_copy

STAMP = CopyStamp(
    copy_number="YZ-FB-2025-0018842",
    issuer="云泽市政务服务中心档案室",
    purpose="入职云泽市第一人民医院",
    receiver="云泽市第一人民医院人事科",
    issued_on=date(2025, 11, 21),
    expires_on=date(2025, 12, 21),
    verify_url="http://127.0.0.1:8000/v/k3J9sdQ2mX7aLw0pZt4u",
)
A_LINE = b"0 g 60 700 300 2 re f"


@pytest.fixture
def stamp():
    return STAMP


@pytest.fixture
def pdf_file(tmp_path):
    """Write a PDF of pages given as (content, page entries); ``change`` may alter the document before it is saved."""

    def write(*pages, change=None, name="source.pdf", **saving):
        with pikepdf.new() as pdf:
            for content, entries in pages or ((A_LINE, {}),):
                keys = {"MediaBox": Array([0, 0, 595, 842]), "Resources": Dictionary(), **entries}
                page = Dictionary(Type=Name.Page, Contents=pdf.make_stream(content), **keys)
                pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
            if change:
                change(pdf)
            pdf.save(tmp_path / name, **saving)
        return tmp_path / name

    return write


class Copy:
    """A copy that was made, as its reader sees it."""

    def __init__(self, result, data):
        self.result, self.data = result, data

    def picture(self, page=0, *, dpi=72):
        with pypdfium2.PdfDocument(self.data) as document:
            return document[page].render(scale=dpi / 72).to_pil().convert("RGB")

    def codes(self, page=0):
        return [code.text for code in zxingcpp.read_barcodes(self.picture(page, dpi=150))]

    def text(self, page=0):
        with pypdfium2.PdfDocument(self.data) as document:
            return document[page].get_textpage().get_text_range()

    def plain(self):
        """Return all bytes with every stream unpacked that can be."""
        out = BytesIO()
        with pikepdf.open(BytesIO(self.data)) as pdf:
            modes = {"stream_decode_level": pikepdf.StreamDecodeLevel.all, "compress_streams": False}
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, **modes)
        return out.getvalue()


@pytest.fixture
def copy_of(stamp):
    def make(source, format_name="pdf", **more):
        out = BytesIO()
        result = make_copy(source, format_name, out=out, **{"stamp": stamp, **more})
        return Copy(result, out.getvalue())

    return make
