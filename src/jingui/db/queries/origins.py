"""Where the files of a case come from, what it is part of, and what the archive made for it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from jingui.db.models import Case, CaseFile, FileProvenance, MadeFile, PackageVersion, SharedFile, ThemeCase
from jingui.db.queries.rows import find_row, find_rows
from jingui.domain.capture.themes import can_share
from jingui.domain.records.origins import (
    FileOrigin,
    Origin,
    Provenance,
    SharedFrom,
    SubCase,
    ThemePart,
    ThemeRelation,
    ThemeRole,
)


def file_origins(case: Case) -> dict[str, FileOrigin]:
    """Return, by file key, the origin of each file of a case that it did not form and was not simply handed in."""
    provenances = _provenances(case)
    shared = {row.file_key: row for row in _references(case) if row.state == "taken"}
    return {
        key: FileOrigin(
            provenances.get(key),
            SharedFrom(shared[key].from_case_number, shared[key].from_file_key) if key in shared else None,
        )
        for key in sorted(provenances.keys() | shared.keys())
    }


def _provenances(case: Case) -> dict[str, Provenance]:
    rows = find_rows(FileProvenance, "case_id = %s", case.key)
    if not rows:
        return {}
    marks = ", ".join("%s" for _ in rows)
    files = find_rows(CaseFile, f"key IN ({marks})", *(row.file_id for row in rows))
    keys = {file.key: file.file_key for file in files}
    return {keys[row.file_id]: provenance_from_text(row.content) for row in rows}


def provenance_from_text(text: str) -> Provenance:
    """Read a provenance as its row keeps it."""
    told: dict[str, Any] = json.loads(text)
    called_at = datetime.fromisoformat(told["called_at"]) if told["called_at"] else None
    return Provenance(**{**told, "origin": Origin(told["origin"]), "called_at": called_at})


def _references(case: Case) -> list[SharedFile]:
    return find_rows(SharedFile, "case_id = %s ORDER BY file_key", case.key) if can_share(case.message) else []


def open_references(case: Case) -> list[SharedFile]:
    """Return the references to shared files whose bytes have not come and that no other file replaces."""
    waiting = [row for row in _references(case) if row.state in {"waiting", "differs"}]
    if not waiting:
        return []
    named = find_rows(CaseFile, "case_id = %s AND replaces <> ''", case.key)
    replaced = {row.replaces for row in named} | {_replaces(row) for row in waiting}
    return [row for row in waiting if row.file_key not in replaced]


def _replaces(row: SharedFile) -> str:
    return str(json.loads(row.message)["file"]["replaces"])


def waiting_files(case: Case) -> dict[str, str]:
    """Return, by file key, the number of the case whose file is still waited for."""
    return {row.file_key: row.from_case_number for row in open_references(case)}


def theme_relation(case: Case) -> ThemeRelation | None:
    """Return the theme of a case with all cases of it known now, main cases first; ``None`` if it has none."""
    own = find_row(ThemeCase, "case_id = %s", case.key) if case.message and can_share(case.message) else None
    if own is None:
        return None
    rows = ThemeCase.objects.filter(source_id=own.source_id, number=own.number).select_related("case__agency")
    parts = sorted(rows, key=lambda row: (row.role != ThemeRole.MAIN, row.case.case_number))
    return ThemeRelation(part_of(own), tuple(_sub_case(row) for row in parts))


def part_of(row: ThemeCase) -> ThemePart:
    """Return what a row says."""
    return ThemePart(row.number, row.name, ThemeRole(row.role), row.count)


def _sub_case(row: ThemeCase) -> SubCase:
    case, agency = row.case, row.case.agency
    return SubCase(
        case_number=case.case_number,
        role=ThemeRole(row.role),
        item_code=case.item_code,
        item_name=case.item_name,
        agency_name=agency.name if agency else "",
        agency_code=agency.code if agency else "",
        record_code=case.record_code or "",
    )


def made_files(case_key: UUID, version: int) -> list[MadeFile]:
    """Return the documents made for a version of a package, in the order of the package."""
    return find_rows(MadeFile, "case_id = %s AND version = %s ORDER BY logical_path", case_key, version)


def standing_made_files(case: Case) -> list[MadeFile]:
    """Return those of the newest stored version."""
    return made_files(case.key, case.version) if case.version else []


def find_made_file(case: Case, file_key: str) -> tuple[MadeFile, PackageVersion] | None:
    """Return a made document by its key, of the newest stored version that has it, with that version."""
    rows = MadeFile.objects.filter(case=case, file_key=file_key, version__lte=case.version).order_by("-version")
    row = rows.first()
    package = row and PackageVersion.objects.filter(case=case, number=row.version, stored_at__isnull=False).first()
    return (row, package) if row and package else None


def texts_of(made: Iterable[MadeFile]) -> list[str]:
    """Return what made documents say."""
    return [row.text for row in made if row.text]
