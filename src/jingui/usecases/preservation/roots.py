"""Storage roots (存储库): entered, changed, ended. What a root holds stays where it is when it is used no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CopyTask, StorageRoot
from jingui.db.queries.copies_held import missing_copies
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.preservation.roots import Keeping, RootKind, check_configuration, check_keeping
from jingui.usecases.preservation.opening import OpenRoot

PRIMARY = "primary"
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class RootChoices:
    """What an administrator chose for a root."""

    name: str
    kind: RootKind
    configuration: Mapping[str, Any]
    keeping: Keeping


@transaction.atomic
def primary_root(*, actor: str, now: datetime) -> StorageRoot:
    """Return the entry of the primary root, made when it is first asked for."""
    row = StorageRoot.objects.filter(name=PRIMARY).first()
    if row is None:
        row = StorageRoot(name=PRIMARY, kind=RootKind.PRIMARY.value, added_at=now)
        entry = journal.Entry(Event.STORAGE_ROOT_ADDED, actor, now, facts={"root": PRIMARY, "kind": row.kind})
        journal.record(entry, new=[row])
    return row


def add_root(choices: RootChoices, *, open_root: OpenRoot, actor: str, now: datetime) -> StorageRoot:
    """Enter a root, make it ready, and ask for a copy of everything that stands.

    Raises:
        Invalid: with every fault of the choices.
        Conflict: ``root_exists``.
        TransientFailure: the root cannot be reached; nothing was entered.
    """
    _check(choices)
    if StorageRoot.objects.filter(name=choices.name).exists():
        raise Conflict("root_exists", name=choices.name)
    row = StorageRoot(
        name=choices.name,
        kind=choices.kind.value,
        configuration=dict(choices.configuration),
        rank=StorageRoot.objects.count() + 1,
        added_at=now,
        **asdict(choices.keeping),
    )
    open_root(row).initialise()
    with transaction.atomic():
        facts = {"root": row.name, "kind": row.kind}
        journal.record(journal.Entry(Event.STORAGE_ROOT_ADDED, actor, now, facts=facts), new=[row])
    ask_for_missing(row, now=now)
    return row


def _check(choices: RootChoices) -> None:
    fields = FieldReader({"name": choices.name})
    fields.key("name", limit=60)
    problems = [*fields.problems, *check_keeping(choices.keeping)]
    if not fields.problems and not all(sign.isalnum() or sign in "-_" for sign in choices.name):
        problems.append(Problem("name", "not_in_range", {"allowed": "文字、数字、- 和 _"}))
    problems += check_configuration(choices.kind, choices.configuration)
    if choices.kind is RootKind.PRIMARY:
        problems.append(Problem("kind", "not_in_range", {"allowed": "folder, s3"}))
    if problems:
        raise Invalid(tuple(problems))


def ask_for_missing(root: StorageRoot, *, now: datetime) -> int:
    """Ask for a copy of every version that a root lacks; return how many. Asking again asks for nothing twice."""
    asked, chunk = 0, []
    for key in missing_copies(root):
        chunk.append(CopyTask(root=root, package_id=key, run_after=now))
        if len(chunk) >= CHUNK:
            asked += _ask(chunk)
            chunk = []
    return asked + _ask(chunk)


def _ask(tasks: list[CopyTask]) -> int:
    CopyTask.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks)


@transaction.atomic
def change_root(name: str, keeping: Keeping, *, actor: str, now: datetime) -> StorageRoot:
    """Change how a root is audited and guarded.

    Raises:
        NotFound: ``root_unknown``.
        Invalid: with every fault of the choices.
    """
    if problems := check_keeping(keeping):
        raise Invalid(problems)
    row = _active(name)
    for field, value in asdict(keeping).items():
        setattr(row, field, value)
    facts = {"root": row.name, **asdict(keeping)}
    journal.record(journal.Entry(Event.STORAGE_ROOT_CHANGED, actor, now, facts=facts), changed=[row])
    return row


@transaction.atomic
def end_root(name: str, *, actor: str, reason: str, now: datetime) -> None:
    """Use a root no more: nothing is copied into it or audited in it; what it holds stays.

    Raises:
        NotFound: ``root_unknown``.
        Conflict: ``primary_root``, which cannot be ended.
        Invalid: there is no reason.
    """
    row = _active(name)
    if row.kind == RootKind.PRIMARY.value:
        raise Conflict("primary_root", name=name)
    if not reason.strip():
        raise Invalid((Problem("reason", "required"),))
    row.ended_at = now
    CopyTask.objects.filter(root=row).delete()
    facts = {"root": row.name, "reason": reason.strip()}
    journal.record(journal.Entry(Event.STORAGE_ROOT_ENDED, actor, now, facts=facts), changed=[row])


def _active(name: str) -> StorageRoot:
    row = StorageRoot.objects.select_for_update().filter(name=name, ended_at=None).first()
    if row is None:
        raise NotFound("root_unknown", name=name)
    return row
