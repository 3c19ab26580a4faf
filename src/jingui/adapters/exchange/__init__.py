"""Checking and reading packages of unknown origin in a confined process."""

from __future__ import annotations

from jingui.adapters.exchange.desk import ConfinedPackageDesk, OpenedPackage, ReadRecord

__all__ = ["ConfinedPackageDesk", "OpenedPackage", "ReadRecord"]
