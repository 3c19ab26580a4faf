"""Bringing the lines of a ledger into a table that can be compared: in batches, resumable, from the kept bytes alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, tzinfo
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction

from jingui.db.models import Agency, DayClosing, LedgerLine, ServiceItem
from jingui.db.statements import column_value
from jingui.domain.supervision.ledgers import LedgerLine as Line
from jingui.domain.supervision.ledgers import handling_deadline
from jingui.domain.supervision.terms import CoverageProfile
from jingui.usecases.supervision.reading import kept_lines

BATCH = 2000
T = TypeVar("T")

# What a line says, in the order of its columns; the table is compared with the kept bytes by the same names.
_SAID = (
    "position", "case_number", "state", "agency_code", "item_code", "promised_at", "fallback_at", "closed_at", "kind",
    "files", "steps", "files_sha256", "item_agency_id",
)  # fmt: skip
_INSERT = f"""
    INSERT INTO jingui_ledger_line (ledger_id, {", ".join(_SAID)}, standing, gap, differences, is_digest_wrong)
    VALUES ({", ".join(["%s"] * (len(_SAID) + 1))}, '', '', '', %s)
"""


def load_lines(closing: DayClosing, *, profile: CoverageProfile, zone: tzinfo) -> None:
    """Load what is not loaded yet. Killed anywhere, the next call goes on behind the last batch.

    Raises:
        PermanentFailure: ``ledger_damaged``.
    """
    loader = _Loader(closing, profile, zone)
    position = 0
    for batch in batches(kept_lines(closing.ledger), BATCH):
        loader.load(batch, position)
        position += len(batch)
    with transaction.atomic():
        row = DayClosing.objects.select_for_update().get(pk=closing.pk)
        if row.ledger_id == closing.ledger_id:
            DayClosing.objects.filter(pk=closing.pk).update(is_loaded=True, loaded_lines=position, pruned_at=None)
    closing.refresh_from_db()


def lines_agree(closing: DayClosing, *, profile: CoverageProfile, zone: tzinfo) -> bool:
    """Say whether the table still says what the kept bytes say; it is not protected, they are."""
    loader = _Loader(closing, profile, zone)
    rows = LedgerLine.objects.filter(ledger_id=closing.ledger_id).order_by("id").values_list(*_SAID)
    stored = rows.iterator(chunk_size=BATCH)
    position = 0
    for batch in batches(kept_lines(closing.ledger), BATCH):
        if list(islice(stored, len(batch))) != loader.said(batch, position):
            return False
        position += len(batch)
    return next(stored, None) is None


class _Loader:
    """Writes batches of one ledger; remembers the limits and agencies of the items it has met."""

    def __init__(self, closing: DayClosing, profile: CoverageProfile, zone: tzinfo) -> None:
        self._closing, self._profile = closing, profile
        self._day = datetime.combine(closing.ledger.day, time(), zone)
        self._items: dict[str, tuple[str, UUID | None]] = {}
        agency_codes = tuple(closing.ledger.source.agency_codes)
        self._allowed = frozenset(agency_codes)
        only = Agency.objects.filter(code=agency_codes[0]).first() if len(agency_codes) == 1 else None
        self._nobody = ("", only.key if only else None)

    def load(self, batch: tuple[Line, ...], position: int) -> None:
        """Write a batch that begins at a position, unless it has been written."""
        rows = [_columns(self._closing.ledger_id, said) for said in self.said(batch, position)]
        with transaction.atomic():
            row = DayClosing.objects.select_for_update().get(pk=self._closing.pk)
            if row.ledger_id != self._closing.ledger_id or row.loaded_lines != position:
                return  # another ledger has come, or this batch stands already
            if not position:  # lines that pruning has kept
                LedgerLine.objects.filter(ledger_id=row.ledger_id).delete()
            with connection.cursor() as cursor:
                cursor.executemany(_INSERT, rows)
            DayClosing.objects.filter(pk=row.pk).update(loaded_lines=position + len(batch))

    def said(self, batch: tuple[Line, ...], position: int) -> list[tuple[object, ...]]:
        """Return what the lines of a batch say, as the columns of the table."""
        self._learn({line.item_code for line in batch} - {""})
        return [self._values(line, position + at) for at, line in enumerate(batch)]

    def _learn(self, codes: Iterable[str]) -> None:
        """Look up the items of a batch in one query."""
        unknown = [code for code in codes if code not in self._items]
        found = ServiceItem.objects.filter(item_code__in=unknown).order_by("item_version")
        told = ("item_code", "promised_limit", "statutory_limit", "agency__code")
        for item in found.select_related("agency").only(*told):
            limit = item.promised_limit or item.statutory_limit
            # A source tells nothing of other agencies, not even by naming an item of theirs.
            is_own = not self._allowed or item.agency.code in self._allowed
            self._items[item.item_code] = (limit, item.agency_id if is_own else self._nobody[1])
        for code in unknown:
            self._items.setdefault(code, self._nobody)

    def _values(self, line: Line, position: int) -> tuple[object, ...]:
        limit, agency = self._items.get(line.item_code, self._nobody)
        begun = line.received_at or self._day
        deadline = handling_deadline(begun, limit=limit, default_days=self._profile.handling_days)
        return (
            position, line.case_number, line.state.value, line.agency_code, line.item_code, line.promised_at, deadline,
            line.closed_at, line.kind.value if line.kind else "", line.files, line.steps, line.files_sha256, agency,
        )  # fmt: skip


def _columns(ledger_key: UUID, said: tuple[object, ...]) -> list[Any]:
    adapt = connection.ops.adapt_datetimefield_value
    return [
        adapt(value) if isinstance(value, datetime) else column_value(value) for value in (ledger_key, *said, False)
    ]


def batches(values: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Cut values into batches."""
    iterator = iter(values)
    while batch := tuple(islice(iterator, size)):
        yield batch


def forget_lines(closing: DayClosing) -> None:
    """Throw the lines away, so that they are loaded again."""
    with transaction.atomic():
        LedgerLine.objects.filter(ledger_id=closing.ledger_id).delete()
        DayClosing.objects.filter(pk=closing.pk).update(loaded_lines=0, is_loaded=False)
    closing.refresh_from_db()
