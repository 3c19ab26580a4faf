"""Where the bytes of a file are, for somebody who may see them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from jingui.db.models import Case, CaseFile, PackageVersion
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file and where its bytes are: inside a stored object, or still staged (``object_id`` is empty)."""

    file: CaseFile
    object_id: str
    content_path: str
    staged_token: str


def find_file(actor: Actor, key: UUID, file_key: str, *, permission: Permission = Permission.VIEW_CONTENT) -> FilePlace:
    """Return a file of a record to whose content the actor's permission reaches, replaced ones too.

    Raises:
        NotFound: there is no such file, or none that the actor may know of.
    """
    case = visible_case(actor, key, permission)
    file = CaseFile.objects.filter(case=case, file_key=file_key).select_related("case").first()
    if file is None:
        raise NotFound("not_found")
    return place_of(case, file)


def place_of(case: Case, file: CaseFile) -> FilePlace:
    """Return where the bytes of a file of the case are."""
    stored = PackageVersion.objects.filter(case=case, stored_at__isnull=False).order_by("-number")
    for package in stored:
        logical = package.arranged.get(file.file_key)
        if logical:
            return FilePlace(file, package.object_id, package.manifest[logical][0], "")
    return FilePlace(file, "", "", file.staged_token)
