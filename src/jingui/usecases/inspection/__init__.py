"""Inspection of the four properties (四性检测): of cases before archiving, and of packages afterwards."""

from __future__ import annotations

from jingui.usecases.inspection.archiving import Bench, inspect_case

__all__ = ["Bench", "inspect_case"]
