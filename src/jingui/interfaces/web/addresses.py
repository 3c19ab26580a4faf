"""Query strings of links: tabs, chips, sort and paging are all the present address with one thing changed."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.http import QueryDict


def changed(query: QueryDict, **values: str | int | Iterable[str] | None) -> str:
    """Return the query string with these values instead; ``None`` and ``""`` drop a name. The page goes back to 1."""
    names = {name: query.getlist(name) for name in query if name != "page"}
    for name, value in values.items():
        names[name] = _listed(value)
    pairs = [(name, value) for name, found in names.items() for value in found if value]
    return f"?{urlencode(pairs)}" if pairs else "?"


def toggled(query: QueryDict, name: str, value: str) -> str:
    """Return the query string with one value of a list put in or taken out."""
    held = query.getlist(name)
    wanted = [each for each in held if each != value] if value in held else [*held, value]
    return changed(query, **{name: wanted})


# More words than anybody looks for; SQLite refuses a pattern of 50,000 bytes.
_MOST_WORDS = 200


def searched_words(query: QueryDict, name: str) -> str:
    """Return the words that an address or a form searches for, cut where nobody means them any more."""
    return str(query.get(name, "")).strip()[:_MOST_WORDS]


_MOST_DIGITS = 18  # what a 64-bit number of any database holds


def _listed(value: str | int | Iterable[str] | None) -> list[str]:
    if value is None:
        return []
    return [str(value)] if isinstance(value, str | int) else list(value)


def page_number(query: QueryDict, name: str = "page") -> int:
    """Read a page number; anything else than a number is the first page."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 1
