"""Reading sources: what opens a connection, finds the faults of its choices, and reads it for a while."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings

from jingui.adapters.sources.bagit_folder import BagFolder
from jingui.adapters.sources.batch_folder import BatchFolder
from jingui.adapters.sources.kinds import READER_KINDS
from jingui.adapters.sources.opening import Opening
from jingui.bootstrap import services
from jingui.bootstrap.secrets import named_secret
from jingui.db.models import SourceConnection
from jingui.db.queries.refusals import open_refusals
from jingui.domain.errors import PermanentFailure, Problem
from jingui.ports import SourceReader
from jingui.usecases.capture.collecting import Collecting
from jingui.usecases.capture.folders import Desk


def connection_problems(kind: str, configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every fault of the choices of a connection."""
    if kind not in READER_KINDS:
        return (Problem("kind", "not_in_range", {"allowed": ", ".join(sorted(READER_KINDS))}),)
    return READER_KINDS[kind].check(configuration, mapping)


def open_reader(connection: SourceConnection) -> SourceReader:
    """Open the reader of a connection. Raises what the reader raises."""
    kind = READER_KINDS.get(connection.kind)
    if kind is None:
        raise PermanentFailure("kind_unknown", connection.kind)
    folder = settings.JINGUI.home / "collected" / connection.key.hex
    reader = kind.open(Opening(connection.configuration, connection.mapping, folder, named_secret))
    if isinstance(reader, BatchFolder | BagFolder):
        reader.refusals = partial(open_refusals, connection.key)
    return reader


def collecting(*, clock: Callable[[], datetime], is_over: Callable[[], bool]) -> Collecting:
    """Return what reading a connection for a while needs."""
    ready = services()
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    limit = ready.instance.max_file_bytes
    return Collecting(open_reader, desk, ready.staging, limit, clock, is_over)
