"""Pages of a scanned batch (窗口扫描): what was measured, what is wrong with a page, and where one material ends.

What is measured comes from ``formats.scanning``; which value is bad is a choice of the installation (``QualityLimits``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

SEPARATOR_PREFIX = "JG-SEP:"
"""What the barcode of a separator sheet begins with; the code of the material that follows it may be empty."""


class PagePart(StrEnum):
    """How much of a page is recognised: its heading is enough to suggest a material and takes a fraction of the time."""

    HEADING = "heading"
    WHOLE = "whole"


class PageWarning(StrEnum):
    """What a clerk should look at before the paper goes back."""

    LOW_RESOLUTION = "low_resolution"
    SKEWED = "skewed"
    BLANK = "blank"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"


class SplitReason(StrEnum):
    """Why a document begins at a page."""

    START = "start"
    SEPARATOR = "separator"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line of text. ``box`` is left, top, right, bottom as shares (0..1) of the page; ``confidence`` 0..1."""

    text: str
    box: tuple[float, float, float, float]
    confidence: float


@dataclass(frozen=True, slots=True)
class RecognisedText:
    """What a recogniser read on a page, in reading order, and with what.

    ``is_upside_down``: the lines stand on their head, so the page wants two more quarter turns.
    """

    lines: tuple[RecognisedLine, ...]
    engine: str
    version: str
    part: PagePart = PagePart.WHOLE
    is_upside_down: bool = False

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What was measured on one page, ``number`` from 0. Measures are of the page as scanned, before it is turned.

    ``width`` and ``height`` in pixels; ``dpi`` as the file states it, or as an A4 sheet would have (``is_dpi_stated``
    false). ``quarter_turns`` clockwise and then ``skew_degrees`` clockwise make the page upright. ``ink_share``
    0..1; ``sharpness`` 0..1 (steepest edges against full contrast); ``brightness`` of the paper, 0 black to 255.
    """

    number: int
    width: int
    height: int
    dpi: int
    is_dpi_stated: bool
    quarter_turns: int
    skew_degrees: float
    ink_share: float
    sharpness: float
    brightness: int
    barcodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """Where a measured value becomes a warning; settings of the installation, no standard is claimed.

    ``dpi`` least resolution; ``skew_degrees`` most; ``ink_share`` below which a page is blank; ``sharpness`` and
    ``brightness`` least.
    """

    dpi: int = 190
    skew_degrees: float = 1.0
    ink_share: float = 0.0002
    sharpness: float = 0.28
    brightness: int = 110


DEFAULT_LIMITS = QualityLimits()


def is_blank(facts: PageFacts, *, limits: QualityLimits = DEFAULT_LIMITS) -> bool:
    """Say whether nothing is on the page; a page with a barcode is not blank."""
    return facts.ink_share < limits.ink_share and not facts.barcodes


def page_warnings(facts: PageFacts, *, limits: QualityLimits = DEFAULT_LIMITS) -> tuple[PageWarning, ...]:
    """Name what is wrong with a page. A blank page is only that: it has no lines to be skewed or blurred."""
    dark = (PageWarning.TOO_DARK,) if facts.brightness < limits.brightness else ()
    if is_blank(facts, limits=limits):
        return (PageWarning.BLANK, *dark)
    found = {
        PageWarning.LOW_RESOLUTION: facts.dpi < limits.dpi,
        PageWarning.SKEWED: abs(facts.skew_degrees) > limits.skew_degrees,
        PageWarning.BLURRED: facts.sharpness < limits.sharpness,
    }
    return (*(warning for warning, is_so in found.items() if is_so), *dark)


def separator_code(facts: PageFacts) -> str | None:
    """Return the material code on a separator sheet (``""``: none is named), ``None`` for any other page."""
    for content in facts.barcodes:
        if content.startswith(SEPARATOR_PREFIX):
            return content.removeprefix(SEPARATOR_PREFIX).strip()
    return None


@dataclass(frozen=True, slots=True)
class PageGroup:
    """Pages that belong together, by number; ``material_code`` from the separator sheet before them, or empty."""

    pages: tuple[int, ...]
    reason: SplitReason
    material_code: str = ""


def split_pages(
    pages: Iterable[PageFacts], *, at_blank: bool = True, limits: QualityLimits = DEFAULT_LIMITS
) -> tuple[PageGroup, ...]:
    """Split a batch at separator sheets and, where wanted, at blank pages.

    Separator sheets and the blank pages that split belong to no group; otherwise a blank page (a back side)
    stays where it is. Groups without pages are left out.
    """
    groups: list[PageGroup] = []
    numbers: list[int] = []
    opened = PageGroup((), SplitReason.START)
    for facts in pages:
        following = _opens(facts, at_blank=at_blank, limits=limits)
        if following is None:
            numbers.append(facts.number)
            continue
        groups.append(PageGroup(tuple(numbers), opened.reason, opened.material_code))
        # Blank sheets right behind a separator sheet must not make its code forgotten.
        if numbers or following.reason is SplitReason.SEPARATOR:
            opened = following
        numbers = []
    groups.append(PageGroup(tuple(numbers), opened.reason, opened.material_code))
    return tuple(group for group in groups if group.pages)


def _opens(facts: PageFacts, *, at_blank: bool, limits: QualityLimits) -> PageGroup | None:
    code = separator_code(facts)
    if code is not None:
        return PageGroup((), SplitReason.SEPARATOR, code)
    if at_blank and is_blank(facts, limits=limits):
        return PageGroup((), SplitReason.BLANK)
    return None


def corrected(facts: PageFacts, text: RecognisedText | None) -> PageFacts:
    """Add what reading told: a page on its head wants two more quarter turns."""
    if text is None or not text.is_upside_down:
        return facts
    return replace(facts, quarter_turns=(facts.quarter_turns + 2) % 4)
