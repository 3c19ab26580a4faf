"""Restricted copies (利用副本): a PDF with watermark, terms and QR code on every page."""

from jingui.formats.copies.making import COPY_FORMATS, CopyResult, make_copy
from jingui.formats.copies.stamp import CopyStamp
from jingui.formats.copies.text import TextOriginal

__all__ = ["COPY_FORMATS", "CopyResult", "CopyStamp", "TextOriginal", "make_copy"]
