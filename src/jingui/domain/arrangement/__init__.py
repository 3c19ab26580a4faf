"""Arrangement (整理): order, names and codes of a record."""

from __future__ import annotations

from jingui.domain.arrangement.arranging import (
    ARRANGEMENT_PROBLEM_CODES,
    ArrangedFile,
    arrange,
    code_fields,
    extension_of,
    get_profile,
    safe_name,
)
from jingui.domain.arrangement.profiles import PROFILES, ArrangementProfile
from jingui.domain.metadata.code_rules import (
    CODE_FIELDS,
    CODE_RULE_PROBLEMS,
    check_code_rule,
    code_scope,
    render_code,
)

__all__ = [
    "ARRANGEMENT_PROBLEM_CODES",
    "CODE_FIELDS",
    "CODE_RULE_PROBLEMS",
    "PROFILES",
    "ArrangedFile",
    "ArrangementProfile",
    "arrange",
    "check_code_rule",
    "code_fields",
    "code_scope",
    "extension_of",
    "get_profile",
    "render_code",
    "safe_name",
]
