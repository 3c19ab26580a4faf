"""Converted files: those that stand with a case, and where their bytes are."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from jingui.db.models import FileConversion, MadeFile, PackageVersion
from jingui.db.queries.rows import find_rows
from jingui.domain.records.origins import MadeKind
from jingui.ports import PreservationStore, StagingArea


def standing_conversions(case_key: UUID, through: int) -> list[FileConversion]:
    """Return the files of a case that were converted up to an arrival, in the order of their conversion."""
    condition = "case_id = %s AND outcome = 'converted' AND arrived_event <= %s ORDER BY arrived_event, key"
    return find_rows(FileConversion, condition, case_key, through)


def conversion_path(row: FileConversion, *, store: PreservationStore, staging: StagingArea) -> Path:
    """Return a local path of the bytes: staged until a version that holds them is stored.

    Raises:
        FileNotFoundError: they are in neither place.
    """
    # A row that was rebuilt from packages never had its bytes staged.
    if row.staged_token and (staged := staging.path(row.staged_token)).is_file():
        return staged
    made = MadeFile.objects.filter(case_id=row.case_id, kind=MadeKind.CONVERTED.value, sha256=row.sha256)
    for place in made.order_by("-version"):
        package = PackageVersion.objects.filter(case_id=row.case_id, number=place.version, stored_at__isnull=False)
        found = package.first()
        if found:
            return store.content_location(found.object_id, found.manifest[place.logical_path][0])
    raise FileNotFoundError(str(row.key))


def stored_tokens(case_key: UUID, version: int) -> list[str]:
    """Return the tokens of converted files that this stored version of a case holds."""
    rows = find_rows(FileConversion, "case_id = %s AND outcome = 'converted'", case_key)
    if not rows:
        return []
    condition = "case_id = %s AND version = %s AND kind = %s"
    held = {row.sha256 for row in find_rows(MadeFile, condition, case_key, version, MadeKind.CONVERTED.value)}
    return [row.staged_token for row in rows if row.sha256 in held]


def staged_conversions(tokens: list[str]) -> dict[str, FileConversion]:
    """Return, by token, the conversions to which staged bytes belong."""
    return {row.staged_token: row for row in FileConversion.objects.filter(staged_token__in=tokens)}
