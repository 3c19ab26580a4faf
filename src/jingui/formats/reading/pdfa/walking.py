"""What is known at a place of a walk through content: graphics state, resources, marked content, and what was used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary
from jingui.formats.reading.pdfa.colorant_rules import Colorants
from jingui.formats.reading.pdfa.colour_rules import Output
from jingui.formats.reading.pdfa.document_rules import check_language
from jingui.formats.reading.pdfa.private_characters import has_private
from jingui.formats.reading.pdfa.structure_texts import Told
from jingui.formats.reading.pdfa.uses import Use


@dataclass(frozen=True, slots=True)
class State:
    """What a graphics state holds that counts here.

    ``fill_icc`` and ``stroke_icc``: an ICCBased CMYK colour space; ``fill_told`` and ``stroke_told``: a colour or colour space
    was chosen, or what is painted takes the colour of what it is painted for. Until then it is black in DeviceGray.
    """

    font: Node = None
    text_mode: int = 0
    fill_icc: bool = False
    stroke_icc: bool = False
    fill_over: bool = False
    stroke_over: bool = False
    mode: int = 0
    fill_told: bool = False
    stroke_told: bool = False


@dataclass(slots=True)
class Walk:
    """Where a walk through content stands: whose resources count, what the output intent gives, what was seen."""

    checked: Checked
    output: Output
    resources: Node = None
    is_inherited: bool = False
    depth: int = 0
    state: State = State()
    kept: list[State] = field(default_factory=list)
    marked: list[bool] = field(default_factory=list)
    is_transparent: bool = False
    seen: set[tuple[int, int]] = field(default_factory=set)
    uses: dict[object, Use] = field(default_factory=dict)
    colours: Colorants = field(default_factory=Colorants)
    told: Told = frozenset()
    place: tuple[int, int] = (0, 0)

    def named(self, kind: str, name: object) -> Node:
        """Return a resource by its name; content that borrows those around it is told."""
        known = dictionary(self.resources.get(kind)) if self.resources is not None else None
        found = known.get(name) if known is not None and isinstance(name, pikepdf.Name) else None
        if found is None and isinstance(name, pikepdf.Name):
            self.checked.fault("", "", "content that names a resource that is not there", fourth="6.2.2")
        if found is not None and self.is_inherited:
            self.checked.fault("", "6.2.2", "content that uses the resources of what it stands in")
        return found

    def change(self, **told: object) -> None:
        """Change parts of the graphics state."""
        if any(getattr(self.state, name) != value for name, value in told.items()):
            self.state = replace(self.state, **told)  # type: ignore[arg-type]

    def is_new(self, found: Node) -> bool:
        """Say whether an object is met for the first time; direct ones always are."""
        if found.objgen in self.seen:
            return False
        if found.is_indirect:
            self.seen.add(found.objgen)
        return True


def mark(walk: Walk, operands: list[Node]) -> None:
    """Marked content: whether a text is given for it, and in which language."""
    told = operands[1] if len(operands) > 1 else None
    listed = dictionary(walk.named("/Properties", told) if isinstance(told, pikepdf.Name) else told)
    number = listed.get("/MCID") if listed is not None else None
    is_told = bool(walk.told) and isinstance(number, int) and (walk.place, number) in walk.told
    walk.marked.append(is_told or (listed is not None and "/ActualText" in listed))
    if listed is not None and walk.checked.claim.is_fourth and has_private(listed.get("/ActualText")):
        walk.checked.fault("", "", "ActualText with private characters", fourth="6.2.10.8")
    if listed is not None and walk.checked.claim.level == "a":
        check_language(walk.checked, listed.get("/Lang"))


def unmark(walk: Walk) -> None:
    """Marked content ends."""
    if walk.marked:
        walk.marked.pop()


def choose_font(walk: Walk, operands: list[Node]) -> None:
    """The font of the text that follows."""
    walk.change(font=dictionary(walk.named("/Font", operands[0])))


def choose_text_mode(walk: Walk, operands: list[Node]) -> None:
    """Whether text is painted, or only there."""
    walk.change(text_mode=int(operands[0]))


def appearances(page: Node) -> Iterator[Node]:
    """Yield what the annotations of a page look like, in all their states."""
    annotations = page.get("/Annots")
    for one in annotations if isinstance(annotations, pikepdf.Array) else ():
        found = dictionary(one)
        states = dictionary(found.get("/AP")) if found is not None else None
        normal = states.get("/N") if states is not None else None
        if isinstance(normal, pikepdf.Stream):
            yield normal
        elif isinstance(normal, pikepdf.Dictionary):
            yield from (normal.get(key) for key in keys_of(normal) if isinstance(normal.get(key), pikepdf.Stream))
