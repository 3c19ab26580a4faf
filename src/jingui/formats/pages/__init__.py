"""Documents that the archive makes itself: the process of a case, and data, as pages that can be read for ever."""

from __future__ import annotations

from jingui.formats.pages.making import Making, made_documents

__all__ = ["Making", "made_documents"]
