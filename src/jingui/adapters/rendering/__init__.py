"""Page images for the viewer, drawn in a confined process."""

from __future__ import annotations

from jingui.adapters.rendering.drawing import MAX_WIDTH, RENDERED_FORMATS, reading_aid_caption
from jingui.adapters.rendering.page_images import PageImages

__all__ = ["MAX_WIDTH", "RENDERED_FORMATS", "PageImages", "reading_aid_caption"]
