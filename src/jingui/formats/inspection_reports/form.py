"""The report as a form to print and sign: A4, every line with method, tool, outcome and evidence."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from jingui.formats.typesetting import compile_template


@dataclass(frozen=True, slots=True)
class FormLine:
    """One check item, in words; ``outcome`` is one of the six words, ``grave`` marks what stops."""

    number: str
    title: str
    method: str
    outcome: str
    texts: tuple[str, ...]
    tool: str
    digest: str
    evidence: str
    grave: bool = False


@dataclass(frozen=True, slots=True)
class ReportForm:
    """All that stands on the form, in words already. ``facts`` are (name, value) of its head, ``counts`` of its result."""

    title: str
    phase: str
    verdict: str
    is_blocked: bool
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, tuple[FormLine, ...]], ...]
    statements: tuple[tuple[str, str, str], ...] = ()
    printed: str = ""


def report_pdf(form: ReportForm) -> bytes:
    """Return the form as a PDF on A4; the heads are repeated on every page."""
    return compile_template(
        "jingui.formats.inspection_reports", "report.typ", data=json.dumps(asdict(form)), pdf_tags=False
    )
