"""Taking what a source hands over by other ways than push: the same use cases, and a list of what could not be taken.

Bytes are staged before the transaction; then messages, problems and the source's cursor are committed together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from jingui.domain.capture.incoming import ArrivalKind, Lot
from jingui.domain.errors import DomainError
from jingui.formats.identification import identify
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.files import Arrival as FileArrival
from jingui.usecases.capture.files import receive_files
from jingui.usecases.capture.preparing import Intake, Ready, Sorted, check_items, discard, stage_files
from jingui.usecases.capture.refused import Refusal, keep_refusals, settle_taken
from jingui.usecases.capture.steps import receive_steps

MOST_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages were new, had come before, and could not be taken."""

    taken: int = 0
    repeated: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = field(default=(), compare=False, repr=False)
    """Which ones, of a single lot; sums do not carry them."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.taken + other.taken, self.repeated + other.repeated, self.refused + other.refused)


def take_lot(lot: Lot, *, intake: Intake, now: datetime, finish: Callable[[Tally], None]) -> Tally:
    """Take the messages of a lot, in order, and run ``finish`` (moving the cursor) in the same transaction.

    A message taken before changes nothing. One that is in conflict, invalid or refused, or whose bytes will not come, is
    kept as a problem with the message as it came and stops nothing; when it is taken later its problem is settled.

    Raises:
        TransientFailure: bytes cannot be had just now, or the disk is full; nothing of the lot is taken.
    """
    items = check_items(lot.items)
    try:
        stage_files(items.ready, intake)
        with transaction.atomic():
            tally = _take(items, intake, now)
            finish(tally)
    except (OperationalError, InterfaceError):
        raise  # the commit may have been done and its answer lost; reconciliation lets go of bytes no row knows
    except BaseException:
        for each in items.ready:
            each.is_new = False
        discard(items.ready, intake)
        raise
    discard(items.ready, intake)
    return tally


def _take(items: Sorted, intake: Intake, now: datetime) -> Tally:
    for group in _groups([each for each in items.ready if not each.is_known and not each.refusal]):
        _take_group(group, intake, now)
    refused = items.refusals + [each.refusal for each in items.ready if each.refusal]
    new = [each.arrival.subject for each in items.ready if each.is_new]
    keep_refusals(refused, connection=intake.connection, now=now)
    settle_taken(new, connection=intake.connection, now=now)
    repeated = len(items.ready) + len(items.refusals) - len(new) - len(refused)
    return Tally(len(new), repeated, len(refused), tuple(refused))


def _groups(ready: Sequence[Ready]) -> Iterator[list[Ready]]:
    """Put files, or steps, of one case that follow each other together; a key that comes again begins a new group."""
    group: list[Ready] = []
    for each in ready:
        if group and not _belongs(each, group):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _belongs(each: Ready, group: Sequence[Ready]) -> bool:
    is_alike = each.group == group[0].group and each.arrival.kind in {ArrivalKind.FILE, ArrivalKind.STEP}
    is_new_key = each.arrival.subject not in {other.arrival.subject for other in group}
    return is_alike and is_new_key and len(group) < MOST_TOGETHER


def _take_group(group: Sequence[Ready], intake: Intake, now: datetime) -> None:
    """Take a group at once; if one of it is refused take them one by one, so that only that one stays out."""
    kind, case_number = group[0].group
    try:
        news = _RECEIVERS[kind](case_number, group, intake, now)
    except DomainError as error:
        if len(group) == 1:
            group[0].refusal = Refusal(group[0].arrival, error)
            return
        for each in group:
            _take_group([each], intake, now)
        return
    for each, is_new in zip(group, news, strict=True):
        each.is_new = is_new


Receiver = Callable[[str, Sequence[Ready], Intake, datetime], Sequence[bool]]


def _receive_case(_number: str, group: Sequence[Ready], intake: Intake, now: datetime) -> Sequence[bool]:
    message: Any = group[0].message
    return [not receive_case(message=message, sender=intake.sender, desk=intake.desk, now=now).is_repeat]


def _receive_closure(number: str, group: Sequence[Ready], intake: Intake, now: datetime) -> Sequence[bool]:
    message: Any = group[0].message
    taken = receive_closure(case_number=number, message=message, sender=intake.sender, desk=intake.desk, now=now)
    return [not taken.is_repeat]


def _receive_steps(number: str, group: Sequence[Ready], intake: Intake, now: datetime) -> Sequence[bool]:
    messages: Any = [each.message for each in group]
    taken = receive_steps(case_number=number, messages=messages, sender=intake.sender, desk=intake.desk, now=now)
    return [not taken.is_repeat] * len(group)


def _receive_files(number: str, group: Sequence[Ready], intake: Intake, now: datetime) -> Sequence[bool]:
    arrivals = [_file_arrival(each, intake) for each in group]
    taken = receive_files(case_number=number, arrivals=arrivals, sender=intake.sender, desk=intake.desk, now=now)
    return [not each.is_repeat for each in taken]


def _file_arrival(each: Ready, intake: Intake) -> FileArrival:
    staged: Any = each.staged
    message: Any = each.message
    identified = identify(
        staged.head, staged.tail, size=staged.bytes, open_stream=lambda: intake.staging.open(staged.token)
    )
    return FileArrival(each.arrival.case_number, message, staged, identified)


_RECEIVERS: dict[ArrivalKind, Receiver] = {
    ArrivalKind.CASE: _receive_case,
    ArrivalKind.FILE: _receive_files,
    ArrivalKind.STEP: _receive_steps,
    ArrivalKind.CLOSURE: _receive_closure,
}
