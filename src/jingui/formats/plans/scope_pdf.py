"""The scope-and-retention table (归档范围与保管期限表) as the form that is submitted for approval."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from jingui.formats.typesetting import compile_template


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One row of the form, already in words. ``periods``: in which cases, how long, why."""

    number: int
    item_name: str
    item_code: str
    scope: tuple[tuple[str, str], ...]
    periods: tuple[tuple[str, str, str], ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class ScopeForm:
    """The head and foot of the form: whose it is, which version, and what was said of it."""

    agency: str
    fonds: str
    version: str
    state: str
    effective_on: str
    printed_on: str
    opinion: str
    document_number: str
    examiner: str
    examined_on: str


def scope_pdf(form: ScopeForm, lines: Iterable[ScopeLine]) -> bytes:
    """Return the form as a PDF on landscape A4; the heads are repeated on every page."""
    data = {"form": asdict(form), "lines": [asdict(line) for line in lines]}
    return compile_template("jingui.formats.plans", "scope_table.typ", data=json.dumps(data), pdf_tags=False)
