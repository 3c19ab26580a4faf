"""Giving out a restricted copy: made of the stored bytes at the moment of asking, numbered without gaps, kept."""

from __future__ import annotations

import secrets
import zipfile
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction

from jingui.db import journal
from jingui.db.keys import new_key
from jingui.db.models import AccessCopy, Account, Case, CodeSequence
from jingui.db.queries.copies import StoredFile, stored_files
from jingui.db.queries.visibility import visible_case
from jingui.domain.access.copies import CopyRequest, check_copy_request, copy_number
from jingui.domain.access.roles import Actor, Permission, check_may
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, NotFound, PermanentFailure, Refused, TransientFailure
from jingui.formats.copies import COPY_FORMATS, CopyStamp, TextOriginal, make_copy
from jingui.formats.digests import digest_file
from jingui.formats.reading import DEFAULT_LIMITS
from jingui.formats.reading.ofd_package import OfdPackage
from jingui.ports import PreservationStore
from jingui.usecases.access.identity import permanent_identifier
from jingui.usecases.access.kept import KeptCopies

TOKEN_BYTES = 24  # 192 bits: nobody finds an address of a copy by trying
ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class CopyDesk:
    """What giving out copies needs at hand. ``issuer`` is printed on them, ``public_url`` is where the QR code leads."""

    store: PreservationStore
    kept: KeptCopies
    issuer: str
    public_url: str
    max_days: int


@dataclass(frozen=True, slots=True)
class _Order:
    """A copy that may be made: by whom, of what, on which terms, with which token."""

    account: Account
    case: Case
    file: StoredFile
    terms: CopyRequest
    key: UUID
    token: str
    today: date

    @property
    def prefix(self) -> str:
        """What its number begins with: the fonds of the agency, so that numbers of agencies cannot meet."""
        return self.case.agency.fonds if self.case.agency else ""

    @property
    def scope(self) -> str:
        """The counter of its number: one per fonds and year."""
        return f"copy_number:{self.prefix}:{self.today.year}"


def issue_copy(
    *, case_key: UUID, file_key: str, request: CopyRequest, actor: Actor, desk: CopyDesk, now: datetime
) -> AccessCopy:
    """Make a restricted copy of one preserved file and return its row. ``now`` bears the zone whose days count.

    The PDF is made before the counter is locked, with the number that is next; if somebody was quicker, it is made again.
    So no number is lost or given twice, and nobody waits for a long document.

    Raises:
        NotFound: the actor may not know of the record, or it has no such file.
        Refused: ``permission_missing``, or ``copy_format_unsupported``.
        Conflict: ``record_not_preserved``.
        Invalid: ``copy_request_invalid`` with every problem of the request.
        PermanentFailure: ``copy_original_damaged``, ``content_gone``, or what ``make_copy`` says of the original.
        TransientFailure: ``database_busy``, others kept taking the number.
    """
    case, file = _permitted(actor, case_key, file_key)
    terms = check_copy_request(request, today=now.date(), max_days=desk.max_days)
    account = Account.objects.get(pk=UUID(actor.account_key))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    order = _Order(account, case, file, terms, new_key(), token, now.date())
    source = _source(file, desk.store)
    with desk.kept.checked_original(source, sha256=file.row.sha256) as original, desk.kept.part(order.key) as part:
        text = _text_of(original, order)
        for _ in range(ATTEMPTS):
            row = _made(order, original, part, text=text, desk=desk, now=now)
            if _written(order, row, part, desk=desk, now=now):
                return row
    raise TransientFailure("database_busy", "copy numbers")


def _permitted(actor: Actor, case_key: UUID, file_key: str) -> tuple[Case, StoredFile]:
    case = visible_case(actor, case_key, Permission.VIEW_RECORD)
    check_may(actor, Permission.ISSUE_COPY, agency_code=case.agency.code if case.agency else None)
    files = stored_files(case)
    if not files:
        raise Conflict("record_not_preserved")
    file = next((each for each in files if each.row.file_key == file_key), None)
    if file is None:
        raise NotFound("not_found")
    if file.row.format_name not in COPY_FORMATS:
        raise Refused("copy_format_unsupported", format=file.row.format_name)
    return case, file


