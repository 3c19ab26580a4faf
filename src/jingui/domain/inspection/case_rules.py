"""GD-2-1, 2-2, 2-5, 2-6, 2-8, 2-9 and GD-4-1, 4-2: is the case whole, inside its scope, and free of strangers?"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from jingui.domain.inspection.subject import Look, Observation, Subject, at_file, look_at
from jingui.domain.metadata.inventory import UnexpectedReason
from jingui.domain.records.terms import ClosureKind, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.records.facts import FileFact

_UNEXPECTED = {
    UnexpectedReason.NOT_IN_PLAN: "file_not_in_plan",
    UnexpectedReason.OVER_COUNT: "too_many_files",
}


_WARNED = Outcome.WARNED
_NUMERALS = "一二三四五六七八九"
_ATTACHMENT = re.compile(r"附件\s*([0-9]{1,3}|[一二三四五六七八九])(?![0-9十百])")


def _originals(subject: Subject) -> tuple[FileFact, ...]:
    return tuple(file for file in subject.case.files if not file.replaces)


def _compared(what: str, declared: int, totals: tuple[int, ...]) -> Iterator[Observation]:
    # The source counted before it replaced anything and before late material came: either total may be the one it
    # meant, and more than it said is late material, which is told and not held.
    if declared in totals:
        return
    is_short = max(totals) < declared
    params = {"declared": str(declared), "found": str(totals[0])}
    code, outcome = ("fewer", Outcome.FAILED) if is_short else ("more", Outcome.WARNED)
    yield Observation(f"{code}_{what}_than_declared", params=params, outcome=outcome)


def look_at_counts(subject: Subject) -> Look:
    """GD-2-1: as many files and steps came as the source says there are."""
    closure = subject.case.closure
    files = closure.declared_files if closure else None
    steps = closure.declared_steps if closure else None
    if files is None and steps is None:
        return look_at(0, [Observation("count_not_declared", outcome=Outcome.NOT_CHECKED)])
    faults: list[Observation] = []
    if files is not None:
        faults += _compared("files", files, (len(subject.files), len(_originals(subject))))
    if steps is not None:
        faults += _compared("steps", steps, (len(subject.case.steps),))
    return look_at(len(subject.files) + len(subject.case.steps) + 1, faults)


def look_at_bytes(subject: Subject) -> Look:
    """GD-2-2: as many bytes came as the source says there are."""
    declared = subject.case.closure.declared_bytes if subject.case.closure else None
    if declared is None:
        return look_at(0, [Observation("bytes_not_declared", outcome=Outcome.NOT_CHECKED)])
    totals = (sum(file.bytes for file in subject.files), sum(file.bytes for file in _originals(subject)))
    return look_at(len(subject.files) + 1, _compared("bytes", declared, totals))


def look_at_process(subject: Subject) -> Look:
    """GD-2-5: the handling is recorded from receipt to closing, step by step."""
    faults = [*_closing_faults(subject), *_recording_faults(subject)]
    return look_at(len(subject.case.steps) + len(subject.plan.required_steps) + 1, faults)


def _closing_faults(subject: Subject) -> Iterator[Observation]:
    case, plan = subject.case, subject.plan
    if case.closure is None:
        yield Observation("not_closed")
        return
    if case.closure.kind is not ClosureKind.COMPLETED:
        return
    names = {step.name for step in case.steps}
    for name in plan.required_steps:
        if name not in names:
            yield Observation("required_step_missing", params={"step": name})
    if len(case.steps) < plan.min_step_count:
        counts = {"needed": str(plan.min_step_count), "found": str(len(case.steps))}
        yield Observation("too_few_steps", params=counts)


def _recording_faults(subject: Subject) -> Iterator[Observation]:
    for step in subject.case.steps:
        place, name = f"step:{step.key}", {"step": step.name}
        if not step.handler:
            outcome = Outcome.FAILED if subject.is_set("handler_required") else Outcome.WARNED
            yield Observation("step_without_handler", place, name, outcome=outcome)
        if step.ended_at is None:
            yield Observation("step_not_ended", place, name, outcome=Outcome.WARNED)


def look_at_numbering(subject: Subject) -> Look:
    """GD-2-6: numbered series start at the first number and have neither gap nor repetition."""
    series = subject.context.number_series
    if not series:
        return look_at(0, [Observation("numbers_not_allotted", outcome=Outcome.NOT_CHECKED)])
    faults = [fault for name, numbers in series.items() for fault in _number_faults(subject, name, numbers)]
    return look_at(sum(len(numbers) for numbers in series.values()), faults)


def _number_faults(subject: Subject, name: str, numbers: tuple[int, ...]) -> Iterator[Observation]:
    first, counted = subject.number("first_number"), Counter(numbers)
    for number in sorted(number for number, times in counted.items() if times > 1):
        yield Observation("number_repeated", f"element:{name}", {"series": name, "number": str(number)})
    # In a series of n numbers without repetition, a gap shows as a number missing among the first n.
    for number in range(first, first + len(counted)):
        if number not in counted:
            yield Observation("number_missing", f"element:{name}", {"series": name, "number": str(number)})


def look_at_scope(subject: Subject) -> Look:
    """GD-2-9: what the plan wants is there, and nothing that it does not provide for."""
    inventory, files = subject.inventory, {file.key: file for file in subject.files}
    faults = [
        Observation(
            "material_missing",
            f"material:{line.code}",
            {"material": line.code, "name": line.name, "needed": str(line.needed), "found": str(len(line.file_keys))},
        )
        for line in inventory.missing
    ]
    faults += [
        at_file(files[stranger.key], _UNEXPECTED[stranger.reason], material=stranger.material_code)
        for stranger in inventory.unexpected
    ]
    waiting = subject.context.waiting_files
    faults += [
        Observation("shared_file_waiting", f"file:{key}", {"file_key": key, "case": case})
        for key, case in waiting.items()
    ]
    return look_at(len(inventory.lines) + len(files) + len(waiting), faults)


def look_at_attachments(subject: Subject) -> Look:
    """GD-2-8: attachments that are numbered in their names are all there, and as many as the source declares."""
    named = [(file, match) for file in subject.files if (match := _ATTACHMENT.search(f"{file.title} {file.name}"))]
    by_material: dict[str, set[int]] = {}
    for file, match in named:
        by_material.setdefault(file.material_code, set()).add(_number_of(match.group(1)))
    faults = [
        Observation(
            "attachment_missing", f"material:{code}", {"material": code, "number": str(number)}, outcome=_WARNED
        )
        for code, numbers in by_material.items()
        for number in range(1, max(numbers))
        if number not in numbers
    ]
    declared = subject.case.metadata.get("attachment_count", "")
    if declared.isascii() and declared.isdigit() and int(declared) > len(named):
        params = {"declared": declared, "found": str(len(named))}
        faults.append(Observation("fewer_attachments_than_declared", params=params))
    return look_at(len(named) + bool(declared), faults)


def _number_of(text: str) -> int:
    return int(text) if text.isascii() else _NUMERALS.index(text) + 1


def look_at_scanner(subject: Subject) -> Look:
    """GD-4-1: a malware scanner works here."""
    scanner = subject.context.scanner
    if scanner is None:
        return look_at(0, [Observation("no_scanner", outcome=Outcome.NOT_CHECKED)])
    if scanner.problem:
        away = Observation("scanner_away", params={"detail": scanner.problem}, outcome=Outcome.NOT_CHECKED)
        return Look(0, (away,), tool=scanner.name)
    return Look(1, tool=scanner.name)


def look_at_malware(subject: Subject) -> Look:
    """GD-4-2: the scanner looked at every file and found nothing."""
    scanner = subject.context.scanner
    unlooked = Outcome.FAILED if subject.is_set("scan_required") else Outcome.NOT_CHECKED
    if scanner is None:
        return look_at(0, [Observation("no_scanner", outcome=unlooked)])
    faults = [fault for file in subject.files for fault in _scan_faults(file, unlooked)]
    return Look(len(subject.files), tuple(faults), tool=scanner.name)


def _scan_faults(file: FileFact, unlooked: Outcome) -> Iterator[Observation]:
    result = file.malware
    if result is None or result.problem:
        yield at_file(file, "not_scanned", outcome=unlooked, detail=result.problem if result else "")
    elif result.name:
        yield at_file(file, "file_infected", name=result.name)
