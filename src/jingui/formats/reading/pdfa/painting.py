"""What pages, forms and appearances paint with: operators, and the fonts, states, pictures and colours they use.

Only what is used is held against the claim; a font or a picture that lies unused in the file contradicts nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import pikepdf

from jingui.formats.reading.pdf_names import values_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of, names_of
from jingui.formats.reading.pdfa.colorant_rules import check_colorants
from jingui.formats.reading.pdfa.colour_rules import (
    FAMILIES,
    Output,
    check_annotation_colours,
    check_device,
    check_space,
    is_icc_cmyk,
    is_transparent,
)
from jingui.formats.reading.pdfa.content import OPERATORS, instructions, resources_of
from jingui.formats.reading.pdfa.font_rules import check_font
from jingui.formats.reading.pdfa.glyph_rules import check_use
from jingui.formats.reading.pdfa.grouping import check_blending, enter_group, output_of
from jingui.formats.reading.pdfa.object_rules import (
    INLINE_FILTERS,
    INTENTS,
    check_form,
    check_picture,
    check_state,
)
from jingui.formats.reading.pdfa.structure_texts import told_content
from jingui.formats.reading.pdfa.used_colours import FILLING, SHOWING, STROKING, check_used
from jingui.formats.reading.pdfa.uses import Use
from jingui.formats.reading.pdfa.walking import (
    State,
    Walk,
    appearances,
    choose_font,
    choose_text_mode,
    mark,
    unmark,
)

PAINTING = {"rg": "RGB ", "RG": "RGB ", "k": "CMYK", "K": "CMYK", "g": "", "G": ""}
INVISIBLE_TEXT = 3
MAX_PAGES, MAX_NESTING, MAX_DEPTH, MAX_DRAWN = 200, 28, 12, 300
UNCOLOURED = 2


def check_painting(checked: Checked) -> None:
    """Walk the pages and the appearances of their annotations, then the fonts with what they were used for."""
    output = Output.of(checked, checked.pdf.Root)
    walk = Walk(checked, output, told=told_content(checked))
    for number, page in enumerate(checked.pdf.pages):
        if number >= MAX_PAGES:
            break
        walk.resources, is_above = resources_of(page.obj)
        walk.is_inherited = is_above or page.obj.objgen in checked.borrowing
        walk.place = page.obj.objgen
        walk.output = output_of(checked, page.obj, output)
        walk.is_transparent, walk.state, walk.kept, walk.marked = False, State(), [], []
        walk.output = enter_group(walk, page.obj, walk.resources)
        _walk_content(walk, page.obj)
        for appearance in appearances(page.obj):
            walk.state, walk.kept = State(), []
            _walk_form(walk, appearance)
        check_blending(walk, page.obj)
        check_annotation_colours(checked, page.obj, walk.output)
    for use in walk.uses.values():
        check_use(checked, use)


def _walk_form(walk: Walk, form: Node) -> None:
    if walk.depth >= MAX_DEPTH or not walk.is_new(form):
        return
    own = dictionary(form.get("/Resources"))
    check_form(walk.checked, form)
    outside = walk.output
    walk.output = enter_group(walk, form, own if own is not None else walk.resources)
    walk.is_transparent = walk.is_transparent or dictionary(form.get("/Group")) is not None
    _walk_inside(walk, form, own)
    walk.output = outside


def _walk_inside(walk: Walk, content: Node, own: Node) -> None:
    outside = walk.resources, walk.is_inherited, walk.state, walk.kept, walk.place
    if own is None:
        walk.is_inherited = True
    else:
        walk.resources = own
    walk.state, walk.kept = replace(walk.state, font=None, text_mode=0), []
    walk.place = content.objgen if "/StructParents" in content else walk.place
    walk.depth += 1
    _walk_content(walk, content)
    walk.depth -= 1
    walk.resources, walk.is_inherited, walk.state, walk.kept, walk.place = outside


def _walk_content(walk: Walk, holder: Node) -> None:
    for operator, operands in instructions(walk, holder):
        if operator not in OPERATORS:
            walk.checked.fault("6.2.10", "6.2.2", f"an unknown operator {operator[:10]}")
        elif operator in PAINTING:
            _paint_device(walk, operator)
        elif operator in SHOWING:
            _show_text(walk, operator, operands)
        elif operands and operator in ACTS:
            ACTS[operator](walk, operands)
        elif operator in BARE:
            BARE[operator](walk)
        if operator in FILLING or operator in STROKING:
            check_used(walk, operator)


def _paint_device(walk: Walk, operator: str) -> None:
    check_device(walk.checked, PAINTING[operator], walk.resources, walk.output)
    walk.change(
        **({"fill_icc": False, "fill_told": True} if operator.islower() else {"stroke_icc": False, "stroke_told": True})
    )


def _save(walk: Walk) -> None:
    walk.kept.append(walk.state)
    if len(walk.kept) > MAX_NESTING:
        walk.checked.fault("6.1.12", "6.1.13", "graphics states nested deeper than 28")


def _restore(walk: Walk) -> None:
    if walk.kept:
        walk.state = walk.kept.pop()


def _show_text(walk: Walk, operator: str, operands: list[Node]) -> None:
    font = walk.state.font
    if font is None:
        return
    is_painted = walk.state.text_mode != INVISIBLE_TEXT
    if is_painted and walk.is_new(font):
        check_font(walk.checked, font)
        _walk_glyphs(walk, font)
    key = font.objgen if font.is_indirect else id(walk.resources)
    use = walk.uses.get(key)
    if use is None:
        use = walk.uses[key] = Use.of(font)
    shown, is_told = operands[-1] if operands else None, any(walk.marked)
    for text in shown if operator == "TJ" and isinstance(shown, pikepdf.Array) else (shown,):
        if isinstance(text, pikepdf.String):
            use.add(bytes(text), is_painted=is_painted, is_told=is_told)


def _walk_glyphs(walk: Walk, font: Node) -> None:
    """The glyphs of a Type 3 font are content like any other."""
    drawn = dictionary(font.get("/CharProcs")) if name_of(font.get("/Subtype")) == "Type3" else None
    if drawn is None or walk.depth >= MAX_DEPTH:
        return
    for _, glyph in islice(values_of(drawn), MAX_DRAWN):
        if isinstance(glyph, pikepdf.Stream):
            _walk_inside(walk, glyph, dictionary(font.get("/Resources")))


def _choose_state(walk: Walk, operands: list[Node]) -> None:
    state = dictionary(walk.named("/ExtGState", operands[0]))
    if state is None:
        return
    check_state(walk.checked, state)
    walk.is_transparent = walk.is_transparent or is_transparent(state)
    font = state.get("/Font")
    if isinstance(font, pikepdf.Array) and len(font):
        walk.change(font=dictionary(font[0]))
    both = state.get("/OP", walk.state.stroke_over)
    fill = state.get("/op", both if "/OP" in state else walk.state.fill_over)
    mode = state.get("/OPM", walk.state.mode)
    walk.change(stroke_over=bool(both), fill_over=bool(fill), mode=mode if isinstance(mode, int) else 0)


def _choose_space(walk: Walk, operands: list[Node], *, key: str) -> None:
    _look_at(walk, operands[0])
    space = operands[0]
    told = (
        walk.named("/ColorSpace", space)
        if isinstance(space, pikepdf.Name) and name_of(space) not in FAMILIES
        else space
    )
    walk.change(**{f"{key}_icc": is_icc_cmyk(told), f"{key}_told": True})


def _choose_fill(walk: Walk, operands: list[Node]) -> None:
    _choose_space(walk, operands, key="fill")


def _choose_stroke(walk: Walk, operands: list[Node]) -> None:
    _choose_space(walk, operands, key="stroke")


def _look_at(walk: Walk, space: object) -> None:
    check_space(walk.checked, space, walk.resources, walk.output)
    check_colorants(walk.checked, space, walk.resources, walk.colours)


def _choose_pattern(walk: Walk, operands: list[Node]) -> None:
    found = walk.named("/Pattern", operands[-1])
    if isinstance(found, pikepdf.Stream):
        _walk_pattern(walk, found)
    elif (
        shading := dictionary(dictionary(found).get("/Shading") if dictionary(found) is not None else None)
    ) is not None:
        _look_at(walk, shading.get("/ColorSpace"))


def _walk_pattern(walk: Walk, pattern: Node) -> None:
    """A pattern begins with the state of a new page; one without colours of its own is painted in those told beside it."""
    is_coloured = pattern.get("/PaintType") != UNCOLOURED
    outside = walk.state
    walk.state = State(fill_told=not is_coloured, stroke_told=not is_coloured)
    _walk_form(walk, pattern)
    walk.state = outside


def _take_colours(walk: Walk, _operands: list[Node]) -> None:
    """A glyph that tells its box has no colours of its own (ISO 32000-1 §9.6.5)."""
    walk.change(fill_told=True, stroke_told=True)


def _choose_intent(walk: Walk, operands: list[Node]) -> None:
    if name_of(operands[0]) not in INTENTS:
        walk.checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")


def _paint_object(walk: Walk, operands: list[Node]) -> None:
    found = walk.named("/XObject", operands[0])
    if not isinstance(found, pikepdf.Stream):
        walk.checked.fault("6.2.10", "6.2.2", f"{name_of(operands[0])[:40]} is painted and not there")
        return
    if name_of(found.get("/Subtype")) != "Image":
        _walk_form(walk, found)
    elif walk.is_new(found):
        check_picture(walk.checked, found)
        walk.is_transparent = walk.is_transparent or dictionary(found.get("/SMask")) is not None
        if not bool(found.get("/ImageMask", False)):
            _look_at(walk, found.get("/ColorSpace"))


def _paint_shading(walk: Walk, operands: list[Node]) -> None:
    shading = dictionary(walk.named("/Shading", operands[0]))
    if shading is not None:
        _look_at(walk, shading.get("/ColorSpace"))


def _paint_inline(walk: Walk, operands: list[Node]) -> None:
    described = getattr(operands[0], "obj", None)
    if described is None:
        return
    filters = set(names_of(described.get("/F")) + names_of(described.get("/Filter")))
    if filters & {"LZW", "LZWDecode"}:
        walk.checked.fault("6.1.10", "6.1.10", "LZW compression in a picture between operators")
    if filters - INLINE_FILTERS - {"LZW", "LZWDecode"}:
        walk.checked.fault("", "6.1.10", "a filter that a picture between operators may not have")
    if any(bool(described.get(key, False)) for key in ("/I", "/Interpolate")):
        walk.checked.fault("6.2.4", "6.2.8.1", "a picture with Interpolate")
    if name_of(described.get("/Intent")) not in INTENTS | {""}:
        walk.checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")
    if not any(bool(described.get(key, False)) for key in ("/IM", "/ImageMask")):
        _look_at(walk, described.get("/CS") or described.get("/ColorSpace"))


ACTS: dict[str, Callable[[Walk, list[Node]], None]] = {
    "Tf": choose_font,
    "Tr": choose_text_mode,
    "gs": _choose_state,
    "cs": _choose_fill,
    "CS": _choose_stroke,
    "BDC": mark,
    "BMC": mark,
    "scn": _choose_pattern,
    "SCN": _choose_pattern,
    "ri": _choose_intent,
    "d1": _take_colours,
    "Do": _paint_object,
    "sh": _paint_shading,
    "INLINE IMAGE": _paint_inline,
}
BARE: dict[str, Callable[[Walk], None]] = {"q": _save, "Q": _restore, "EMC": unmark}
