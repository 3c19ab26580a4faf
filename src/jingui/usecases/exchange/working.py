"""Exporting in the background: record by record into one ZIP file, a few seconds at a time, kept for some days."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CatalogueWork
from jingui.db.queries.accounts import actor_of, get_account
from jingui.domain.access.roles import Permission
from jingui.domain.audit.events import Event
from jingui.domain.catalogue.works import WorkState
from jingui.domain.errors import DomainError, NotFound, PermanentFailure, Refused
from jingui.formats.exchange.growing import Adding, GrowingZip
from jingui.formats.exchange.profiles import FORMS
from jingui.formats.exchange.sinks import InnerSink, PackageSink
from jingui.ports import PreservationStore
from jingui.usecases.exchange.exporting import ExportDesk, folder_of, prepare_export, write_export

KEPT_DAYS = 7
"""How many days an exported package waits to be downloaded."""


@dataclass(frozen=True, slots=True)
class ExportRoom:
    """What exporting in the background needs: the store, the folder in which packages wait, the time."""

    store: PreservationStore
    folder: Path
    clock: Callable[[], datetime]

    def package(self, key: UUID) -> GrowingZip:
        """Return the package of an act."""
        return GrowingZip(self.folder / key.hex)


class Hand(Protocol):
    """An act being done, as far as exporting asks."""

    work: CatalogueWork

    def reach(self, done: int, state: Callable[[], Mapping[str, Any]] = dict) -> None:
        """Tell how much is done; raises where the time is over."""
        ...


def export_act(hand: Hand, *, room: ExportRoom) -> dict[str, Any]:
    """Write the records of an act; what is whole stays when it breaks off.

    Raises:
        NotFound, Refused, Invalid: who asked may no longer export one of them.
        PermanentFailure: ``export_damaged``, ``export_no_room``.
    """
    work = hand.work
    discard_old(room)
    package = room.package(work.key)
    try:
        with package.sitting() as adding:
            _add_all(adding, hand, _desk(work, room), room)
    except (DomainError, PermanentFailure):
        shutil.rmtree(package.folder, ignore_errors=True)
        raise
    except OSError as error:
        shutil.rmtree(package.folder, ignore_errors=True)
        raise PermanentFailure("export_no_room", str(error)) from error
    return {"records": package.done, "bytes": package.path.stat().st_size}


def _desk(work: CatalogueWork, room: ExportRoom) -> ExportDesk:
    """Return the desk of who asked, with what he may do now."""
    account = get_account(UUID(work.arguments["account"]))
    if account is None:
        raise Refused("permission_missing", permission=Permission.EXPORT_RECORDS.value)
    return ExportDesk(room.store, actor_of(account), work.asked_by)


def _add_all(adding: Adding, hand: Hand, desk: ExportDesk, room: ExportRoom) -> None:
    form = hand.work.arguments["form"]
    keys = [UUID(key) for key in hand.work.arguments["keys"]]
    together = len(keys) if FORMS[form].holds_many else 1
    for start in range(adding.done, len(keys), together):
        chosen = keys[start : start + together]

        def write(sink: PackageSink, chosen: list[UUID] = chosen) -> None:
            outgoing = prepare_export(chosen, form=form, desk=desk, now=room.clock())
            place = sink if form in _AT_TOP or together > 1 else InnerSink(sink, folder_of(outgoing[0]))
            write_export(outgoing, form=form, sink=place)

        adding.add(write, count=len(chosen))
        if adding.done < len(keys):
            hand.reach(adding.done)


_AT_TOP = frozenset({"eep"})
"""Forms of which a record is one file, called by its own number."""


def exported_file(work: CatalogueWork, *, room: ExportRoom, actor: str) -> Path:
    """Return the package of an act that is done, and write in the journal that it was taken.

    Raises:
        NotFound: ``export_gone``, it is not there any more, or not yet.
    """
    path = room.package(work.key).path
    if work.state != WorkState.DONE or not path.is_file():
        raise NotFound("export_gone")
    facts = {"work": work.key.hex, "form": work.arguments["form"], "records": len(work.arguments["keys"])}
    with transaction.atomic():
        journal.record(journal.Entry(Event.EXPORT_TAKEN, actor, room.clock(), None, facts))
    return path


def discard_old(room: ExportRoom) -> None:
    """Remove packages that have waited for their days."""
    oldest = (room.clock() - timedelta(days=KEPT_DAYS)).timestamp()
    for folder in room.folder.iterdir() if room.folder.is_dir() else ():
        with suppress(FileNotFoundError):  # another worker lets go of it as well
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def is_takeable(work: CatalogueWork, *, room: ExportRoom) -> bool:
    """Say whether the package of an act can be downloaded."""
    return work.state == WorkState.DONE and room.package(work.key).path.is_file()
