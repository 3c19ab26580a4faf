"""Converting files of one format into another: pictures, texts and markup; and form A.3, which registers it."""

from __future__ import annotations

from jingui.formats.conversion.converting import Converted, NotConvertibleError, convert, prepare
from jingui.formats.conversion.register import RegisterForm, register_pdf

__all__ = ["Converted", "NotConvertibleError", "RegisterForm", "convert", "prepare", "register_pdf"]
