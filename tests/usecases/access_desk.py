"""What tests of restricted copies share: people, a desk, and a preserved case of two small files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.personas import AGENCY, Office, new_number

from jingui.db.models import AccessCopy, Account, Case, JournalEvent
from jingui.db.queries.accounts import actor_of
from jingui.domain.access.copies import CopyRequest
from jingui.domain.access.roles import Actor, Role
from jingui.usecases.access.issuing import CopyDesk, issue_copy
from jingui.usecases.access.kept import KeptCopies
from jingui.usecases.administration import create_account

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 11, 21, 9, 0, tzinfo=ZONE)
TERMS = CopyRequest("入职云泽市第一人民医院", "云泽市第一人民医院", NOW.date() + timedelta(days=30))
ISSUER = "云泽市政务服务中心档案室"


def person(role: Role, agency_code: str = "") -> Actor:
    """Make an account with a role and return who it is."""
    name = f"{role.value}{Account.objects.count()}"
    account = create_account(
        username=name, display_name="陈静", role=role, password="long enough 1", agency_code=agency_code, now=NOW
    )
    return actor_of(account)


@dataclass(frozen=True)
class Desk:
    """A desk at which an archivist gives out copies of preserved cases."""

    office: Office
    archivist: Actor
    desk: CopyDesk
    terms: CopyRequest = field(default=TERMS)

    @property
    def kept(self) -> KeptCopies:
        return self.desk.kept

    def preserved_case(self) -> Case:
        number = new_number()
        self.office.integrator.whole_case(number)
        self.office.work()
        return self.office.case_row(number)

    def issue(self, case: Case, *, file_key: str = "f1", at: datetime = NOW, **changes: Any) -> AccessCopy:
        asked = {"actor": self.archivist, "desk": self.desk, "request": self.terms, **changes}
        return issue_copy(case_key=case.key, file_key=file_key, now=at, **asked)

    def with_terms(self, **changes: Any) -> CopyRequest:
        return replace(self.terms, **changes)

    def stored_path(self, case: Case, file_key: str = "f1") -> Path:
        package = case.packages.get()
        place = package.manifest[package.arranged[file_key]][0]
        return self.office.services.store.content_location(package.object_id, place)


def open_desk(office: Office) -> Desk:
    """Open a desk with an archivist of the small catalogue's first agency."""
    desk = CopyDesk(office.services.store, KeptCopies(office.home / "copies"), ISSUER, "https://dangan.example", 365)
    return Desk(office, person(Role.ARCHIVIST, AGENCY), desk)


def events(kind: str) -> list[dict[str, Any]]:
    """Return the payloads of all journal events of a kind, oldest first."""
    rows = JournalEvent.objects.filter(kind=kind).order_by("id")
    return [json.loads(row.payload) for row in rows]
