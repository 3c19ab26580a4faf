"""A better scan in place of a file that was taken before (替换): the old file stays as it is, the new one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Case, CaseFile, CounterSession
from jingui.db.queries.counter import materials_of
from jingui.db.queries.facts import current_files
from jingui.domain.access.roles import Actor
from jingui.domain.audit.events import Event
from jingui.domain.capture.counter import VoidReason
from jingui.domain.errors import Conflict, NotFound
from jingui.ports import StagingArea
from jingui.usecases.capture.counter.sessions import (
    account_of,
    begin_change,
    journal_name,
    locked_session,
    make_void,
)


def standing_files(case: Case) -> dict[str, list[CaseFile]]:
    """Return by material the files of a case that stand: those that a better scan may replace."""
    codes = {rule.code for rule in materials_of(case)}
    found: dict[str, list[CaseFile]] = {}
    for file in current_files(case):
        if file.material_code in codes:
            found.setdefault(file.material_code, []).append(file)
    return found


@transaction.atomic
def choose_replaced(
    *, session_key: UUID, code: str, file_key: UUID | None, actor: Actor, scans: StagingArea, now: datetime
) -> bool:
    """Say that the pages of a material take the place of a file, or (``None``) that they come beside what is there.

    Makes a confirmation void that was given or asked for; choosing what is chosen changes nothing. Say whether it did.

    Raises:
        NotFound: there is no such session, or no such file stands under the material.
        Conflict: ``counter_ended``.
    """
    session = locked_session(actor, session_key)
    chosen = _chosen(session, code, file_key)
    if session.replaces.get(code, "") == chosen:
        return False
    begin_change(session)
    name = journal_name(account_of(actor))
    make_void(session, reason=VoidReason.PAGES_CHANGED, actor=name, now=now, scans=scans)
    session.replaces = {**{key: value for key, value in session.replaces.items() if key != code}, **_told(code, chosen)}
    facts = {"session": session.key.hex, "act": "replace", "material": code, "file": chosen}
    journal.record(journal.Entry(Event.COUNTER_ARRANGED, name, now, session.case_id, facts), changed=[session])
    return True


def _chosen(session: CounterSession, code: str, file_key: UUID | None) -> str:
    if file_key is None:
        return ""
    for file in standing_files(session.case).get(code, []):
        if file.key == file_key:
            return file.file_key
    raise NotFound("not_found")


def _told(code: str, chosen: str) -> Mapping[str, str]:
    return {code: chosen} if chosen else {}


def replaced_names(session: CounterSession) -> dict[str, str]:
    """Return by material the name of the file that its pages are to replace, as far as that file stands."""
    standing = standing_files(session.case)
    return {
        code: file.name
        for code, key in session.replaces.items()
        for file in standing.get(code, [])
        if file.file_key == key
    }


def check_standing(case: Case, replaced: Iterable[str]) -> None:
    """Check that what is to be replaced has not been replaced meanwhile.

    Raises:
        Conflict: ``counter_file_replaced``.
    """
    standing = {file.file_key for file in current_files(case)}
    for key in replaced:
        if key not in standing:
            raise Conflict("counter_file_replaced", file=key)
