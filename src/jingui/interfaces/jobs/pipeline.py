"""The pipeline of one case: as many stages as it can go, each a use case with transactions of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from jingui.bootstrap import Services, catalogue_bench, conversion_bench, counter_room, signature_desk
from jingui.db.queries.suggestions import ask_for_recognition
from jingui.db.queries.work import CaseProgress, get_progress
from jingui.domain.errors import TransientFailure
from jingui.domain.lifecycle import CaseState, Stage, next_stage
from jingui.interfaces.wording import finding_text
from jingui.usecases.arrangement import arrange_case
from jingui.usecases.capture.counter.reading import read_scans
from jingui.usecases.capture.suggesting import Shelf, suggest_for_case
from jingui.usecases.capture.themes import Shelves, settle_shared_files
from jingui.usecases.catalogue.working import work_on
from jingui.usecases.inspection import Bench, inspect_case
from jingui.usecases.packaging.packing import PackingTable, package_case
from jingui.usecases.preservation.migrating import advance_migration
from jingui.usecases.preservation.storing import Vault, preserve_case

BUILD_LOST = frozenset({"build_missing", "package_not_built"})  # what was built is gone; everything in it is not
_MOST_STAGES = 64  # a case that gets so much late material at once goes back to the queue


def advance(case_key: UUID, *, services: Services, clock: Callable[[], datetime]) -> None:
    """Bring a case as far as it can go now. Killed anywhere, the next call goes on from the stored state.

    What is no case is a long act on catalogue or plans, a format migration, or a session of the counter whose scans wait
    to be read.
    """
    for _ in range(_MOST_STAGES):
        progress = get_progress(case_key)
        if progress is None and work_on(case_key, bench=catalogue_bench(services, clock)):
            return
        is_over = slice_of(services)
        if progress is None and advance_migration(
            case_key, bench=conversion_bench(services), clock=clock, is_over=is_over
        ):
            return
        if progress is None:
            read_scans(case_key, room=counter_room(services), clock=clock, is_over=is_over)
        if progress and progress.awaits_shared_file and _share(case_key, services, clock()):
            progress = get_progress(case_key)
        stage = stage_of(progress) if progress else None
        if stage is None:
            return
        _STAGES[stage](case_key, services, clock())


def slice_of(services: Services) -> Callable[[], bool]:
    """Begin a slice; return what says whether it is over."""
    ends_at = time.monotonic() + services.instance.slice_seconds
    return lambda: time.monotonic() >= ends_at


def stage_of(progress: CaseProgress) -> Stage | None:
    """Return the stage a case waits for: that of its state, or inspection if something new has come."""
    if progress.state in {CaseState.HELD, CaseState.PRESERVED}:
        return Stage.INSPECT if progress.has_news else None
    return next_stage(progress.state)


def _share(case_key: UUID, services: Services, now: datetime) -> int:
    return settle_shared_files(case_key, shelves=Shelves(services.staging, services.store), now=now)


def _inspect(case_key: UUID, services: Services, now: datetime) -> None:
    bench = Bench(
        examiner=services.examiner,
        staging=services.staging,
        store=services.store,
        signer=services.receipt_signer,
        scanner=services.malware,
        desk=signature_desk(),
    )
    shelf = Shelf(services.examiner, services.staging, services.store, services.queue)
    suggest_for_case(case_key, shelf=shelf, now=now)
    inspect_case(case_key, bench=bench, now=now)
    if services.instance.recognises_files and services.recogniser.is_available:
        ask_for_recognition(case_key, now=now)


def _arrange(case_key: UUID, _services: Services, now: datetime) -> None:
    arrange_case(case_key, now=now)


def _package(case_key: UUID, services: Services, now: datetime) -> None:
    table = PackingTable(
        store=services.store,
        staging=services.staging,
        signers=services.signers,
        archives_name=services.instance.name,
        say=finding_text,
        desk=signature_desk(),
    )
    package_case(case_key, table=table, now=now)


def _preserve(case_key: UUID, services: Services, now: datetime) -> None:
    vault = Vault(
        store=services.store,
        staging=services.staging,
        search=services.search,
        signer=services.receipt_signer,
        queue=services.queue,
    )
    try:
        preserve_case(case_key, vault=vault, now=now)
    except TransientFailure as failure:
        if failure.code not in BUILD_LOST:
            raise
        _package(case_key, services, now)
        preserve_case(case_key, vault=vault, now=now)


_STAGES: dict[Stage, Callable[[UUID, Services, datetime], None]] = {
    Stage.INSPECT: _inspect,
    Stage.ARRANGE: _arrange,
    Stage.PACKAGE: _package,
    Stage.PRESERVE: _preserve,
}
