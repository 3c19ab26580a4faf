"""Taking in records that come as packages: each becomes a case of a source, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from jingui.db.models import Source
from jingui.db.queries.rows import find_row
from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation
from jingui.domain.errors import Invalid, NotFound, Problem
from jingui.domain.packaging.transfer import TransferFile
from jingui.formats.handover.cases import HandedCase
from jingui.formats.identification import identify
from jingui.ports import StagedFile, StagingArea
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.files import Arrival as FileArrival
from jingui.usecases.capture.files import receive_files
from jingui.usecases.capture.folders import Desk, Sender
from jingui.usecases.capture.preparing import Ready, check_items
from jingui.usecases.capture.steps import receive_steps

BLOCK_BYTES = 1 << 18
MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class PackedCase:
    """A case read from a package, and how its files are opened by their path in it."""

    case: HandedCase
    open: Callable[[TransferFile], IO[bytes]]
    files: dict[str, TransferFile]


@dataclass(frozen=True, slots=True)
class TakenCase:
    """What became of one: its number, how many files it has, and whether it had come before in the same words."""

    case_number: str
    files: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class PackageDesk:
    """What taking needs at hand. ``limit`` is the most bytes of one file."""

    desk: Desk
    staging: StagingArea
    limit: int


def take_packed(cases: Iterable[PackedCase], *, source: str, using: PackageDesk, now: datetime) -> list[TakenCase]:
    """Take cases in the name of a source that is registered.

    Raises:
        NotFound: there is no such source.
        Invalid: a case does not carry what a case must have; nothing of it was taken, those before it were.
        Conflict: a case of that number says something else.
    """
    row = find_row(Source, "name = %s", source)
    if row is None:
        raise NotFound("source_unknown", name=source)
    sender = Sender(row.key, row.name, key_id="", nonce="", agency_codes=tuple(row.agency_codes))
    return [_take(packed, sender, using, now) for packed in cases]


def _take(packed: PackedCase, sender: Sender, using: PackageDesk, now: datetime) -> TakenCase:
    ready = _checked(packed.case)
    staged: list[StagedFile] = []
    try:
        for each in ready[ArrivalKind.FILE]:
            each.staged = using.staging.receive(_blocks(packed, each), limit=using.limit)
            staged.append(each.staged)
        is_repeat = _receive(packed.case.case_number, ready, sender, using, now)
    except BaseException:
        for one in staged:
            using.staging.discard(one.token)
        raise
    return TakenCase(packed.case.case_number, len(staged), is_repeat)


def _checked(case: HandedCase) -> dict[ArrivalKind, list[Ready]]:
    found = check_items(tuple(_arrivals(case)))
    problems = [problem for refusal in found.refusals for problem in _problems(refusal.error)]
    if problems:
        raise Invalid(tuple(problems[:MAX_PROBLEMS]), "package_case_invalid")
    return {kind: [each for each in found.ready if each.arrival.kind is kind] for kind in ArrivalKind}


def _problems(error: object) -> tuple[Problem, ...]:
    return error.problems if isinstance(error, Invalid) else (Problem("", str(getattr(error, "code", error))),)


def _arrivals(case: HandedCase) -> Iterable[Arrival]:
    number = case.case_number
    if case.case is not None:
        yield Arrival(ArrivalKind.CASE, number, case.case)
    for file in case.files:
        content = ContentLocation(file.path, sha256=file.sha256, bytes=file.bytes)
        yield Arrival(ArrivalKind.FILE, number, file.said, content)
    for step in case.steps:
        yield Arrival(ArrivalKind.STEP, number, step)
    if case.closure is not None:
        yield Arrival(ArrivalKind.CLOSURE, number, case.closure)


def _blocks(packed: PackedCase, each: Ready) -> Iterable[bytes]:
    path = each.arrival.content.address if each.arrival.content else ""
    with packed.open(packed.files[path]) as stream:
        while block := stream.read(BLOCK_BYTES):
            yield block


@transaction.atomic
def _receive(
    number: str, ready: dict[ArrivalKind, list[Ready]], sender: Sender, using: PackageDesk, now: datetime
) -> bool:
    """Take everything in one transaction; bytes that had come before are let go. Say whether all had."""
    given: dict[str, Any] = {"sender": sender, "desk": using.desk, "now": now}
    repeats = [receive_case(message=_message(each), **given).is_repeat for each in ready[ArrivalKind.CASE]]
    arrivals = [_file_arrival(each, using.staging) for each in ready[ArrivalKind.FILE]]
    if arrivals:
        taken = receive_files(case_number=number, arrivals=arrivals, **given)
        repeats += [each.is_repeat for each in taken]
        _let_go(using.staging, arrivals, [each.is_repeat for each in taken])
    steps = [_message(each) for each in ready[ArrivalKind.STEP]]
    if steps:
        repeats.append(receive_steps(case_number=number, messages=steps, **given).is_repeat)
    for each in ready[ArrivalKind.CLOSURE]:
        repeats.append(receive_closure(case_number=number, message=_message(each), **given).is_repeat)
    return all(repeats)


def _message(each: Ready) -> Any:  # noqa: ANN401 - one of the four messages, by the kind it was sorted by
    return each.message


def _file_arrival(each: Ready, staging: StagingArea) -> FileArrival:
    staged = each.staged
    if staged is None:  # every file was staged before
        raise TypeError(each.arrival.subject)
    identified = identify(staged.head, staged.tail, size=staged.bytes, open_stream=lambda: staging.open(staged.token))
    return FileArrival(each.arrival.case_number, _message(each), staged, identified)


def _let_go(staging: StagingArea, arrivals: Sequence[FileArrival], repeats: Sequence[bool]) -> None:
    for arrival, is_repeat in zip(arrivals, repeats, strict=True):
        if is_repeat:
            staging.discard(arrival.staged.token)
