"""Notices of a source (取件通知): kept with the answer's receipt; the collector fetches what they name."""

from __future__ import annotations

from datetime import datetime

from jingui.db import journal
from jingui.db.keys import new_key
from jingui.db.models import Notice, NoticeWork, SourceConnection, SourceProgress
from jingui.db.queries.notices import notice_facts
from jingui.db.queries.rows import find_row
from jingui.domain.audit.events import Event
from jingui.domain.capture.notices import NoticeMessage, notice_digest, notice_text
from jingui.domain.errors import Conflict, Refused
from jingui.usecases.capture.folders import Desk, Sender, Taken, claim_nonce, one_transaction


@one_transaction
def receive_notice(*, message: NoticeMessage, sender: Sender, desk: Desk, now: datetime) -> Taken:
    """Take a notice; what it names is fetched soon after.

    Raises:
        Conflict: ``message_conflict``, the notice id stands for something else.
        Refused: ``pull_not_configured``, this source has no connection that fetches; or the request was played before.
    """
    claim_nonce(sender, now=now)
    digest = notice_digest(message)
    known = find_row(Notice, "source_id = %s AND notice_id = %s", sender.source_key, message.notice_id)
    if known:
        if known.message_sha256 != digest:
            raise Conflict("message_conflict", key=message.notice_id)
        return Taken.of(notice_facts(known, source=sender.source_name), desk.signer, is_repeat=True)
    connection = SourceConnection.objects.filter(source_id=sender.source_key, kind="pull", is_active=True).first()
    if connection is None:
        raise Refused("pull_not_configured")
    row = _row(message, connection, digest, now=now)
    entry = journal.Entry(Event.NOTICE_RECEIVED, sender.actor, now, facts={"notice_id": row.notice_id})
    journal.record(entry, new=[row])
    NoticeWork.objects.create(notice=row, next_try_at=now)
    SourceProgress.objects.filter(connection=connection, health__in=("new", "healthy")).update(next_try_at=now)
    return Taken.of(notice_facts(row, source=sender.source_name), desk.signer, is_repeat=False)


def _row(message: NoticeMessage, connection: SourceConnection, digest: str, *, now: datetime) -> Notice:
    return Notice(
        key=new_key(),
        source_id=connection.source_id,
        connection=connection,
        notice_id=message.notice_id,
        case_number=message.case_number,
        message=notice_text(message),
        message_sha256=digest,
        received_at=now,
    )
