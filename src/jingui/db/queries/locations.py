"""Where the bytes of captured files are: in staging until a stored version holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from jingui.db.models import Case, CaseFile, PackageVersion
from jingui.ports import PreservationStore, StagingArea


def file_locations(
    case: Case, files: Iterable[CaseFile], *, store: PreservationStore, staging: StagingArea
) -> Iterator[tuple[Path, str]]:
    """Return for each file a local path of its bytes and its name as sent."""
    package = PackageVersion.objects.filter(case=case, stored_at__isnull=False).order_by("-number").first()
    for row in files:
        place = package.arranged.get(row.file_key) if package else None
        if package and place:
            yield store.content_location(package.object_id, package.manifest[place][0]), row.name
        else:
            yield staging.path(row.staged_token), row.name
