"""What a PDF carries besides pages: scripts, actions, attachments, signatures, form fields."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

from jingui.formats.reading.pdf_names import name_text, values_of
from jingui.formats.reading.source import Outcome

MAX_ANNOTATIONS = 20_000
ACTIONS = {
    "JavaScript": "javascript",
    "Launch": "launch_action",
    "GoToR": "external_links",
    "ImportData": "external_links",
    "SubmitForm": "external_links",
    "Rendition": "multimedia",
    "Movie": "multimedia",
    "Sound": "multimedia",
}
MULTIMEDIA = frozenset(("Movie", "Screen", "Sound", "3D", "RichMedia"))


def note_active_content(pdf: pikepdf.Pdf, outcome: Outcome) -> None:
    """Note scripts, launch actions, attachments, signatures and fields (ISO 32000-1 §12.6, §7.11.4, §12.7)."""
    root = pdf.Root
    names = root.get("/Names")
    if isinstance(names, pikepdf.Dictionary):
        if "/JavaScript" in names:
            outcome.note("javascript")
        if "/EmbeddedFiles" in names:
            outcome.note("attachments")
    _note_form(root.get("/AcroForm"), outcome)
    for holder in _holders(pdf):
        _note_holder(holder, outcome)


def _note_form(form: object, outcome: Outcome) -> None:
    if not isinstance(form, pikepdf.Dictionary):
        return
    fields = form.get("/Fields")
    if isinstance(fields, pikepdf.Array) and len(fields):
        outcome.note("form_fields")
    if "/XFA" in form:
        outcome.note("dynamic_form")
    flags = form.get("/SigFlags")
    if isinstance(flags, int) and flags & 1:
        outcome.note("signature")


def _holders(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield what may hold actions: the catalogue, the pages and their annotations."""
    yield pdf.Root
    room = MAX_ANNOTATIONS
    for page in pdf.pages:
        yield page.obj
        annotations = page.obj.get("/Annots")
        if not isinstance(annotations, pikepdf.Array) or room <= 0:
            continue
        for annotation in annotations:
            room -= 1
            if isinstance(annotation, pikepdf.Dictionary):
                yield annotation


def _note_holder(holder: pikepdf.Object, outcome: Outcome) -> None:
    kind = name_text(holder.get("/Subtype"))
    if kind == "FileAttachment":
        outcome.note("attachments")
    if kind in MULTIMEDIA:
        outcome.note("multimedia")
    for key in ("/A", "/OpenAction"):
        _note_action(holder.get(key), outcome)
    more = holder.get("/AA")
    if isinstance(more, pikepdf.Dictionary):
        for _, action in values_of(more):
            _note_action(action, outcome)


def _note_action(action: object, outcome: Outcome) -> None:
    if isinstance(action, pikepdf.Dictionary) and (note := ACTIONS.get(name_text(action.get("/S")))):
        outcome.note(note)
