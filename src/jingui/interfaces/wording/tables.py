"""The tables of words, by kind of code: code → (Chinese, English)."""

from __future__ import annotations

from jingui.interfaces.wording.errors import ERRORS
from jingui.interfaces.wording.findings import FINDINGS
from jingui.interfaces.wording.labels import LABELS
from jingui.interfaces.wording.problems import PROBLEMS
from jingui.interfaces.wording.rules import RULES
from jingui.interfaces.wording.topics import TOPICS

TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "findings": FINDINGS,
    "rules": RULES,
    "topics": TOPICS,
    **LABELS,
}
