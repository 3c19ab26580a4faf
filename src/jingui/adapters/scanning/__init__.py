"""Opening scans in a confined process of its own."""

from __future__ import annotations

from jingui.adapters.scanning.desk import ConfinedScanDesk

__all__ = ["ConfinedScanDesk"]
