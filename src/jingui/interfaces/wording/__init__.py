"""Every stable code in words: Chinese first, English beside it."""

from __future__ import annotations

from collections.abc import Mapping

from jingui.domain.errors import Problem
from jingui.interfaces.wording.lookup import worded

__all__ = ["error_text", "finding_text", "holdings_text", "package_text", "problem_text"]


def error_text(code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Say what an error is: what happened, that nothing was lost, what to do."""
    return worded("errors", code, params, language=language)


def problem_text(problem: Problem, *, language: str = "zh") -> str:
    """Say what is wrong with one place of an input."""
    return worded("problems", problem.code, problem.params, language=language)


def finding_text(code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Say what an inspection found."""
    return worded("findings", code, params, language=language)


def holdings_text(code: str, *, language: str = "zh") -> str:
    """Say what verification found."""
    return worded("holdings", code, {}, language=language)


def package_text(code: str, *, language: str = "zh") -> str:
    """Say what the check of a package found."""
    return worded("packages", code, {}, language=language)
