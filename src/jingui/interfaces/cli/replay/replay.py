"""A whole replay: read the log, plan, send, wait, mend, report."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from jingui.interfaces.cli.client import CaptureClient, Endpoint, ServerSilentError, Waiting
from jingui.interfaces.cli.replay.feed import FeedResult, feed, order
from jingui.interfaces.cli.replay.items import MAX_MATERIALS, read_items
from jingui.interfaces.cli.replay.ledger import SentLedger, send_ledger
from jingui.interfaces.cli.replay.log import Columns, ended_at_last_event, read_log
from jingui.interfaces.cli.replay.plan import BrokenFile, CasePlan, Message, Supply, plan_case
from jingui.interfaces.cli.replay.report import ReplayReport
from jingui.interfaces.cli.replay.settle import CaseStatus, ask_all, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from jingui.interfaces.cli.replay.deliver import Delivery
    from jingui.interfaces.cli.replay.feed import Observer


class SupplyError(ValueError):
    """There are no files to send."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a log is played. Shares are 0 to 1, times are seconds. ``delivery`` is another way than push to hand it over.

    ``ledger_day``: the ledger of this day, with every case of the log, is sent when all rest.
    """

    columns: Columns = field(default_factory=Columns)
    seed: int = 1
    limit: int | None = None
    is_shuffled: bool = False
    repeat: int = 1
    concurrency: int = 1
    ends_at_last_event: bool = False
    max_materials: int = MAX_MATERIALS
    broken_share: float = 0.0
    broken_files: tuple[Path, ...] = ()
    is_mending: bool = False
    delivery: Delivery | None = None
    ledger_day: date | None = None
    waiting: Waiting = field(default_factory=Waiting)


def list_files(places: Iterable[Path]) -> list[Path]:
    """List the files at or below the places, sorted, so that a seed always chooses the same ones.

    Raises:
        SupplyError: a place does not exist, or there is no file at all.
    """
    found: set[Path] = set()
    for place in places:
        if not place.exists():
            raise SupplyError(f"{place} does not exist")
        found |= {path for path in ([place] if place.is_file() else place.rglob("*")) if path.is_file()}
    if not found:
        raise SupplyError("there are no files to send")
    return sorted(found)


def plan_log(log: Path, *, items: Path, files: Sequence[Path], options: ReplayOptions) -> list[CasePlan]:
    """Plan all cases of a log.

    Raises:
        LogError, ItemsError, SupplyError: an input cannot be used.
        OSError: an input cannot be read.
    """
    traces = read_log(log, columns=options.columns, limit=options.limit)
    if options.ends_at_last_event:
        traces = [ended_at_last_event(trace) for trace in traces]
    known = read_items(items, max_materials=options.max_materials)
    broken = list_files(options.broken_files) if options.broken_share > 0 else ()
    supply = Supply(list_files(files), broken, options.broken_share)
    return [plan_case(trace, items=known, supply=supply, seed=options.seed) for trace in traces]


def replay(
    log: Path,
    *,
    endpoint: Endpoint,
    items: Path,
    files: Sequence[Path],
    options: ReplayOptions,
    observe: Observer | None = None,
) -> ReplayReport:
    """Play a case log at a running server as a business system would, and wait until it has come to rest.

    ``observe`` is told after each answer how many sendings are answered, and of how many.

    Raises:
        LogError, ItemsError, SupplyError: an input cannot be used; nothing was sent.
        OSError: an input cannot be read.
        ValueError: the server's address is not one.
    """
    plans = plan_log(log, items=items, files=files, options=options)
    with CaptureClient(endpoint, waiting=options.waiting) as client:
        sendings = order(
            [message for plan in plans for message in plan.messages],
            rng=Random(f"{options.seed}:order"),  # noqa: S311 - a repeatable order, no secret
            repeat=options.repeat,
            is_shuffled=options.is_shuffled,
        )
        run = _Run(plans, endpoint, options, client)
        return _follow(run, _send(run, sendings, observe))


@dataclass(frozen=True, slots=True)
class _Run:
    plans: list[CasePlan]
    endpoint: Endpoint
    options: ReplayOptions
    client: CaptureClient

    @property
    def closed(self) -> frozenset[str]:
        return frozenset(plan.number for plan in self.plans if plan.is_closed)

    @property
    def broken(self) -> tuple[BrokenFile, ...]:
        return tuple(broken for plan in self.plans for broken in plan.broken)


def _send(run: _Run, sendings: Sequence[Message], observe: Observer | None = None) -> FeedResult:
    """Send by the way that was chosen."""
    options = run.options
    if options.delivery is not None:
        fed = options.delivery.deliver(sendings)
        if observe is not None:
            observe(len(sendings), len(sendings))
        return fed
    return feed(
        sendings,
        endpoint=run.endpoint,
        waiting=options.waiting,
        concurrency=options.concurrency,
        observe=observe,
    )


def _follow(run: _Run, fed: FeedResult) -> ReplayReport:
    """Wait for rest, mend if asked to, wait again, send the ledger; stop where the server falls silent."""
    statuses: dict[str, CaseStatus] = {}
    before: dict[str, CaseStatus] = {}
    mending: FeedResult | None = None
    ledger: SentLedger | None = None
    silence = fed.silence
    if not silence:
        try:
            statuses = _rest(run)
            if run.options.is_mending and run.broken:
                before = dict(statuses)
                mending = _mend(run)
                statuses = _rest(run)
            if run.options.ledger_day:
                ledger = send_ledger(run.plans, day=run.options.ledger_day, client=run.client)
        except ServerSilentError as error:
            silence = str(error)
    return ReplayReport(fed, run.closed, statuses, run.broken, before, mending, silence, ledger)


def _rest(run: _Run) -> dict[str, CaseStatus]:
    closed = sorted(run.closed)
    statuses = settle(closed, client=run.client, patience_seconds=run.options.waiting.patience_seconds)
    open_ones = [plan.number for plan in run.plans if not plan.is_closed]
    return statuses | ask_all(open_ones, client=run.client)


def _mend(run: _Run) -> FeedResult:
    """Send a sound file for each broken one, as the source does when it sees its case held."""
    return _send(run, [broken.mend for broken in run.broken])