def _source(file: StoredFile, store: PreservationStore) -> Path:
    try:
        return store.content_location(file.object_id, file.content_path)
    except FileNotFoundError as error:
        raise PermanentFailure("content_gone", file.content_path) from error


def _text_of(original: Path, order: _Order) -> TextOriginal | None:
    """Read the text of an OFD from the very bytes that were checked; the text kept for searching vouches for nothing."""
    if order.file.row.format_name != "ofd":
        return None
    try:
        with zipfile.ZipFile(original) as archive:
            package = OfdPackage(archive, max_part_bytes=DEFAULT_LIMITS.parsed_bytes)
            pages = tuple(
                "\n".join(package.page_lines(document, page, _passed_over))
                for document in package.documents
                for page in document.pages
            )
    except (zipfile.BadZipFile, ValueError, KeyError, OSError) as error:
        raise PermanentFailure("copy_source_broken", f"{type(error).__name__}: {error}") from error
    return TextOriginal(pages, order.file.row.sha256)


def _passed_over(code: str, detail: str) -> None:
    """Pass over a defect of the file: its inspection names it."""


def _made(
    order: _Order, original: Path, part: Path, *, text: TextOriginal | None, desk: CopyDesk, now: datetime
) -> AccessCopy:
    """Make the PDF with the number that is next, and return the unsaved row."""
    last = CodeSequence.objects.filter(scope=order.scope).values_list("last", flat=True).first() or 0
    number = copy_number(prefix=order.prefix, year=order.today.year, serial=last + 1)
    stamp = CopyStamp(
        copy_number=number,
        issuer=desk.issuer,
        purpose=order.terms.purpose,
        receiver=order.terms.receiver,
        issued_on=order.today,
        expires_on=order.terms.expires_on,
        verify_url=f"{desk.public_url}/v/{order.token}",
    )
    result = make_copy(original, order.file.row.format_name, stamp=stamp, out=part, text=text)
    digests = digest_file(part, ("sha256", "sm3"))
    return AccessCopy(
        key=order.key,
        case=order.case,
        file=order.file.row,
        copy_number=number,
        token=order.token,
        purpose=order.terms.purpose,
        receiver=order.terms.receiver,
        issued_by=order.account,
        issued_at=now,
        expires_at=datetime.combine(order.terms.expires_on + timedelta(days=1), time(), now.tzinfo),
        pages=result.pages,
        bytes=result.bytes,
        note=result.note,
        **digests,
    )


def _written(order: _Order, row: AccessCopy, part: Path, *, desk: CopyDesk, now: datetime) -> bool:
    """Write row, counter and journal entry and keep the bytes; nothing of it if the number has been taken meanwhile."""
    identifier = permanent_identifier(part)
    try:
        with transaction.atomic():
            sequence, is_new = _next(order.scope)
            if not row.copy_number.endswith(f"{sequence.last:07}"):
                return False
            desk.kept.admit(order.key)
            entry = journal.Entry(
                Event.COPY_ISSUED, f"account:{order.account.username}", now, order.case.key, _facts(row, identifier)
            )
            journal.record(entry, new=[row, sequence] if is_new else [row], changed=[] if is_new else [sequence])
    except IntegrityError:  # two first copies of a year ran into each other
        desk.kept.discard(order.key)
        return False
    except BaseException:
        desk.kept.discard(order.key)
        raise
    return True


def _next(scope: str) -> tuple[CodeSequence, bool]:
    found = CodeSequence.objects.select_for_update().filter(scope=scope).first()
    if found is None:
        return CodeSequence(scope=scope, last=1), True
    found.last += 1
    return found, False


def _facts(row: AccessCopy, identifier: str) -> dict[str, object]:
    """Say what was made, without whom it is for and what for: those are personal data and stand in the row."""
    return {
        "copy": row.key.hex,
        "copy_number": row.copy_number,
        "file_key": row.file.file_key,
        "source_sha256": row.file.sha256,
        "sha256": row.sha256,
        "sm3": row.sm3,
        "pages": row.pages,
        "bytes": row.bytes,
        "expires_at": row.expires_at,
        "pdf_identifier": identifier,
    }
