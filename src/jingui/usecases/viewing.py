"""Acts at the screen that change no record but stand in the journal: looking, searching, signing out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.domain.audit.events import Event


@transaction.atomic
def note_viewed(*, case_key: UUID, actor: str, now: datetime, file_key: str = "", way: str = "page") -> None:
    """Write that a person opened a record or one of its files. ``way``: ``page``, ``download`` or ``personal``."""
    facts = {"way": way} | ({"file_key": file_key} if file_key else {})
    journal.record(journal.Entry(Event.RECORD_VIEWED, actor, now, case_key, facts))


@transaction.atomic
def note_searched(*, actor: str, hits: int, now: datetime) -> None:
    """Write that a person searched and how much was found. The words are not kept: they may be a citizen's name."""
    journal.record(journal.Entry(Event.RECORD_SEARCHED, actor, now, facts={"hits": hits}))


@transaction.atomic
def note_sign_out(*, username: str, now: datetime) -> None:
    """Write that a person signed out."""
    journal.record(journal.Entry(Event.ACCOUNT_SIGNED_OUT, f"account:{username[:60]}", now))
