"""Inspection of the four properties (四性检测) before archiving, DA/T 70 phase 归档."""

from __future__ import annotations

from jingui.domain.inspection.codes import FINDING_CODES
from jingui.domain.inspection.inspecting import inspect
from jingui.domain.inspection.report import Finding, Report, report_from_dict, report_to_dict
from jingui.domain.inspection.rules import BY_IDENTIFIER, RULE_SET, RULES
from jingui.domain.inspection.subject import InspectionContext, Rule

__all__ = [
    "BY_IDENTIFIER",
    "FINDING_CODES",
    "RULES",
    "RULE_SET",
    "Finding",
    "InspectionContext",
    "Report",
    "Rule",
    "inspect",
    "report_from_dict",
    "report_to_dict",
]
