"""Making ready what a source handed over: messages checked as the push interface checks them, bytes made durable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from jingui.db.models import SourceConnection
from jingui.db.queries.captured import known_files
from jingui.domain.capture.checking import (
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation, Unreadable
from jingui.domain.capture.messages import CaseMessage, FileMessage, Message
from jingui.domain.capture.sameness import message_digest
from jingui.domain.errors import DomainError, Invalid, Problem
from jingui.domain.records.identifiers import find_case_number_fault
from jingui.ports import StagedFile, StagingArea
from jingui.usecases.capture.folders import Desk, Sender
from jingui.usecases.capture.refused import Refusal

_NO_DIGEST = "0" * 64


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking needs: the connection and its source, the desk, where bytes rest, how to open them, how many are allowed."""

    connection: SourceConnection
    sender: Sender
    desk: Desk
    staging: StagingArea
    open: Callable[[ContentLocation], Iterator[bytes]]
    limit: int


@dataclass(slots=True)
class Ready:
    """A checked message, with its staged bytes if it is a file's. Whether it is new is known when it was taken."""

    arrival: Arrival
    message: Message
    staged: StagedFile | None = None
    is_known: bool = False
    is_new: bool = False
    refusal: Refusal | None = None

    @property
    def group(self) -> tuple[ArrivalKind, str]:
        """What may be taken in one call."""
        return self.arrival.kind, self.arrival.case_number


@dataclass(slots=True)
class Sorted:
    """The members of a lot: those that can be tried, and those of which no message could be made."""

    ready: list[Ready] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


def check_items(items: Sequence[Arrival | Unreadable]) -> Sorted:
    """Check each member of a lot."""
    found = Sorted()
    for item in items:
        if isinstance(item, Unreadable):
            found.refusals.append(Refusal(item, Invalid(item.problems, item.code)))
            continue
        try:
            found.ready.append(Ready(item, _message(item)))
        except DomainError as error:
            found.refusals.append(Refusal(item, error))
    return found


def _message(arrival: Arrival) -> Message:
    fault = find_case_number_fault(arrival.case_number)
    if fault:
        raise Invalid((Problem("case_number", "case_number_malformed", {"fault": fault.value}),))
    return _CHECKS[arrival.kind](arrival)


def _case(arrival: Arrival) -> CaseMessage:
    return check_case_message({**arrival.body, "case_number": arrival.case_number})


def _file(arrival: Arrival) -> FileMessage:
    told = {name: value for name, value in arrival.body.items() if value is not None and value != ""}
    if "material" in told:
        told["material_code"] = told.pop("material")
    stated = arrival.content.sha256 if arrival.content else ""
    return check_file_message({**told, "sha256": stated or _NO_DIGEST})


_CHECKS: dict[ArrivalKind, Callable[[Arrival], Message]] = {
    ArrivalKind.CASE: _case,
    ArrivalKind.FILE: _file,
    ArrivalKind.STEP: lambda arrival: check_step_message(arrival.body),
    ArrivalKind.CLOSURE: lambda arrival: check_closure_message(arrival.body),
}


def stage_files(ready: Sequence[Ready], intake: Intake) -> None:
    """Make the bytes of all files durable with one wait for the disk; a file that is here already is not fetched again.

    A file whose bytes will not come, or are not what the source stated, is refused by itself.

    Raises:
        TransientFailure: the source is away, or the disk full.
    """
    files = [each for each in ready if isinstance(each.message, FileMessage)]
    known = known_files(
        intake.sender.source_key, [(each.arrival.case_number, message_digest("file", each.message)) for each in files]
    )
    for each in files:
        each.is_known = (each.arrival.case_number, message_digest("file", each.message)) in known
    wanted = [each for each in files if not each.is_known]
    try:
        streams = (_stream(each, intake) for each in wanted)
        for each, staged in zip(wanted, intake.staging.receive_all(streams, limit=intake.limit), strict=True):
            _keep(each, staged)
    except DomainError:  # one of them will not come: find out which
        for each in wanted:
            _stage_alone(each, intake)


def _stage_alone(each: Ready, intake: Intake) -> None:
    try:
        staged = intake.staging.receive(_stream(each, intake), limit=intake.limit)
    except DomainError as error:
        each.refusal = Refusal(each.arrival, error)
    else:
        _keep(each, staged)


def _stream(each: Ready, intake: Intake) -> Iterator[bytes]:
    if each.arrival.content is None:
        raise Invalid((Problem("content", "required"),))
    yield from intake.open(each.arrival.content)


def _keep(each: Ready, staged: StagedFile) -> None:
    """Remember staged bytes, held against what the source stated of them."""
    each.staged = staged
    content = each.arrival.content
    if content is None:
        return
    size = "" if content.bytes is None else str(content.bytes)
    came = {"sha256": staged.digests.sha256, "sm3": staged.digests.sm3, "bytes": str(staged.bytes)}
    stated = {"sha256": content.sha256.lower(), "sm3": content.sm3.lower(), "bytes": size}
    wrong = [name for name, value in stated.items() if value and value != came[name]]
    if wrong:
        problems = tuple(Problem(f"content.{name}", "content_differs", {"received": came[name]}) for name in wrong)
        each.refusal = Refusal(each.arrival, Invalid(problems, "digest_mismatch"))
    elif isinstance(each.message, FileMessage):
        each.message = replace(each.message, sha256=staged.digests.sha256)


def discard(ready: Sequence[Ready], intake: Intake) -> None:
    """Let go of staged bytes that no row holds."""
    for each in ready:
        if each.staged and not each.is_new:
            intake.staging.discard(each.staged.token)
