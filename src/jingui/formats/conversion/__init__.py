"""Converting files of one format into another: pictures, texts and markup; and form A.3, which registers it.

The converters load libraries of pictures and pages, so they are not imported here: see ``converting`` and ``register``.
"""

from __future__ import annotations

from jingui.formats.conversion.made import Converted, NotConvertibleError

__all__ = ["Converted", "NotConvertibleError"]
