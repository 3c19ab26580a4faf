"""Rules of the catalogue, annotations, forms, optional content, embedded files, structure and permissions."""

from __future__ import annotations

import re
from decimal import Decimal

import pikepdf

from jingui.formats.reading.pdf_names import keys_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of

ANNOTATIONS_1 = frozenset(
    ("Text", "Link", "FreeText", "Line", "Square", "Circle", "Highlight", "Underline", "Squiggly", "StrikeOut", "Stamp",
     "Ink", "Popup", "Widget", "PrinterMark", "TrapNet")
)  # fmt: skip
ANNOTATIONS_2 = ANNOTATIONS_1 | {"Polygon", "PolyLine", "Caret", "FileAttachment", "Watermark", "Redact"}
INVISIBLE, HIDDEN, PRINT, NO_VIEW, TOGGLE = 1, 2, 4, 32, 256
LANGUAGE = re.compile(r"(?:[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)?")
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
    if "/OCProperties" in root:
        checked.fault("6.1.13", "", "optional content")
        _check_layers(checked, dictionary(root.get("/OCProperties")))
    if bool(root.get("/NeedsRendering", False)):
        checked.fault("", "6.4.2", "NeedsRendering")
    _check_names(checked, dictionary(root.get("/Names")))
    _check_permissions(checked, dictionary(root.get("/Perms")))
    _check_form(checked, dictionary(root.get("/AcroForm")))
    if checked.claim.level == "a":
        _check_structure(checked, root)


def _check_names(checked: Checked, names: Node) -> None:
    if names is None:
        return
    if "/EmbeddedFiles" in names:
        checked.fault("6.1.11", "", "embedded files")
    for key in ("/JavaScript",):
        if key in names:
            checked.fault("6.6.1", "6.5.1", "document scripts")
    if "/AlternatePresentations" in names:
        checked.fault("", "6.10", "alternate presentations")


def _check_permissions(checked: Checked, permissions: Node) -> None:
    if permissions is not None and set(keys_of(permissions)) - {"/UR3", "/DocMDP"}:
        checked.fault("", "6.1.12", "a permission other than UR3 and DocMDP")


def _check_layers(checked: Checked, properties: Node) -> None:
    if properties is None:
        return
    configurations = [dictionary(properties.get("/D"))]
    more = properties.get("/Configs")
    if isinstance(more, pikepdf.Array):
        configurations += [dictionary(one) for one in more]
    known = [one for one in configurations if one is not None]
    names = [str(one.get("/Name", "")) for one in known]
    if "" in names or len(set(names)) != len(names):
        checked.fault("", "6.9", "a configuration of optional content without a name of its own")
    if any("/AS" in one for one in known):
        checked.fault("", "6.9", "optional content that switches by itself")


def _check_form(checked: Checked, form: Node) -> None:
    if form is None:
        return
    if bool(form.get("/NeedAppearances", False)):
        checked.fault("6.9", "6.4.1", "NeedAppearances")
    if "/XFA" in form:
        checked.fault("", "6.4.2", "an XFA form")


def check_annotations(checked: Checked) -> None:
    """Check every annotation of every page, and the pages' own triggers."""
    room = MAX_NODES
    for page in checked.pdf.pages:
        if "/AA" in page.obj:
            checked.fault("", "6.5.2", "AA in a page")
        if "/PresSteps" in page.obj:
            checked.fault("", "6.10", "presentation steps")
        annotations = page.obj.get("/Annots")
        for one in annotations if isinstance(annotations, pikepdf.Array) else ():
            room -= 1
            found = dictionary(one)
            if found is not None and room > 0:
                _check_annotation(checked, found)


def _check_annotation(checked: Checked, annotation: Node) -> None:
    kind = name_of(annotation.get("/Subtype"))
    if kind not in (ANNOTATIONS_1 if checked.claim.is_first else ANNOTATIONS_2):
        checked.fault("6.5.2", "6.3.1", f"an annotation {kind[:30]}")
    _check_flags(checked, annotation, kind)
    opacity = annotation.get("/CA")
    if isinstance(opacity, int | Decimal) and opacity != 1:
        checked.fault("6.5.3", "", "an annotation with an opacity below 1")
    if kind == "Widget":
        if "/AA" in annotation:
            checked.fault("6.6.2", "6.4.1", "AA in a field")
        if "/A" in annotation:
            checked.fault("", "6.4.1", "an action in a field")
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
        if kind not in ("Popup", "Link") and not _is_pointlike(annotation.get("/Rect")):
            checked.fault("6.9" if kind == "Widget" else "", "6.3.3", "an annotation without an appearance")
        return
    is_button = kind == "Widget" and name_of(annotation.get("/FT")) == "Btn"
    if is_button == isinstance(appearance.get("/N"), pikepdf.Stream):
        checked.fault("6.5.3", "6.3.3", "an appearance that is a stream for a button, or none for another annotation")
    if set(keys_of(appearance)) - {"/N"}:
        checked.fault("6.5.3", "6.3.3", "an appearance other than the normal one")


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
    language = root.get("/Lang")
    if language is not None and not LANGUAGE.fullmatch(str(language)):
        checked.fault("6.8.4", "6.7.4", "a language code that is none")
    roles = dictionary(tree.get("/RoleMap"))
    mapped = {key[1:]: name_of(roles.get(key)) for key in keys_of(roles)} if roles is not None else {}
    _check_roles(checked, tree, mapped)


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
        if not _is_standard(name_of(found.get("/S")), mapped):
            checked.fault("6.8.3.4", "6.7.3.4", "a structure type that leads to no standard one")
        language = found.get("/Lang")
        if language is not None and not LANGUAGE.fullmatch(str(language)):
            checked.fault("6.8.4", "6.7.4", "a language code that is none")


def _is_standard(role: str, mapped: dict[str, str]) -> bool:
    seen: set[str] = set()
    while role not in STRUCTURE:
        if role in seen or role not in mapped:
            return False
        seen.add(role)
        role = mapped[role]
    return True


def check_files(checked: Checked) -> None:
    """Check file specifications with embedded files."""
    for one in checked.pdf.objects:
        found = dictionary(one)
        if found is None or "/EF" not in found:
            continue
        checked.fault("6.1.11", "", "an embedded file")
        if "/F" not in found or "/UF" not in found:
            checked.fault("", "6.8", "an embedded file without both names")
        if checked.claim.part == 3:  # noqa: PLR2004 - PDF/A-3 alone
            _check_embedded(checked, found)


def _check_embedded(checked: Checked, specification: Node) -> None:
    if "/AFRelationship" not in specification:
        checked.fault("", "6.8", "an embedded file without AFRelationship")
    files = dictionary(specification.get("/EF"))
    stream = dictionary(files.get("/F")) if files is not None else None
    if stream is not None and "/" not in name_of(stream.get("/Subtype")).replace("#2F", "/"):
        checked.fault("", "6.8", "an embedded file without a MIME type")
