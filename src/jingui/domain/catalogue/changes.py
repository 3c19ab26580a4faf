"""Which elements of an item differ between two versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTS = ("materials", "situations", "steps", "results", "extra")
PLAN = "plan"
"""How a change of the archiving plan alone is named."""


def changed_elements(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """Name every element, list and further column that differs, in the order of the newer content.

    Both are as ``told_content`` gives them. Nothing named means that only the archiving plan differs.
    """
    old, new = _elements(before), _elements(after)
    named = [name for name in (*new, *old) if old.get(name) != new.get(name)]
    named += [name for name in _LISTS if before.get(name) != after.get(name)]
    return tuple(dict.fromkeys(named)) or (PLAN,)


def _elements(content: Mapping[str, object]) -> dict[str, object]:
    elements = content.get("elements")
    return dict(elements) if isinstance(elements, dict) else {}
