"""Laying the pages before the applicant: each material becomes the file that is archived, and a one-time code is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import Confirmation, CounterPage, CounterSession
from jingui.db.queries.counter import get_session, materials_of, page_fact, reading_of, session_pages
from jingui.domain.access.roles import Actor
from jingui.domain.audit.events import Event
from jingui.domain.capture.confirmation import (
    CODE_LIFETIME,
    ShownMaterial,
    ShownPage,
    code_digest,
    materials_to_plain,
)
from jingui.domain.capture.counter import (
    QUARTERS,
    ConfirmationState,
    CounterState,
    VoidReason,
    by_material,
    move_counter,
    readiness_problems,
)
from jingui.domain.errors import Conflict, Invalid
from jingui.domain.records.facts import MaterialRule
from jingui.formats.scanning.placing import Placement
from jingui.usecases.capture.counter.measures import facts_from_plain
from jingui.usecases.capture.counter.page_texts import layer_of
from jingui.usecases.capture.counter.replacing import replaced_names
from jingui.usecases.capture.counter.sessions import (
    CounterRoom,
    account_of,
    journal_name,
    locked_session,
    make_void,
)


@dataclass(frozen=True, slots=True)
class OneTime:
    """What makes a confirmation reachable: the address's token and the code; both are chosen by the caller, at random."""

    token: str
    code: str


def ask_applicant(
    *, session_key: UUID, one_time: OneTime, actor: Actor, room: CounterRoom, now: datetime
) -> Confirmation:
    """Assemble the materials of a session and lay them before the applicant.

    Files are assembled outside the transaction; if a page changes meanwhile nothing is asked. A confirmation that was
    asked for before is void.

    Raises:
        NotFound: there is no such session.
        Conflict: ``counter_ended``, or ``counter_changed`` while the files were made.
        Invalid: ``counter_not_ready``, with everything that is missing.
        PermanentFailure: a scan cannot be assembled.
    """
    session = get_session(actor, session_key)
    rules = materials_of(session.case)
    pages = session_pages(session)
    check_ready(session, pages, rules)
    names = replaced_names(session)
    replaced = {code: (session.replaces[code], name) for code, name in names.items()}
    materials = _assembled(pages, rules, room, replaced)
    try:
        return _ask(session, materials, one_time, actor=actor, room=room, now=now)
    except BaseException:
        for material in materials:
            room.scans.discard(material.token)
        raise


def check_ready(session: CounterSession, pages: Sequence[CounterPage], rules: Sequence[MaterialRule]) -> None:
    """Raise Invalid ``counter_not_ready`` unless every page is read, assigned or dropped."""
    codes = frozenset(rule.code for rule in rules)
    problems = readiness_problems(map(page_fact, pages), codes=codes, unread=reading_of(session).waiting)
    if problems:
        raise Invalid(problems, "counter_not_ready")


@transaction.atomic
def _ask(
    seen: CounterSession,
    materials: tuple[ShownMaterial, ...],
    one_time: OneTime,
    *,
    actor: Actor,
    room: CounterRoom,
    now: datetime,
) -> Confirmation:
    session = locked_session(actor, seen.key)
    account = account_of(actor)
    name = journal_name(account)
    if session.revision != seen.revision:
        raise Conflict("counter_changed")
    make_void(session, reason=VoidReason.RENEWED, actor=name, now=now, scans=room.scans)
    if session.state != CounterState.COLLECTING:
        session.state = move_counter(CounterState(session.state), CounterState.COLLECTING).value
    session.state = move_counter(CounterState(session.state), CounterState.CONFIRMING).value
    row = Confirmation(
        session=session,
        token=one_time.token,
        code_sha256=code_digest(one_time.token, one_time.code),
        code_expires_at=now + CODE_LIFETIME,
        state=ConfirmationState.WAITING.value,
        issued_by=account,
        issued_at=now,
        materials=materials_to_plain(materials),
    )
    facts = {"session": session.key.hex, "confirmation": row.key.hex, "materials": len(materials)}
    entry = journal.Entry(Event.CONFIRMATION_ASKED, name, now, session.case_id, facts)
    journal.record(entry, new=[row], changed=[session])
    return row


def _assembled(
    pages: Sequence[CounterPage],
    rules: Sequence[MaterialRule],
    room: CounterRoom,
    replaced: Mapping[str, tuple[str, str]],
) -> tuple[ShownMaterial, ...]:
    by_key = {page.key.hex: page for page in pages}
    names = {rule.code: rule.name for rule in rules}
    groups = by_material(map(page_fact, pages), tuple(names))
    made = (_material(code, names[code], [by_key[key] for key in keys], room) for code, keys in groups)
    return tuple(_replacing(each, *replaced.get(each.code, ("", ""))) for each in made)


def _replacing(material: ShownMaterial, file_key: str, name: str) -> ShownMaterial:
    return replace(material, replaces=file_key, replaced_name=name)


def _material(code: str, name: str, pages: Sequence[CounterPage], room: CounterRoom) -> ShownMaterial:
    content = room.scanner.assemble(_placements(pages, room), title=name)
    staged = room.scans.receive([content])
    return ShownMaterial(
        code=code,
        name=name,
        file_name=f"{_file_stem(code, name)}.pdf",
        token=staged.token,
        bytes=staged.bytes,
        sha256=staged.digests.sha256,
        sm3=staged.digests.sm3,
        pages=tuple(map(_shown, pages)),
    )


def _placements(pages: Sequence[CounterPage], room: CounterRoom) -> list[Placement]:
    found = [(page, facts_from_plain(page.facts)) for page in pages]
    texts = layer_of(pages) if room.layers_text else {}
    return [
        Placement(
            path=room.scans.path(page.scan.staged_token),
            number=page.number,
            quarter_turns=(facts.quarter_turns + page.turned) % QUARTERS,
            skew_degrees=facts.skew_degrees,
            text=texts.get(page.key.hex),
        )
        for page, facts in found
    ]


def _shown(page: CounterPage) -> ShownPage:
    return ShownPage(
        key=page.key.hex,
        scan=page.scan.name,
        scan_sha256=page.scan.sha256,
        scan_sm3=page.scan.sm3,
        number=page.number + 1,
        quarter_turns=page.facts["quarter_turns"],
        turned=page.turned,
        sha256=page.image_sha256,
        sm3=page.image_sm3,
    )


def _file_stem(code: str, name: str) -> str:
    kept = "".join(sign for sign in name if sign not in '/\\:*?"<>|' and sign.isprintable())
    return f"{code} {kept}"[:60].strip()
