"""Where a page of an assembled PDF comes from, and how it is turned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jingui.domain.capture.pages import PageFacts, RecognisedText, corrected


@dataclass(frozen=True, slots=True)
class Placement:
    """A page to be put into an assembled PDF: which page of which file, how to turn it, and its recognised text."""

    path: Path
    number: int
    quarter_turns: int = 0
    skew_degrees: float = 0.0
    text: RecognisedText | None = None


def placed(path: Path, facts: PageFacts, text: RecognisedText | None = None) -> Placement:
    """Return the page as it goes into an assembled PDF: upright, with the text that was recognised on it."""
    upright = corrected(facts, text)
    return Placement(path, upright.number, upright.quarter_turns, upright.skew_degrees, text)
