"""The register of a format migration, form A.3 of GB/T 18894-2016 (格式转换与迁移登记表), as PDF on A4."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from jingui.formats.typesetting import compile_template


@dataclass(frozen=True, slots=True)
class RegisterForm:
    """The fields of the form in words, in its order; ``failures`` are (case, file, why) of the annex.

    ``remarks``: (what whoever uses the results should know, of how many files).
    """

    unit_name: str
    authorization: str
    department: str
    kind: str
    source: str
    target: str
    completion: str
    period: str
    operators: str
    title: str
    approval: str
    printed: str
    counts: tuple[tuple[str, str, str, int, int, int], ...]
    failures: tuple[tuple[str, str, str], ...] = ()
    remarks: tuple[tuple[str, int], ...] = ()


def register_pdf(form: RegisterForm) -> bytes:
    """Return the form as a PDF."""
    return compile_template("jingui.formats.conversion", "register.typ", data=json.dumps(asdict(form)), pdf_tags=False)
