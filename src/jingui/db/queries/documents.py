"""What the search index is told of a case."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from jingui.db.models import Case, CaseFile, FileText, MadeFile
from jingui.domain.records.facts import MaterialRule
from jingui.formats.tokens import without_base64
from jingui.ports import SearchDocument

TEXT_COMPRESSION = 1  # a fifth larger than 6 and a third of its time
TEXT_LIMIT = 400_000  # characters of text per case; more adds nothing that a person searches for


def case_document(
    case: Case,
    *,
    files: Iterable[CaseFile] = (),
    materials: Iterable[MaterialRule] = (),
    made: Iterable[MadeFile] = (),
) -> SearchDocument:
    """Return the searchable document of a case, with the names and texts of its files where given, made ones too."""
    standing, own = list(files), list(made)
    names = {rule.code: rule.name for rule in materials}
    named = [f"{names.get(f.material_code, '')} {f.title} {f.name}" for f in standing]
    named += [f"{names.get(f.material_code, '')} {f.title} {f.name}" for f in own]
    agency = case.agency
    fields = {
        "number": case.case_number,
        "title": case.title,
        "applicant": case.applicant_name,
        "item": case.item_name,
        "agency": agency.name if agency else "",
        "materials": "\n".join(named),
        "codes": " ".join(filter(None, (case.archival_code, case.record_code))),
    }
    return SearchDocument(
        record_key=case.key.hex,
        agency_key=agency.key.hex if agency else "",
        fields=fields,
        text=_text(standing, [row.text for row in own]),
    )


def packed_text(text: str) -> bytes:
    """Return the text of a file as ``FileText`` keeps it, without what nobody searches for."""
    return zlib.compress(without_base64(text).encode(), TEXT_COMPRESSION)


def _text(files: list[CaseFile], made: list[str]) -> str:
    texts = FileText.objects.filter(file__in=files).values_list("content", flat=True)
    found = [text[:TEXT_LIMIT] for text in made]
    size = sum(map(len, found))
    for packed in texts.iterator():
        text = zlib.decompress(bytes(packed)).decode()
        found.append(text[: max(0, TEXT_LIMIT - size)])
        size += len(found[-1])
        if size >= TEXT_LIMIT:
            break
    return "\n".join(found)
