"""A list of steps is checked whole: every problem of every step is told at once, with its place in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jingui.domain.capture.messages import StepMessage
from jingui.domain.errors import Invalid, Problem

MAX_STEPS = 500


def check_steps(raw: Any, *, check: Callable[[object], StepMessage]) -> tuple[StepMessage, ...]:  # noqa: ANN401
    """Return the checked steps.

    Raises:
        Invalid: with the problems of all steps, or if one key stands twice with different contents.
    """
    rows = raw.get("steps") if isinstance(raw, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_STEPS:
        raise Invalid((Problem("steps", "steps_malformed", {"most": str(MAX_STEPS)}),))
    problems: list[Problem] = []
    messages: dict[str, StepMessage] = {}
    for place, row in enumerate(rows):
        try:
            message = check(row)
        except Invalid as invalid:
            problems += [replace(p, location=f"steps[{place}].{p.location}") for p in invalid.problems]
            continue
        if messages.setdefault(message.step_key, message) != message:
            problems.append(Problem(f"steps[{place}].step_key", "step_key_twice", {"step_key": message.step_key}))
    if problems:
        raise Invalid(tuple(problems))
    return tuple(messages.values())
