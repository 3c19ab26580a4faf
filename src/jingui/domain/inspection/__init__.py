"""Inspection of the four properties (四性检测) in the three phases of DA/T 70."""

from __future__ import annotations

from jingui.domain.inspection.codes import FINDING_CODES
from jingui.domain.inspection.indicators import INDICATORS, InspectionPhase
from jingui.domain.inspection.inspecting import inspect, inspect_package
from jingui.domain.inspection.report import Finding, Report, report_from_dict, report_to_dict
from jingui.domain.inspection.rules import BY_IDENTIFIER, RULE_SET, RULES, RULES_OF, make_scheme
from jingui.domain.inspection.subject import InspectionContext, Rule

__all__ = [
    "BY_IDENTIFIER",
    "FINDING_CODES",
    "INDICATORS",
    "RULES",
    "RULES_OF",
    "RULE_SET",
    "Finding",
    "InspectionContext",
    "InspectionPhase",
    "Report",
    "Rule",
    "inspect",
    "inspect_package",
    "make_scheme",
    "report_from_dict",
    "report_to_dict",
]
