"""Format migration (格式迁移): which converter is for which format, what a plan must say, and when a result is good enough.

The steps follow GB/T 18894-2016 10.2: need, risk, plan, approval, test, run, assessment, report (form A.3).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from jingui.domain.errors import Problem
from jingui.domain.records.conversions import Comparison

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from jingui.domain.records.facts import Reading


class MigrationState(StrEnum):
    """Where a migration stands."""

    PLANNED = "planned"
    TRYING = "trying"
    TRIED = "tried"
    APPROVED = "approved"
    REJECTED = "rejected"
    RUNNING = "running"
    DONE = "done"


MOVES: dict[MigrationState, frozenset[MigrationState]] = {
    MigrationState.PLANNED: frozenset({MigrationState.TRYING, MigrationState.REJECTED}),
    MigrationState.TRYING: frozenset({MigrationState.TRIED}),
    MigrationState.TRIED: frozenset({MigrationState.TRYING, MigrationState.APPROVED, MigrationState.REJECTED}),
    MigrationState.APPROVED: frozenset({MigrationState.RUNNING}),
    MigrationState.REJECTED: frozenset(),
    MigrationState.RUNNING: frozenset({MigrationState.DONE}),
    MigrationState.DONE: frozenset(),
}


class ConversionOutcome(StrEnum):
    """What became of one file."""

    CONVERTED = "converted"
    FAILED = "failed"
    SKIPPED = "skipped"


class ConverterName(StrEnum):
    """The converters; which of them are on this machine is for their adapters to say."""

    IMAGE_PDF = "image_pdf"
    TEXT_PDF = "text_pdf"
    DRAWING_PDF = "drawing_pdf"
    PICTURE = "picture"
    OFFICE = "office"


_TO_PDF = {
    ConverterName.IMAGE_PDF: ("jpeg", "png", "tiff", "gif", "bmp", "jp2"),
    ConverterName.TEXT_PDF: ("text", "xml", "json", "html"),
    ConverterName.DRAWING_PDF: ("svg",),
    ConverterName.OFFICE: ("docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt", "rtf"),
}
ROUTES: dict[tuple[str, str], ConverterName] = {
    **{(source, "pdfa"): name for name, sources in _TO_PDF.items() for source in sources},
    ("gif", "png"): ConverterName.PICTURE,
    ("bmp", "png"): ConverterName.PICTURE,
    ("jp2", "tiff"): ConverterName.PICTURE,
}
"""(format, target) → converter; a pair that is not here cannot be converted."""

_OBSTACLES = {
    "lasting": ("pdfa", "ofd", "wav", "mp3", "mp4"),
    "no_pdf_tool": ("pdf",),
    "unpack": ("zip", "rar", "7z"),
    "mail": ("eml", "x-fmt/430"),
    "unclear": ("", "ole2", "fmt/494"),
    "no_uof_tool": ("uof",),
}


def obstacle(format_name: str) -> str:
    """Say, as a code, why there is no converter for a format; ``""`` if there is one."""
    if any(source == format_name for source, _ in ROUTES):
        return ""
    return next((code for code, names in _OBSTACLES.items() if format_name in names), "no_tool")


TARGETS: tuple[str, ...] = tuple(dict.fromkeys(target for _, target in ROUTES))
WHOLE = 10_000
SAMPLE_MOST = 50
TEXT_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a result must reach: the least share of text kept, in ten-thousandths."""

    text_kept: int = 9_900


DEFAULT_BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class MigrationChoices:
    """What a person plans. ``formats``: (format, target); ``sample``: how many files of each format the trial takes.

    ``authorization``, ``department``: 管理授权 and 责任部门 of form A.3.
    """

    title: str
    formats: tuple[tuple[str, str], ...]
    reason: str
    authorization: str
    department: str
    sample: int = 3


