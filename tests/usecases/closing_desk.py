"""What tests of the day's closing share: a source that sends its ledger, and an evening on which the day is closed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import make_account
from tests.personas import CLOSED, PREFIX, RECEIVED, Integrator, Office, Reply

from jingui.db.models import CoverageCertificate, DayClosing, Source
from jingui.db.queries.accounts import actor_of
from jingui.domain.access.roles import Actor, Role
from jingui.domain.supervision.explanations import ExplanationDraft
from jingui.domain.supervision.terms import CoverageProfile, ExplanationKind
from jingui.usecases.supervision.certifying import Closed, close_day
from jingui.usecases.supervision.explaining import Explained, explain_cases
from jingui.usecases.supervision.sheets import ClosingDesk

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2025, 3, 10)
EVENING = datetime(2025, 3, 10, 20, tzinfo=ZONE)
LINES = "application/x-ndjson"


def closed_line(number: str, **more: Any) -> dict[str, Any]:
    """Return the ledger line of a case that was closed as ``Integrator.whole_case`` closes it."""
    return {"case_number": number, "state": "closed", "closed_at": CLOSED, "kind": "completed", **more}


def open_line(number: str, **more: Any) -> dict[str, Any]:
    """Return the ledger line of a case in handling."""
    return {"case_number": number, "state": "in_progress", "received_at": RECEIVED, **more}


def as_lines(lines: Iterable[dict[str, Any]]) -> bytes:
    """Write JSON lines."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def put_ledger(source: Integrator, body: bytes, *, day: str = "2025-03-10", media: str = LINES, **query: str) -> Reply:
    """Send a ledger."""
    path = f"{PREFIX}/ledgers/{day}"
    return source.send("PUT", path, body, query=sorted(query.items()), headers={"Content-Type": media})


def put_lines(source: Integrator, *lines: dict[str, Any], **query: str) -> Reply:
    """Send a ledger of these lines, which is taken."""
    reply = put_ledger(source, as_lines(lines), **query)
    assert reply.status == 201, reply.body
    return reply


def desk_of(office: Office) -> ClosingDesk:
    """Lay out the closing desk."""
    ready = office.services
    return ClosingDesk(ready.instance.name, ready.signers, CoverageProfile(), ZONE)


def close(office: Office, *, at: datetime = EVENING, day: date = DAY) -> Closed:
    """Close a day of the office's first source."""
    done = close_day(DayClosing.objects.get(day=day).pk, desk_of(office), now=at)
    assert done is not None
    return done


def newest_body(**which: Any) -> dict[str, Any]:
    """Return the newest certificate of the day."""
    row = CoverageCertificate.objects.filter(day=DAY, **which).latest("version")
    return dict(json.loads(row.body))


def archivist(agency_code: str = "", role: Role = Role.ARCHIVIST) -> Actor:
    """Return somebody with an account."""
    account = make_account(f"{role.value}{agency_code[-4:].lower()}", role, agency_code=agency_code)
    return actor_of(account)


def explain(
    actor: Actor, *numbers: str, kind: ExplanationKind = ExplanationKind.SYSTEM_FAULT, until: date | None = None
) -> Explained:
    """Explain cases of the only source."""
    draft = ExplanationDraft(kind, "上午平台升级，未能报送", until)
    later = EVENING + timedelta(minutes=5)
    return explain_cases(source_key=Source.objects.get().pk, case_numbers=numbers, draft=draft, actor=actor, now=later)
