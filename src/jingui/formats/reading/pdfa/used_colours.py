"""The colours that are there when something is painted: overprinted ones, and black where none was chosen."""

from __future__ import annotations

from jingui.formats.reading.pdfa.colour_rules import check_device
from jingui.formats.reading.pdfa.walking import Walk

FILLING = frozenset(("f", "F", "f*", "B", "B*", "b", "b*", "Tj", "TJ", "'", '"'))
STROKING = frozenset(("S", "s", "B", "B*", "b", "b*"))
SHOWING = frozenset(("Tj", "TJ", "'", '"'))
FILLED_TEXT, STROKED_TEXT = (0, 2, 4, 6), (1, 2, 5, 6)


def check_used(walk: Walk, operator: str) -> None:
    """Check what a painting operator takes from the graphics state."""
    _check_overprint(walk, operator)
    _check_default(walk, operator)


def _check_default(walk: Walk, operator: str) -> None:
    """What is painted before a colour is chosen is painted in black of DeviceGray."""
    state = walk.state
    if operator in SHOWING:
        fills, strokes = state.text_mode in FILLED_TEXT, state.text_mode in STROKED_TEXT
    else:
        fills, strokes = operator in FILLING, operator in STROKING
    if (fills and not state.fill_told) or (strokes and not state.stroke_told):
        check_device(walk.checked, "", walk.resources, walk.output)
        walk.change(fill_told=state.fill_told or fills, stroke_told=state.stroke_told or strokes)


def _check_overprint(walk: Walk, operator: str) -> None:
    state = walk.state
    fills = operator in FILLING and state.fill_icc and state.fill_over
    strokes = operator in STROKING and state.stroke_icc and state.stroke_over
    if state.mode == 1 and (fills or strokes):
        walk.checked.fault("", "6.2.4.2", "overprint mode 1 with an ICC-based CMYK colour space")
