"""Finding the words of a code. A code without words is shown as it is, so that nothing is hidden."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from jingui.interfaces.wording.tables import TABLES


def worded(table: str, code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Return the words of a code with its values put in; values that are missing or empty show as ``—``."""
    words = TABLES.get(table, {}).get(code)
    if words is None:
        return code
    told = {name: value for name, value in params.items() if value != ""}
    return words[0 if language == "zh" else 1].format_map(defaultdict(lambda: "—", told))


def choose(words: Mapping[str, tuple[str, str]], code: str, language: str) -> str:
    """Return the words of a code without values; the code itself if it has none."""
    found = words.get(code)
    return found[0 if language == "zh" else 1] if found else code
