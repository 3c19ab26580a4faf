"""Converting files: in a confined process of our own, or by LibreOffice where the machine has it."""

from __future__ import annotations

from jingui.adapters.conversion.office import OfficeConverter
from jingui.adapters.conversion.own import OwnConverter
from jingui.adapters.conversion.workshop import Workshop

__all__ = ["OfficeConverter", "OwnConverter", "Workshop"]
