"""Recognised lines on their way between the processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jingui.domain.capture.pages import PagePart, RecognisedLine, RecognisedText

Message = dict[str, Any]


def lines_to_message(lines: Sequence[RecognisedLine], *, is_upside_down: bool) -> Message:
    """Write lines as JSON values."""
    return {
        "lines": [[line.text, [round(side, 5) for side in line.box], round(line.confidence, 4)] for line in lines],
        "is_upside_down": is_upside_down,
    }


def text_from_message(message: Message, *, engine: str, version: str, part: PagePart) -> RecognisedText:
    """Read what ``lines_to_message`` wrote."""
    lines = tuple(RecognisedLine(text, _box(box), confidence) for text, box, confidence in message["lines"])
    return RecognisedText(lines, engine, version, part, message["is_upside_down"])


def _box(sides: Sequence[float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = sides
    return left, top, right, bottom
