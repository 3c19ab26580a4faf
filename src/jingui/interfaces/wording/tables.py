"""The tables of words, by kind of code: code → (Chinese, English)."""

from __future__ import annotations

from jingui.interfaces.wording.backups import WORDS as BACKUPS
from jingui.interfaces.wording.catalogues import WORDS as CATALOGUES
from jingui.interfaces.wording.counter import WORDS as COUNTER
from jingui.interfaces.wording.errors import ERRORS
from jingui.interfaces.wording.findings import FINDINGS
from jingui.interfaces.wording.formats import WORDS as FORMATS
from jingui.interfaces.wording.handover import WORDS as HANDOVER
from jingui.interfaces.wording.inspection import WORDS as INSPECTION
from jingui.interfaces.wording.journal import WORDS as JOURNAL
from jingui.interfaces.wording.labels import LABELS
from jingui.interfaces.wording.migrations import WORDS as MIGRATIONS
from jingui.interfaces.wording.packages import WORDS as PACKAGES
from jingui.interfaces.wording.planning import WORDS as PLANNING
from jingui.interfaces.wording.problems import PROBLEMS
from jingui.interfaces.wording.rules import RULES
from jingui.interfaces.wording.scanning import WORDS as SCANNING
from jingui.interfaces.wording.signatures import WORDS as SIGNATURES
from jingui.interfaces.wording.sources import WORDS as SOURCES
from jingui.interfaces.wording.storage import WORDS as STORAGE
from jingui.interfaces.wording.supervision import WORDS as SUPERVISION
from jingui.interfaces.wording.themes import WORDS as THEMES
from jingui.interfaces.wording.topics import TOPICS
from jingui.interfaces.wording.works import WORDS as WORKS

_FIRST: dict[str, dict[str, tuple[str, str]]] = {
    "errors": ERRORS,
    "problems": PROBLEMS,
    "findings": FINDINGS,
    "rules": RULES,
    "topics": TOPICS,
    **LABELS,
}
# What one function brings to several tables.
_TOGETHER = (
    BACKUPS,
    CATALOGUES,
    THEMES,
    SUPERVISION,
    SOURCES,
    HANDOVER,
    COUNTER,
    PLANNING,
    SCANNING,
    FORMATS,
    INSPECTION,
    SIGNATURES,
    STORAGE,
    WORKS,
    PACKAGES,
    MIGRATIONS,
    JOURNAL,
)

TABLES: dict[str, dict[str, tuple[str, str]]] = {
    name: {code: words for tables in (_FIRST, *_TOGETHER) for code, words in tables.get(name, {}).items()}
    for name in dict.fromkeys(name for tables in (_FIRST, *_TOGETHER) for name in tables)
}
