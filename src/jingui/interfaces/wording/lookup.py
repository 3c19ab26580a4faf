"""Finding the words of a code. A code without words is shown as it is, so that nothing is hidden."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from string import Formatter

from jingui.interfaces.wording.tables import TABLES

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_AFTER, _BEFORE = re.compile(f" {_HAN.pattern}"), re.compile(f"{_HAN.pattern} $")


def worded(table: str, code: str, params: Mapping[str, str], *, language: str = "zh") -> str:
    """Return the words of a code with its values put in; values that are missing or empty show as ``—``."""
    words = TABLES.get(table, {}).get(code)
    if words is None:
        return code
    told = {name: value for name, value in params.items() if value != ""}
    if language != "zh":
        return words[1].format_map(defaultdict(lambda: "—", told))
    return _closed_up(words[0], told)


def _closed_up(words: str, told: Mapping[str, str]) -> str:
    """Put values in; the blank that sets off a number or a Latin name falls away beside a value in Chinese."""
    made = ""
    is_chinese = False
    for literal, field in _pieces(words):
        made += literal[1:] if is_chinese and _AFTER.match(literal) else literal
        if field is not None:
            value = f"{told.get(field, '—')}"
            made = made[:-1] if _BEFORE.search(literal) and _HAN.match(value) else made
            made += value
            is_chinese = bool(_HAN.match(value[-1:]))
    return made


@cache
def _pieces(words: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, field) for literal, field, _, _ in Formatter().parse(words))


def choose(words: Mapping[str, tuple[str, str]], code: str, language: str) -> str:
    """Return the words of a code without values; the code itself if it has none."""
    found = words.get(code)
    return found[0 if language == "zh" else 1] if found else code
