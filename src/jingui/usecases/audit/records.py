"""Verifying journal and rows alone, where no store is at hand: a database restored for a drill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from jingui.ports import Signer
from jingui.usecases.audit.findings import HoldingsFinding, Looked
from jingui.usecases.audit.journal_check import check_events
from jingui.usecases.audit.log_check import LogCheck
from jingui.usecases.audit.row_check import RowCheck


def verify_records(signers: Sequence[Signer], looked: Looked) -> Iterator[HoldingsFinding]:
    """Name every event, checkpoint and row that is not as it was kept; see ``verify_holdings``."""
    log = LogCheck(signers, looked)
    yield from log.run()
    rows = RowCheck(looked, events_gone=log.missing)
    for told, finding in check_events(looked, unproved=log.unproved):
        if finding:
            yield finding
        yield from rows.add(told)
    yield from rows.unaccounted()
