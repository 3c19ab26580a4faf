"""Every stable code in words: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping

from jingui.domain.errors import Problem
from jingui.domain.metadata.elements import BY_IDENTIFIER
from jingui.interfaces.wording.holdings import package_text
from jingui.interfaces.wording.lookup import worded

__all__ = [
    "element_title",
    "error_text",
    "finding_text",
    "label",
    "problem_text",
    "rule_name",
    "rule_set_text",
    "topic",
]

# Times that rules name without being elements of the base information.
_TIMES = {
    "received_at": ("收件时间", "time of receipt"),
    "accepted_at": ("受理时间", "time of acceptance"),
    "promised_at": ("承诺办结时间", "promised time"),
    "closed_at": ("办结时间", "time of closure"),
}


def error_text(code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Say what an error is: what happened, that nothing was lost, what to do."""
    return worded("errors", code, params, language=language)


def problem_text(problem: Problem, *, language: str = "zh") -> str:
    """Say what is wrong with one place of an input."""
    return worded("problems", problem.code, _told(problem.params, language), language=language)


def finding_text(code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Say what an inspection found; elements and formats are named as people know them."""
    return worded("findings", code, _told(params, language), language=language)


def rule_name(name: str, *, language: str = "zh") -> str:
    """Return the name of a check item by its key."""
    return worded("rules", name, {}, language=language)


def rule_set_text(name: str) -> str:
    """Name a set of inspection rules in Chinese: what it follows, and the number of our table of it."""
    basis, _, number = name.partition(", jingui ")
    return f"{basis}，规则表第 {number} 版" if number else basis


def label(kind: str, code: str, *, language: str = "zh") -> str:
    """Return the label of one member of a closed set; the code itself if it has none, so that nothing is hidden."""
    return worded(kind, str(code), {}, language=language) if code else ""


def topic(code: str, *, language: str = "zh") -> str:
    """Say in a few characters what a finding is about."""
    return worded("topics", code, {}, language=language)


def element_title(identifier: str, *, language: str = "zh") -> str:
    """Return how people call a metadata element; a name we do not know stays as it is."""
    if identifier in _TIMES:
        return _TIMES[identifier][0 if language == "zh" else 1]
    element = BY_IDENTIFIER.get(identifier)
    return element.title if element and language == "zh" else identifier


def _told(params: Mapping[str, str], language: str) -> dict[str, str]:
    told = dict(params)
    for name in ("element", "earlier", "later", "series"):
        if name in told:
            told[name] = element_title(told[name], language=language)
    for name, kind in (("format", "format"), ("fault", "code_fault"), ("feature", "feature")):
        if told.get(name):
            told[name] = label(kind, told[name], language=language)
    if told.get("trouble"):
        known = package_text(told["trouble"], language=language)
        told["trouble"] = label("trouble", known, language=language)
    return told
