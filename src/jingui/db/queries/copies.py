"""Reads of restricted copies (限定用途副本): for their own pages, the record's page, and whoever holds the token."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from jingui.db.models import AccessCopy, Case, CaseFile, JournalEvent, PackageVersion
from jingui.db.queries.cases import plan_of
from jingui.db.queries.visibility import agency_condition
from jingui.domain.access.copies import CopyStanding, copy_standing
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.errors import NotFound

# What is no token is not asked about: a NUL, for one, is an error to PostgreSQL.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedCopy:
    """A copy and how it stands now."""

    row: AccessCopy
    standing: CopyStanding
    material: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a preserved record: its row, what its plan calls it, and where its bytes are."""

    row: CaseFile
    material: str
    object_id: str
    content_path: str


def copies_of(case: Case, *, now: datetime) -> list[ListedCopy]:
    """Return the copies given out of a record, newest first."""
    rows = AccessCopy.objects.filter(case=case).select_related("file", "issued_by").order_by("-issued_at", "-key")
    names = _material_names(case)
    return [_listed(row, names, now=now) for row in rows]


def get_copy(actor: Actor, key: UUID, *, now: datetime) -> ListedCopy:
    """Return a copy of a record that the actor may view.

    Raises:
        NotFound: there is no such copy, or none that the actor may know of.
    """
    reachable = agency_condition(actor, Permission.VIEW_RECORD, field="case__agency__code")
    row = _with_record().filter(reachable, pk=key).first()
    if row is None:
        raise NotFound("not_found")
    return _listed(row, _material_names(row.case), now=now)


def find_by_token(token: str, *, now: datetime) -> ListedCopy | None:
    """Return the copy whose QR code bears this token. Whoever has the token has held the copy in hand."""
    row = _with_record().filter(token=token).first() if _TOKEN.fullmatch(token) else None
    return _listed(row, _material_names(row.case), now=now) if row else None


def stored_files(case: Case) -> list[StoredFile]:
    """Return the files of the newest preserved version, in the order of the package; empty before the first."""
    package = PackageVersion.objects.filter(case=case, stored_at__isnull=False).order_by("-number").first()
    if package is None:
        return []
    rows = {row.file_key: row for row in CaseFile.objects.filter(case=case, file_key__in=list(package.arranged))}
    names = _material_names(case)
    placed = sorted(package.arranged.items(), key=lambda item: item[1])
    return [
        StoredFile(rows[key], names.get(rows[key].material_code, ""), package.object_id, package.manifest[path][0])
        for key, path in placed
    ]


def applicant_of(case: Case) -> tuple[str, str]:
    """Return the name and the kind (``person`` or ``organisation``) of who applied. Personal data."""
    message: dict[str, Any] = json.loads(case.message) if case.message else {}
    applicant = message.get("applicant") or {}
    return case.applicant_name, applicant.get("kind") or "person"


def names_in(case: Case) -> tuple[str, ...]:
    """Return every name of a person that the case's own message gives. Personal data, for masking them elsewhere."""
    message: dict[str, Any] = json.loads(case.message) if case.message else {}
    applicant = message.get("applicant") or {}
    told = (applicant.get("legal_representative"), applicant.get("agent"))
    own = applicant.get("name") if applicant.get("kind", "person") == "person" else ""
    return tuple(name for name in (own, *told) if name)


def issue_facts(copy: AccessCopy) -> dict[str, Any]:
    """Return what the journal says of the making of a copy; empty if that entry is gone."""
    events = JournalEvent.objects.filter(case_key=copy.case_id, kind=Event.COPY_ISSUED.value)
    payload = events.filter(payload__contains=copy.key.hex).order_by("id").values_list("payload", flat=True).first()
    facts: dict[str, Any] = json.loads(payload)["facts"] if payload else {}
    return facts


def was_verified_since(copy: AccessCopy, moment: datetime) -> bool:
    """Say whether the journal has an entry of this copy being verified after the moment."""
    events = JournalEvent.objects.filter(case_key=copy.case_id, kind=Event.COPY_VERIFIED.value, at__gt=moment)
    return events.filter(payload__contains=f'"copy":"{copy.key.hex}"').exists()


def _with_record() -> QuerySet[AccessCopy]:
    return AccessCopy.objects.select_related("case__agency", "case__plan__item", "file", "issued_by")


def _listed(row: AccessCopy, names: dict[str, str], *, now: datetime) -> ListedCopy:
    standing = copy_standing(expires_at=row.expires_at, revoked_at=row.revoked_at, now=now)
    return ListedCopy(row, standing, names.get(row.file.material_code, ""))


def _material_names(case: Case) -> dict[str, str]:
    plan = plan_of(case)
    return {rule.code: rule.name for rule in plan.materials} if plan else {}
