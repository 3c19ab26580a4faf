"""What the search index is told of a case."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from jingui.db.models import Case, CaseFile, FileText
from jingui.domain.records.facts import MaterialRule
from jingui.ports import SearchDocument

TEXT_LIMIT = 400_000  # characters of text per case; more adds nothing that a person searches for


def case_document(
    case: Case, *, files: Iterable[CaseFile] = (), materials: Iterable[MaterialRule] = ()
) -> SearchDocument:
    """Return the searchable document of a case, with the names and texts of its files where given."""
    standing = list(files)
    names = {rule.code: rule.name for rule in materials}
    agency = case.agency
    fields = {
        "number": case.case_number,
        "title": case.title,
        "applicant": case.applicant_name,
        "item": case.item_name,
        "agency": agency.name if agency else "",
        "materials": "\n".join(f"{names.get(f.material_code, '')} {f.title} {f.name}" for f in standing),
        "codes": " ".join(filter(None, (case.archival_code, case.record_code))),
    }
    return SearchDocument(
        record_key=case.key.hex, agency_key=agency.key.hex if agency else "", fields=fields, text=_text(standing)
    )


def _text(files: list[CaseFile]) -> str:
    texts = FileText.objects.filter(file__in=files).values_list("content", flat=True)
    found, size = [], 0
    for packed in texts.iterator():
        text = zlib.decompress(bytes(packed)).decode()
        found.append(text[: TEXT_LIMIT - size])
        size += len(found[-1])
        if size >= TEXT_LIMIT:
            break
    return "\n".join(found)
