"""Giving files to materials across a whole case: the surest first, each material no more than it may have."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence

from jingui.domain.records.facts import MaterialRule

Likeness = dict[int, float]
"""How likely each material is meant, by its place in the plan; 0..1."""


def ranked(merged: Likeness) -> list[tuple[int, float]]:
    """Return materials by likeness, the likeliest first; of equals the first of the plan."""
    return sorted(merged.items(), key=lambda pair: (-pair[1], pair[0]))


def assigned(
    merged: Sequence[Likeness], materials: Sequence[MaterialRule], filled: dict[str, int], *, taken: float
) -> list[tuple[int, float] | None]:
    """Give each file its best material that has room, the surest file first; ``None`` where nothing spoke.

    ``filled`` counts the files that materials have already and is changed; ``taken`` is the share that is left of the
    likeness of a material once it has one.
    """
    options = [ranked(values) for values in merged]
    given: list[tuple[int, float] | None] = [None] * len(options)
    tried = [0] * len(options)
    waiting = [(-found[0][1], file) for file, found in enumerate(options) if found]
    heapq.heapify(waiting)
    while waiting:
        value, file = heapq.heappop(waiting)
        position, likeness = options[file][tried[file]]
        room = _room(materials[position], filled, likeness, taken)
        if room >= -value or _is_best(room, options[file], tried[file]):
            given[file] = (position, likeness)
            filled[materials[position].code] = filled.get(materials[position].code, 0) + 1
            continue
        tried[file] += 1
        if tried[file] < len(options[file]):
            heapq.heappush(waiting, (-options[file][tried[file]][1], file))
    return given


def _room(rule: MaterialRule, filled: Mapping[str, int], likeness: float, taken: float) -> float:
    """Return the likeness that is left of a material once others have been given to it."""
    count = filled.get(rule.code, 0)
    if rule.max_count is not None and count >= rule.max_count:
        return 0.0
    return likeness * taken if count else likeness


def _is_best(room: float, options: list[tuple[int, float]], at: int) -> bool:
    """Say whether what is left here is still more than the next option would give; a full material never is."""
    following = options[at + 1][1] if at + 1 < len(options) else 0.0
    return room > 0 and room >= following