def check_choices(choices: MigrationChoices) -> tuple[Problem, ...]:
    """Return every fault of what a person plans."""
    found = []
    for name in ("title", "reason", "authorization", "department"):
        text = getattr(choices, name)
        if not text.strip():
            found.append(Problem(name, "required"))
        elif len(text) > TEXT_LIMIT or "\0" in text:
            found.append(Problem(name, "too_long", {"limit": str(TEXT_LIMIT)}))
    if not choices.formats:
        found.append(Problem("formats", "required"))
    names = [source for source, _ in choices.formats]
    found += [Problem("formats", "repeated", {"value": name}) for name in sorted({*names}) if names.count(name) > 1]
    for source, target in choices.formats:
        if (source, target) not in ROUTES:
            found.append(Problem("formats", "no_conversion", {"format": source[:20], "target": target[:20]}))
    if not 1 <= choices.sample <= SAMPLE_MOST:
        found.append(Problem("sample", "not_in_range", {"allowed": f"1–{SAMPLE_MOST}"}))
    return tuple(found)


def may_move(state: MigrationState, to: MigrationState) -> bool:
    """Say whether the table has this move."""
    return to in MOVES[state]


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: what the reader says, its text, and the sizes of the pictures."""

    reading: Reading
    text: str
    sizes: Sequence[str] = ()


def compare(
    before: Side, after: Side, *, target: str, are_pixels_same: bool | None, remarks: Sequence[str] = ()
) -> Comparison:
    """Hold the result against the original. ``target`` is the format that was wanted, ``remarks`` what its maker says."""
    reading = after.reading
    faults = [code for code, _ in reading.defects]
    faults += [note for note in reading.notes if note.partition(":")[0] == "pdfa_fault"]
    if reading.format_name != target:
        faults.append(f"not_{target}")
    return Comparison(
        pages=(before.reading.page_count, reading.page_count),
        text_kept=text_kept(before.text, after.text),
        sizes=(tuple(before.sizes), tuple(after.sizes)),
        are_pixels_same=are_pixels_same,
        is_readable=reading.is_readable is True,
        faults=tuple(dict.fromkeys(faults)),
        remarks=tuple(dict.fromkeys((*remarks, *_remarks(before, after)))),
    )


def _remarks(before: Side, after: Side) -> tuple[str, ...]:
    noted = {note.partition(":")[0] for note in before.reading.notes}
    is_blind = bool(after.text.strip()) and not before.text.strip()
    found = (
        *((name, name in noted) for name in (*LEFT_BEHIND, TRACKED)),
        ("values_not_compared", before.reading.format_name in _SHEETS),
        ("text_not_compared", is_blind),
    )
    return tuple(code for code, is_so in found if is_so)


def text_kept(before: str, after: str) -> int | None:
    """Return the share of characters kept, in ten-thousandths, spaces aside; ``None`` if there were none."""
    told, found = Counter("".join(before.split())), Counter("".join(after.split()))
    count = told.total()
    return (told & found).total() * WHOLE // count if count else None


def shortcomings(comparison: Comparison, bounds: Bounds = DEFAULT_BOUNDS) -> tuple[str, ...]:
    """Say why a result may not stand beside the original, as codes; nothing if it may."""
    before, after = comparison.pages
    found: list[tuple[str, bool]] = [
        ("result_unreadable", not comparison.is_readable),
        ("result_faulty", bool(comparison.faults)),
        ("pages_differ", None not in (before, after) and before != after),
        ("text_lost", comparison.text_kept is not None and comparison.text_kept < bounds.text_kept),
        ("sizes_differ", comparison.sizes[0] != comparison.sizes[1]),
        ("pixels_differ", comparison.are_pixels_same is False),
    ]
    return tuple(code for code, is_so in found if is_so)


_SHEETS = frozenset(("xlsx", "xls", "ods"))
"""Their numbers are no text."""
LEFT_BEHIND: tuple[str, ...] = (
    "macros", "javascript", "attachments", "external_links", "signature", "dynamic_form", "comments",
)  # fmt: skip
"""Features noted in an original, by the codes of ``formats.reading``, that no result has: they stay in the original."""
TRACKED = "tracked_changes"
"""Changes of an original that nobody has accepted or rejected; the result shows them as changes, or as the original has it."""

SHORTCOMINGS: Collection[str] = (
    "result_unreadable", "result_faulty", "pages_differ", "text_lost", "sizes_differ", "pixels_differ",
)  # fmt: skip
