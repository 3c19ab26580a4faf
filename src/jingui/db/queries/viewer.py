"""Where the bytes of a file are, for somebody who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jingui.db.models import Case, CaseFile, MadeFile, PackageVersion
from jingui.db.queries.origins import find_made_file
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file and where its bytes are: inside a stored object, or still staged (``object_id`` is empty)."""

    file: CaseFile | MadeFile
    object_id: str
    content_path: str
    staged_token: str


def find_file(actor: Actor, key: UUID, file_key: str, *, permission: Permission = Permission.VIEW_CONTENT) -> FilePlace:
    """Return a file of a record to whose content the actor's permission reaches, replaced and made ones too.

    Raises:
        NotFound: there is no such file, or none that the actor may know of.
    """
    case = visible_case(actor, key, permission)
    file = CaseFile.objects.filter(case=case, file_key=file_key).select_related("case").first()
    return place_of(case, file) if file else _made_place(case, file_key)


def _made_place(case: Case, file_key: str) -> FilePlace:
    found = find_made_file(case, file_key)
    if found is None:
        raise NotFound("not_found")
    row, package = found
    return FilePlace(row, package.object_id, package.manifest[row.logical_path][0], "")


def place_of(case: Case, file: CaseFile) -> FilePlace:
    """Return where the bytes of a file of the case are."""
    stored = PackageVersion.objects.filter(case=case, stored_at__isnull=False).order_by("-number")
    for package in stored:
        logical = package.arranged.get(file.file_key)
        if logical:
            return FilePlace(file, package.object_id, package.manifest[logical][0], "")
    return FilePlace(file, "", "", file.staged_token)
