"""What pages, forms and appearances paint with: operators, and the fonts, states, pictures and colours they use.

Only what is used is held against the claim; a font or a picture that lies unused in the file contradicts nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of, names_of
from jingui.formats.reading.pdfa.colour_rules import Output, check_device, check_space, is_transparent
from jingui.formats.reading.pdfa.file_rules import check_strings
from jingui.formats.reading.pdfa.font_rules import check_font
from jingui.formats.reading.pdfa.object_rules import INTENTS, check_form, check_group, check_picture, check_state

PAINTING = {"rg": "RGB ", "RG": "RGB ", "k": "CMYK", "K": "CMYK", "g": "", "G": ""}
SHOWING = frozenset(("Tj", "TJ", "'", '"'))
OPERATORS = frozenset(
    [
        "b",
        "B",
        "b*",
        "B*",
        "BDC",
        "BI",
        "BMC",
        "BT",
        "BX",
        "c",
        "cm",
        "CS",
        "cs",
        "d",
        "d0",
        "d1",
        "Do",
        "DP",
        "EI",
        "EMC",
        "ET",
        "EX",
        "f",
        "F",
        "f*",
        "G",
        "g",
        "gs",
        "h",
        "i",
        "ID",
        "j",
        "J",
        "K",
        "k",
        "l",
        "m",
        "M",
        "MP",
        "n",
        "q",
        "Q",
        "re",
        "RG",
        "rg",
        "ri",
        "s",
        "S",
        "SC",
        "sc",
        "SCN",
        "scn",
        "sh",
        "T*",
        "Tc",
        "Td",
        "TD",
        "Tf",
        "Tj",
        "TJ",
        "TL",
        "Tm",
        "Tr",
        "Ts",
        "Tw",
        "Tz",
        "v",
        "w",
        "W",
        "W*",
        "y",
        "'",
        '"',
    ]
) | {"INLINE IMAGE"}
INVISIBLE_TEXT = 3
MAX_PAGES, MAX_STREAM_BYTES, MAX_NESTING, MAX_DEPTH = 200, 4 * 1024**2, 28, 12
INLINE = re.compile(rb"\bID\s.*?\sEI\b", re.DOTALL)


@dataclass(slots=True)
class _Walk:
    """Where a walk through content stands: whose resources count, what the output intent gives, what was seen."""

    checked: Checked
    output: Output
    resources: Node = None
    depth: int = 0
    nesting: int = 0
    font: Node = None
    text_mode: int = 0
    is_transparent: bool = False
    seen: set[tuple[int, int]] = field(default_factory=set)

    def named(self, kind: str, name: object) -> Node:
        known = dictionary(self.resources.get(kind)) if self.resources is not None else None
        return known.get(str(name)) if known is not None and isinstance(name, pikepdf.Name) else None

    def is_new(self, found: Node) -> bool:
        if found.objgen in self.seen:
            return False
        if found.is_indirect:
            self.seen.add(found.objgen)
        return True


def check_painting(checked: Checked) -> None:
    """Walk the pages and the appearances of their annotations."""
    output = Output.of(checked)
    walk = _Walk(checked, output)
    for number, page in enumerate(checked.pdf.pages):
        if number >= MAX_PAGES:
            return
        walk.resources, walk.is_transparent = _resources(page.obj), False
        check_group(checked, page.obj)
        _walk_content(walk, page.obj)
        group = dictionary(page.obj.get("/Group"))
        if walk.is_transparent and output.space is None and (group is None or "/CS" not in group):
            checked.fault("", "6.2.10", "transparency on a page without a blending colour space or an output intent")
        for appearance in _appearances(page.obj):
            _walk_form(walk, appearance)


def _resources(page: Node) -> Node:
    node = page
    for _ in range(50):
        if node is None:
            return None
        if "/Resources" in node:
            return dictionary(node.get("/Resources"))
        node = dictionary(node.get("/Parent"))
    return None


def _appearances(page: Node) -> Iterator[Node]:
    annotations = page.get("/Annots")
    for one in annotations if isinstance(annotations, pikepdf.Array) else ():
        found = dictionary(one)
        states = dictionary(found.get("/AP")) if found is not None else None
        normal = states.get("/N") if states is not None else None
        if isinstance(normal, pikepdf.Stream):
            yield normal
        elif isinstance(normal, pikepdf.Dictionary):
            yield from (normal.get(key) for key in keys_of(normal) if isinstance(normal.get(key), pikepdf.Stream))


def _walk_form(walk: _Walk, form: Node) -> None:
    if walk.depth >= MAX_DEPTH or not walk.is_new(form):
        return
    check_form(walk.checked, form)
    check_group(walk.checked, form)
    kept = walk.resources, walk.nesting, walk.font, walk.text_mode
    walk.resources, walk.nesting, walk.font, walk.text_mode = (
        dictionary(form.get("/Resources")) or walk.resources,
        0,
        None,
        0,
    )
    walk.depth += 1
    _walk_content(walk, form)
    walk.depth -= 1
    walk.resources, walk.nesting, walk.font, walk.text_mode = kept


def _walk_content(walk: _Walk, holder: Node) -> None:
    for operator, operands in _instructions(walk, holder):
        if operator not in OPERATORS:
            walk.checked.fault("6.2.10", "6.2.2", f"an unknown operator {operator[:10]}")
        elif operator in PAINTING:
            check_device(walk.checked, PAINTING[operator], walk.resources, walk.output)
        elif operator in SHOWING:
            _show_text(walk)
        elif operands and operator in ACTS:
            ACTS[operator](walk, operands)
        elif operator in ("q", "Q"):
            _nest(walk, 1 if operator == "q" else -1)


def _instructions(walk: _Walk, holder: Node) -> Iterator[tuple[str, list[Node]]]:
    content = holder if isinstance(holder, pikepdf.Stream) else holder.get("/Contents")
    streams = (
        [one for one in content if isinstance(one, pikepdf.Stream)] if isinstance(content, pikepdf.Array) else [content]
    )
    if not all(isinstance(one, pikepdf.Stream) for one in streams) or not streams:
        return
    try:
        whole = b"\n".join(one.read_bytes() for one in streams)
        if len(whole) > MAX_STREAM_BYTES:
            return
        check_strings(walk.checked, INLINE.sub(b"", whole))
        for found in pikepdf.parse_content_stream(holder if not isinstance(holder, pikepdf.Stream) else content):
            operator = str(found.operator)
            picture: Node = getattr(found, "iimage", None)
            yield operator, [picture] if operator == "INLINE IMAGE" else list(found.operands)
    except (pikepdf.PdfError, pikepdf.PdfParsingError, TypeError, ValueError):
        return


def _nest(walk: _Walk, step: int) -> None:
    walk.nesting += step
    if walk.nesting > MAX_NESTING:
        walk.checked.fault("6.1.12", "6.1.13", "graphics states nested deeper than 28")


def _show_text(walk: _Walk) -> None:
    if walk.font is not None and walk.text_mode != INVISIBLE_TEXT and walk.is_new(walk.font):
        check_font(walk.checked, walk.font)


def _choose_font(walk: _Walk, operands: list[Node]) -> None:
    walk.font = dictionary(walk.named("/Font", operands[0]))


def _choose_text_mode(walk: _Walk, operands: list[Node]) -> None:
    walk.text_mode = int(operands[0])


def _choose_state(walk: _Walk, operands: list[Node]) -> None:
    state = dictionary(walk.named("/ExtGState", operands[0]))
    if state is None:
        return
    check_state(walk.checked, state)
    walk.is_transparent = walk.is_transparent or is_transparent(state)
    font = state.get("/Font")
    if isinstance(font, pikepdf.Array) and len(font):
        walk.font = dictionary(font[0])


def _choose_space(walk: _Walk, operands: list[Node]) -> None:
    check_space(walk.checked, operands[0], walk.resources, walk.output)


def _choose_pattern(walk: _Walk, operands: list[Node]) -> None:
    found = walk.named("/Pattern", operands[-1])
    if isinstance(found, pikepdf.Stream):
        _walk_form(walk, found)
    elif (
        shading := dictionary(dictionary(found).get("/Shading") if dictionary(found) is not None else None)
    ) is not None:
        check_space(walk.checked, shading.get("/ColorSpace"), walk.resources, walk.output)


def _choose_intent(walk: _Walk, operands: list[Node]) -> None:
    if name_of(operands[0]) not in INTENTS:
        walk.checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")


def _paint_object(walk: _Walk, operands: list[Node]) -> None:
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
            check_space(walk.checked, found.get("/ColorSpace"), walk.resources, walk.output)


def _paint_shading(walk: _Walk, operands: list[Node]) -> None:
    shading = dictionary(walk.named("/Shading", operands[0]))
    if shading is not None:
        check_space(walk.checked, shading.get("/ColorSpace"), walk.resources, walk.output)


def _paint_inline(walk: _Walk, operands: list[Node]) -> None:
    described = getattr(operands[0], "obj", None)
    if described is None:
        return
    filters = set(names_of(described.get("/F")) + names_of(described.get("/Filter")))
    if filters & {"LZW", "LZWDecode"}:
        walk.checked.fault("6.1.10", "6.1.10", "LZW compression in a picture between operators")
    if "Crypt" in filters:
        walk.checked.fault("", "6.1.10", "a Crypt filter")
    if any(bool(described.get(key, False)) for key in ("/I", "/Interpolate")):
        walk.checked.fault("6.2.4", "6.2.8.1", "a picture with Interpolate")
    if name_of(described.get("/Intent")) not in INTENTS | {""}:
        walk.checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")
    if not any(bool(described.get(key, False)) for key in ("/IM", "/ImageMask")):
        check_space(walk.checked, described.get("/CS") or described.get("/ColorSpace"), walk.resources, walk.output)


ACTS: dict[str, Callable[[_Walk, list[Node]], None]] = {
    "Tf": _choose_font,
    "Tr": _choose_text_mode,
    "gs": _choose_state,
    "cs": _choose_space,
    "CS": _choose_space,
    "scn": _choose_pattern,
    "SCN": _choose_pattern,
    "ri": _choose_intent,
    "Do": _paint_object,
    "sh": _paint_shading,
    "INLINE IMAGE": _paint_inline,
}
