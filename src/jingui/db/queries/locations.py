"""Where the bytes of captured files are: in staging until a stored version holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jingui.db.models import Case, CaseFile, PackageVersion
from jingui.db.queries.rows import find_row
from jingui.ports import PreservationStore, StagingArea


def file_locations(
    case: Case, files: Iterable[CaseFile], *, store: PreservationStore, staging: StagingArea
) -> Iterator[tuple[Path, str]]:
    """Return for each file a local path of its bytes and its name as sent."""
    condition = "case_id = %s AND stored_at IS NOT NULL ORDER BY number DESC LIMIT 1"
    package = find_row(PackageVersion, condition, case.key) if case.version else None
    for row in files:
        place = package.arranged.get(row.file_key) if package else None
        if package and place:
            yield store.content_location(package.object_id, package.manifest[place][0]), row.name
        else:
            yield staging.path(row.staged_token), row.name
