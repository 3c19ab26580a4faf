"""Conversions of formats (格式转换) as facts: by what a file was converted, and how before and after compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Comparison:
    """Before against after.

    ``pages`` (before, after), ``None``: not told by the reader. ``text_kept``: share of the characters of the original,
    spaces aside, that stand in the result, in ten-thousandths; ``None``: the original has no text. ``sizes``: the pictures
    as ``width×height``, (before, after), empty where there are none. ``are_pixels_same``: every picture was taken out again
    and compared pixel by pixel. ``is_readable``: our reader opened the result; ``faults``: what it, or the structural check
    of PDF/A, found wrong with it. ``remarks``: what whoever uses the result should know of it, as codes: features of the
    original that did not come along, ``tracked_changes``, ``values_not_stored``, ``values_not_compared`` and
    ``text_not_compared``.
    """

    pages: tuple[int | None, int | None]
    text_kept: int | None
    sizes: tuple[tuple[str, ...], tuple[str, ...]]
    are_pixels_same: bool | None
    is_readable: bool
    faults: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversionFact:
    """How a file in a package came of another one: tool with its version, formats, and digest of what it was made from."""

    converter: str
    converter_version: str
    source_format: str
    source_sha256: str
    target_format: str
    comparison: Comparison
    migration: str


def comparison_to_dict(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values."""
    return {
        "pages": list(comparison.pages),
        "text_kept": comparison.text_kept,
        "sizes": [list(sizes) for sizes in comparison.sizes],
        "are_pixels_same": comparison.are_pixels_same,
        "is_readable": comparison.is_readable,
        "faults": list(comparison.faults),
        "remarks": list(comparison.remarks),
    }


def comparison_from_dict(told: Mapping[str, Any]) -> Comparison:
    """Read what ``comparison_to_dict`` wrote."""
    before, after = told["sizes"]
    return Comparison(
        pages=(told["pages"][0], told["pages"][1]),
        text_kept=told["text_kept"],
        sizes=(tuple(before), tuple(after)),
        are_pixels_same=told["are_pixels_same"],
        is_readable=told["is_readable"],
        faults=tuple(told["faults"]),
        remarks=tuple(told.get("remarks", ())),
    )
