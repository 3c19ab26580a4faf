"""Splitting a batch, and what becomes of a page once it was read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jingui.domain.capture.pages import (
    PageFacts,
    PagePart,
    RecognisedLine,
    RecognisedText,
    SplitReason,
    split_pages,
)
from jingui.formats.scanning.placing import placed

SOUND = PageFacts(0, 1654, 2339, 200, True, 0, 0.0, ink_share=0.05, sharpness=0.8, brightness=250)


def batch(signs: str) -> list[PageFacts]:
    """Make a batch: ``p`` a page, ``b`` a blank one, ``s`` a separator sheet for A01, ``n`` one that names nothing."""
    kinds = {
        "p": SOUND,
        "b": replace(SOUND, ink_share=0.0),
        "s": replace(SOUND, barcodes=("JG-SEP:A01",)),
        "n": replace(SOUND, barcodes=("JG-SEP:",), ink_share=0.0),
    }
    return [replace(kinds[sign], number=number) for number, sign in enumerate(signs)]


def groups(signs: str, *, at_blank: bool = True) -> list[tuple[tuple[int, ...], str]]:
    return [(group.pages, group.material_code) for group in split_pages(batch(signs), at_blank=at_blank)]


def test_separator_sheets_open_documents_and_belong_to_none() -> None:
    assert groups("sppsp") == [((1, 2), "A01"), ((4,), "A01")]
    assert groups("ppsp") == [((0, 1), ""), ((3,), "A01")]
    assert groups("spnp") == [((1,), "A01"), ((3,), "")]


def test_blank_pages_split_only_where_wanted() -> None:
    assert groups("pbp") == [((0,), ""), ((2,), "")]
    assert groups("pbp", at_blank=False) == [((0, 1, 2), "")]


def test_blank_sheets_behind_a_separator_do_not_make_its_code_forgotten() -> None:
    assert groups("sbbpp") == [((3, 4), "A01")]


def test_documents_without_pages_are_left_out() -> None:
    assert groups("bbssnb") == []
    assert groups("") == []


def test_why_a_document_begins_is_told() -> None:
    assert [group.reason for group in split_pages(batch("pspbp"))] == [
        SplitReason.START,
        SplitReason.SEPARATOR,
        SplitReason.BLANK,
    ]


def test_a_page_read_on_its_head_is_turned_twice_more() -> None:
    lines = (RecognisedLine("申请表", (0.1, 0.1, 0.2, 0.2), 0.9),)
    text = RecognisedText(lines, "x", "1", PagePart.HEADING, is_upside_down=True)

    assert placed(Path("a.jpg"), replace(SOUND, quarter_turns=3), text).quarter_turns == 1
    assert placed(Path("a.jpg"), replace(SOUND, quarter_turns=3)).quarter_turns == 3
