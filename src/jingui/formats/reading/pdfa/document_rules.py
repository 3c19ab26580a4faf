"""Rules of the catalogue, pages, annotations and structure."""

from __future__ import annotations

import re
from decimal import Decimal

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, is_text, name_of
from jingui.formats.reading.pdfa.clauses import ANNOTATIONS, TRIGGERS_4

INVISIBLE, HIDDEN, PRINT, NO_VIEW, TOGGLE = 1, 2, 4, 32, 256
LANGUAGE = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?")
LANGUAGE_1 = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z]{1,8})*)?")
STRUCTURE = frozenset(
    ("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
     "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD", "THead", "TBody",
     "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby", "RB", "RT", "RP",
     "Warichu", "WT", "WP", "Figure", "Formula", "Form")
)  # fmt: skip
MAX_NODES = 20_000


def check_catalogue(checked: Checked) -> None:
    """Check what hangs on the catalogue."""
    root = checked.pdf.Root
    if "/AA" in root:
        checked.fault("6.6.2", "6.5.2", "AA in the catalogue")
        check_triggers(checked, root)
    if "/Requirements" in root:
        checked.fault("", "6.11", "requirements of the document")
    if bool(root.get("/NeedsRendering", False)):
        checked.fault("", "6.4.2", "NeedsRendering")
    _check_names(checked, dictionary(root.get("/Names")))
    if checked.claim.level == "a":
        _check_structure(checked, root)


def _check_names(checked: Checked, names: Node) -> None:
    if names is None:
        return
    if "/EmbeddedFiles" in names:
        checked.fault("6.1.11", "", "embedded files")
    for key in ("/JavaScript",):
        if key in names:
            checked.fault("6.6.1", "6.5.1", "document scripts", fourth="")
    if "/AlternatePresentations" in names:
        checked.fault("", "6.10", "alternate presentations")


def check_annotations(checked: Checked) -> None:
    """Check every annotation of every page, and the pages' own triggers."""
    room = MAX_NODES
    for page in checked.pdf.pages:
        if "/AA" in page.obj:
            checked.fault("", "6.5.2", "AA in a page")
            check_triggers(checked, page.obj)
        if "/PresSteps" in page.obj:
            checked.fault("", "6.10", "presentation steps")
        annotations = page.obj.get("/Annots")
        for one in annotations if isinstance(annotations, pikepdf.Array) else ():
            room -= 1
            found = dictionary(one)
            if found is not None and room > 0:
                _check_annotation(checked, found)


def check_triggers(checked: Checked, holder: Node) -> None:
    """Part 4 allows actions that the pointer and the focus trigger, and no others (6.6.3)."""
    triggers = dictionary(holder.get("/AA"))
    if triggers is not None and set(keys_of(triggers)) - TRIGGERS_4:
        checked.fault("", "", "an action that something else than pointer or focus triggers", fourth="6.6.3")


def _check_annotation(checked: Checked, annotation: Node) -> None:
    kind = name_of(annotation.get("/Subtype"))
    if kind not in ANNOTATIONS[checked.claim.kind]:
        checked.fault("6.5.2", "6.3.1", f"an annotation {kind[:30]}")
    _check_flags(checked, annotation, kind)
    opacity = annotation.get("/CA")
    if isinstance(opacity, int | Decimal) and opacity != 1:
        checked.fault("6.5.3", "", "an annotation with an opacity below 1")
    if kind == "Widget":
        if "/AA" in annotation:
            checked.fault("6.6.2", "6.4.1", "AA in a field", fourth="")
        if "/A" in annotation:
            checked.fault("6.6.1", "6.4.1", "an action in a field")
    else:
        check_triggers(checked, annotation)
    _check_appearance(checked, annotation, kind)


