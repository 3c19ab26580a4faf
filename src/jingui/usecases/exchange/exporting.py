"""Exporting archived records: what was sealed is read from the store, judged, journalled, and written in a form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction

from jingui.db import journal
from jingui.db.models import JournalEvent, PackageVersion
from jingui.db.queries.visibility import visible_cases
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.audit.events import Event
from jingui.domain.errors import Invalid, NotFound, PermanentFailure, Problem
from jingui.domain.packaging.transfer import TransferEvent, TransferFile
from jingui.formats.exchange.described import Found, record_of
from jingui.formats.exchange.forms import CannotHoldError, Form, Outgoing
from jingui.formats.exchange.national import contents_of
from jingui.formats.exchange.profiles import FORMS
from jingui.formats.exchange.sinks import ContentDamagedError, InnerSink, PackageSink
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.packages.catalogue import read_catalogue
from jingui.formats.packages.elements import parse
from jingui.formats.packages.national_draft import SPEC
from jingui.ports import PreservationStore

MOST_TOGETHER = 500
"""How many records one export holds; what a batch needs in memory grows with them."""

_MAX_DOCUMENT = 64 << 20
_NOT_OF_PRESERVATION = frozenset({Event.RECORD_VIEWED.value, Event.RECORD_SEARCHED.value, Event.RECORD_EXPORTED.value})
_EVENTS = 2_000


@dataclass(frozen=True, slots=True)
class ExportDesk:
    """What exporting needs at hand: the store, and who asks (``actor`` as the journal names him)."""

    store: PreservationStore
    actor: Actor
    journal_actor: str


def prepare_export(keys: Sequence[UUID], *, form: str, desk: ExportDesk, now: datetime) -> list[Outgoing]:
    """Look up records that the actor may export, and write in the journal that he does, before a byte is given out.

    Raises:
        NotFound: there is no such form, or a record of which he may know nothing.
        Invalid: a record is not archived, there are too many, or the form cannot hold them.
    """
    if form not in FORMS:
        raise NotFound("export_form_unknown", form=form)
    versions = _versions(keys, desk.actor)
    outgoing = [_outgoing(version, desk.store) for version in versions]
    _check_form(FORMS[form], outgoing)
    _note(versions, form, desk, now)
    return outgoing


def check_export(keys: Sequence[UUID], *, form: str, actor: Actor) -> int:
    """Return how many records would be exported; raises what ``prepare_export`` raises of a choice, and writes nothing."""
    if form not in FORMS:
        raise NotFound("export_form_unknown", form=form)
    return len(_versions(keys, actor))


def write_export(outgoing: Sequence[Outgoing], *, form: str, sink: PackageSink) -> None:
    """Write prepared records: together where the form holds many, else each in a folder of its own.

    Raises:
        PermanentFailure: ``export_damaged``, the stored bytes are not those that were archived.
    """
    chosen = FORMS[form]
    try:
        if chosen.holds_many or len(outgoing) == 1:
            chosen.write(outgoing, sink)
            return
        for one in outgoing:
            chosen.write([one], InnerSink(sink, folder_of(one)))
    except ContentDamagedError as error:
        raise PermanentFailure("export_damaged", str(error)) from error


def folder_of(one: Outgoing) -> str:
    """Return what the folder of a record is called where several lie side by side."""
    return "".join("_" if letter in '\\/:*?"<>|' or letter < " " else letter for letter in one.record.code) or "record"


def _versions(keys: Sequence[UUID], actor: Actor) -> list[PackageVersion]:
    if not keys or len(keys) > MOST_TOGETHER:
        raise Invalid((Problem("records", "export_count", {"count": str(len(keys)), "limit": str(MOST_TOGETHER)}),))
    cases = {case.key: case for case in visible_cases(actor, Permission.EXPORT_RECORDS).filter(pk__in=list(keys))}
    if set(keys) - cases.keys():
        raise NotFound("not_found")
    stored = PackageVersion.objects.filter(case_id__in=list(keys), stored_at__isnull=False).order_by("number")
    newest = {version.case_id: version for version in stored}
    waiting = [cases[key].case_number for key in keys if key not in newest]
    if waiting:
        raise Invalid(tuple(Problem(number, "export_not_archived") for number in waiting))
    return [newest[key] for key in dict.fromkeys(keys)]


def _outgoing(version: PackageVersion, store: PreservationStore) -> Outgoing:
    """Read the describing documents of a stored version; its files are opened when they are written."""
    places = {path: place[0] for path, place in version.manifest.items()}
    try:
        documents = {path: _read(store, version, places[path]) for path in sorted(places.keys() - contents_of(places))}
        record = record_of(documents, _found(version, documents))
    except (OSError, ValueError, DocumentRefusedError) as error:
        raise PermanentFailure("export_damaged", f"{version.object_id}: {error}") from error

    def opened(file: TransferFile) -> IO[bytes]:
        return store.open_content(version.object_id, places[file.path])

    return Outgoing(replace(record, events=_events(version)), opened)


def _read(store: PreservationStore, version: PackageVersion, place: str) -> bytes:
    with store.open_content(version.object_id, place) as stream:
        data = stream.read(_MAX_DOCUMENT + 1)
    if len(data) > _MAX_DOCUMENT:
        raise ValueError(place)
    return data


def _found(version: PackageVersion, documents: dict[str, bytes]) -> list[Found]:
    """List the files with the digests that the sealed catalogue and the store's manifest tell."""
    entries = [entry for entry in read_catalogue(parse(documents[SPEC.catalogue])) if entry]
    return [
        Found(
            entry.path,
            version.manifest[entry.path][2],
            {"sha256": entry.sha256, "sm3": entry.sm3, "sha512": version.manifest[entry.path][1]},
        )
        for entry in entries
        if entry.path in version.manifest
    ]


def _events(version: PackageVersion) -> tuple[TransferEvent, ...]:
    rows = JournalEvent.objects.filter(case_key=version.case_id).order_by("id")[:_EVENTS]
    return tuple(
        TransferEvent(f"urn:jingui:event:{row.pk}", row.kind, row.at.isoformat(), row.actor)
        for row in rows
        if row.kind not in _NOT_OF_PRESERVATION
    )


def _check_form(form: Form, outgoing: Sequence[Outgoing]) -> None:
    """Find out before anything is given out whether the form has a place for the records."""
    groups = [outgoing] if form.holds_many else [[one] for one in outgoing]
    for group in groups:
        try:
            form.demand(group)
        except CannotHoldError as error:
            raise Invalid((Problem(group[0].record.code, error.code, {"detail": error.detail}),)) from error


def _note(versions: Sequence[PackageVersion], form: str, desk: ExportDesk, now: datetime) -> None:
    with transaction.atomic():
        for version in versions:
            facts = {"form": form, "version": version.number, "inventory_sha512": version.inventory_sha512}
            journal.record(journal.Entry(Event.RECORD_EXPORTED, desk.journal_actor, now, version.case_id, facts))
