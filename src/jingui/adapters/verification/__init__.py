"""Checking signatures and reading certificates in a confined process."""

from __future__ import annotations

from jingui.adapters.verification.desk import ConfinedSignatureDesk

__all__ = ["ConfinedSignatureDesk"]