def _check_flags(checked: Checked, annotation: Node, kind: str) -> None:
    flags = annotation.get("/F")
    if kind == "Popup" and flags is None and not checked.claim.is_first:
        return
    if not isinstance(flags, int):
        checked.fault("6.5.3", "6.3.2", "an annotation without flags")
        return
    forbidden = HIDDEN | INVISIBLE | NO_VIEW | (0 if checked.claim.is_first else TOGGLE)
    if not flags & PRINT or flags & forbidden:
        checked.fault("6.5.3", "6.3.2", "an annotation that does not print or does not show")


def _check_appearance(checked: Checked, annotation: Node, kind: str) -> None:
    appearance = dictionary(annotation.get("/AP"))
    if appearance is None:
        if kind not in ("Popup", "Link", "Projection") and not _is_pointlike(annotation.get("/Rect")):
            checked.fault("6.9" if kind == "Widget" else "", "6.3.3", "an annotation without an appearance")
        return
    is_button = kind == "Widget" and _field_type(annotation) == "Btn"
    if set(keys_of(appearance)) == {"/N"} and is_button == isinstance(appearance.get("/N"), pikepdf.Stream):
        checked.fault("6.5.3", "6.3.3", "an appearance that is a stream for a button, or none for another annotation")
    if set(keys_of(appearance)) - {"/N"}:
        checked.fault("6.5.3", "6.3.3", "an appearance other than the normal one")


def _field_type(widget: Node) -> str:
    """A part of a field has the type of the whole."""
    node = widget
    for _ in range(20):
        if node is None:
            break
        if "/FT" in node:
            return name_of(node.get("/FT"))
        node = dictionary(node.get("/Parent"))
    return ""


def _is_pointlike(rectangle: object) -> bool:
    if not isinstance(rectangle, pikepdf.Array) or len(rectangle) != 4:  # noqa: PLR2004
        return False
    left, bottom, right, top = list(rectangle)
    return bool(left == right and bottom == top)


def _check_structure(checked: Checked, root: Node) -> None:
    """Level A asks for tagged PDF."""
    marks = dictionary(root.get("/MarkInfo"))
    if marks is None or not bool(marks.get("/Marked", False)):
        checked.fault("6.8.2.2", "6.7.2.2", "not marked as tagged")
    tree = dictionary(root.get("/StructTreeRoot"))
    if tree is None:
        checked.fault("6.8.3.3", "6.7.3.3", "no structure tree")
        return
    check_language(checked, root.get("/Lang"))
    roles = dictionary(tree.get("/RoleMap"))
    mapped = {key[1:]: name_of(roles.get(key)) for key in keys_of(roles)} if roles is not None else {}
    if any(role in STRUCTURE and mapped[role] not in STRUCTURE for role in mapped):
        checked.fault("", "6.7.3.4", "a standard structure type that is mapped to another")
    _check_roles(checked, tree, mapped)


def check_language(checked: Checked, language: object) -> None:
    """Check a language code, where there is one."""
    if language is None:
        return
    told = str(language) if isinstance(language, pikepdf.String) else "?"
    if not (LANGUAGE_1 if checked.claim.is_first else LANGUAGE).fullmatch(told):
        checked.fault("6.8.4", "6.7.4", "a language code that is none")


def _check_roles(checked: Checked, tree: Node, mapped: dict[str, str]) -> None:
    waiting = [tree.get("/K")]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += list(node)
            continue
        found = dictionary(node)
        if found is None or "/S" not in found:
            continue
        waiting.append(found.get("/K"))
        if not is_text(found.get("/S")):
            checked.fault("", "6.1.8", "the name of a structure type is not UTF-8")
        if not _is_standard(name_of(found.get("/S")), mapped):
            checked.fault("6.8.3.4", "6.7.3.4", "a structure type that leads to no standard one")
        check_language(checked, found.get("/Lang"))


def _is_standard(role: str, mapped: dict[str, str]) -> bool:
    seen: set[str] = set()
    while role not in STRUCTURE:
        if role in seen or role not in mapped:
            return False
        seen.add(role)
        role = mapped[role]
    return True
