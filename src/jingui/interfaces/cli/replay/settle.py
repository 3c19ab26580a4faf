"""Waits until the cases that were sent have come to rest, and says where each one stands."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jingui.domain.lifecycle import CaseState
from jingui.interfaces.cli.client import HTTP_SERVER_FAILS, ServerSilentError
from jingui.interfaces.cli.replay.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jingui.interfaces.cli.client import CaptureClient

RESTING = frozenset({CaseState.HELD.value, CaseState.PRESERVED.value})
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
QUIET_SECONDS = 2.0
HELD_QUIET_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """What the server says of a case; ``state`` is empty where it knows of none."""

    case_number: str
    state: str = ""
    version: int = 0
    flags: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    files: int = 0
    steps: int = 0
    archival_code: str = ""
    is_pending: bool = False

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing but new material will move the case, as far as the server tells."""
        return self.state in RESTING and not self.is_pending


def ask(client: CaptureClient, case_number: str) -> CaseStatus:
    """Ask where a case stands.

    Raises:
        ServerSilentError: the server did not answer, or answered with nothing but failures of its own.
    """
    answer = client.case(case_number)
    if answer.status >= HTTP_SERVER_FAILS:
        raise ServerSilentError(f"case {case_number}: {answer.code}")
    if not answer.is_taken or not isinstance(answer.document, dict):
        return CaseStatus(case_number)
    document: dict[str, Any] = answer.document
    return CaseStatus(
        case_number=case_number,
        state=str(document.get("state", "")),
        version=int(document.get("version") or 0),
        flags=tuple(sorted(str(flag) for flag in document.get("flags") or ())),
        findings=tuple(_finding(finding) for finding in document.get("findings") or ()),
        files=int(document.get("files") or 0),
        steps=int(document.get("steps") or 0),
        archival_code=str(document.get("archival_code") or ""),
        is_pending=bool(document.get("pending")),
    )


def _finding(finding: object) -> str:
    """Name a finding by the first of its identities that the server gives."""
    if isinstance(finding, dict):
        return next((str(finding[name]) for name in ("code", "rule", "detail") if finding.get(name)), str(finding))
    return str(finding)


def ask_all(case_numbers: Iterable[str], *, client: CaptureClient) -> dict[str, CaseStatus]:
    """Ask once for every case.

    Raises:
        ServerSilentError: the server did not answer.
    """
    return {number: ask(client, number) for number in case_numbers}


def settle(
    case_numbers: Collection[str], *, client: CaptureClient, patience_seconds: float, label: str = "settled"
) -> dict[str, CaseStatus]:
    """Poll until every case rests (held or preserved) and goes on resting; return where each one stands.

    A case may rest for a moment, held or as its first version, while a worker still has to take up what came
    last; therefore all must stay as they are for some seconds. The patience runs anew with every change.

    Raises:
        ServerSilentError: the server did not answer.
    """
    known: dict[str, CaseStatus] = {}
    progress = Progress(label, len(case_numbers))
    changed_at, pause = time.monotonic(), FIRST_PAUSE_SECONDS
    while True:
        fresh = ask_all([number for number in case_numbers if not _is_preserved(known.get(number))], client=client)
        if _update(known, fresh, progress):
            changed_at = time.monotonic()
        quiet = time.monotonic() - changed_at
        if quiet >= _quiet_needed(known.values(), patience_seconds):
            again = ask_all(case_numbers, client=client)
            if not _update(known, again, progress):
                progress.finish()
                return known
            changed_at = time.monotonic()
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _is_preserved(status: CaseStatus | None) -> bool:
    return status is not None and status.is_at_rest and status.state == CaseState.PRESERVED


def _quiet_needed(statuses: Collection[CaseStatus], patience_seconds: float) -> float:
    if not all(status.is_at_rest for status in statuses):
        return patience_seconds
    return QUIET_SECONDS if all(_is_preserved(status) for status in statuses) else HELD_QUIET_SECONDS


def _update(known: dict[str, CaseStatus], fresh: dict[str, CaseStatus], progress: Progress) -> bool:
    """Take over what was heard and say whether any of it is new."""
    was_resting = sum(status.is_at_rest for status in known.values())
    is_new = any(known.get(number) != status for number, status in fresh.items())
    known |= fresh
    progress.advance(sum(status.is_at_rest for status in known.values()) - was_resting)
    return is_new
