"""What of a source is here already."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from jingui.db.models import CaseFile


def known_files(source_key: UUID, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of the files (case number, digest of the message) of a source have been taken."""
    if not wanted:
        return set()
    rows = CaseFile.objects.filter(
        case__source_id=source_key,
        case__case_number__in={number for number, _ in wanted},
        message_sha256__in={digest for _, digest in wanted},
    )
    return set(rows.values_list("case__case_number", "message_sha256")) & set(wanted)
