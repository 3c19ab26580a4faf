"""What is found in a package, as messages between the confined process and its parent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jingui.domain.errors import Problem
from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.domain.packaging.transfer import TransferEvent, TransferFile, TransferRecord
from jingui.formats.exchange.profiles import Checked

MAX_FINDINGS = 10_000
MAX_TEXT = 1_000
Message = dict[str, Any]


def checked_to_message(profile: str, findings: Iterable[PackageFinding]) -> Message:
    """Tell what a check found; a package that has very much to tell is cut off, and that is a fault of its own."""
    rows = []
    for number, finding in enumerate(findings):
        if number >= MAX_FINDINGS:
            rows.append(_finding(PackageFinding("findings_cut", "", str(MAX_FINDINGS))))
            break
        rows.append(_finding(finding))
    return {"profile": profile, "findings": rows}


def _finding(found: PackageFinding) -> list[Any]:
    params = [[name, _cut(value)] for name, value in found.params]
    return [found.code, _cut(found.path), _cut(found.detail), found.level.value, found.rule, params]


def _cut(text: str) -> str:
    """Keep a text short, and what is not Unicode out of it: paths of a hostile package may hold anything."""
    return text[:MAX_TEXT].encode("utf-8", "backslashreplace").decode()


def checked_from_message(message: Message) -> Checked:
    """Read what ``checked_to_message`` wrote."""
    findings = (
        PackageFinding(code, path, detail, FindingLevel(level), rule, tuple((name, value) for name, value in params))
        for code, path, detail, level, rule, params in message["findings"]
    )
    return Checked(message["profile"], tuple(findings))


def record_to_message(record: TransferRecord) -> Message:
    """Write a record as JSON values; documents as hexadecimal."""
    return {
        "values": dict(record.values),
        "files": [[file.path, file.bytes, dict(file.digests), dict(file.values)] for file in record.files],
        "documents": {path: data.hex() for path, data in record.documents.items()},
        "steps": [dict(step) for step in record.steps],
        "events": [[e.identifier, e.kind, e.at, e.agent, e.detail, e.outcome] for e in record.events],
        "extension": dict(record.extension),
        "titles": dict(record.titles),
        "kept": [list(pair) for pair in record.kept],
    }


def record_from_message(message: Message) -> TransferRecord:
    """Read what ``record_to_message`` wrote."""
    return TransferRecord(
        values=message["values"],
        files=tuple(TransferFile(*row) for row in message["files"]),
        documents={path: bytes.fromhex(data) for path, data in message["documents"].items()},
        steps=tuple(message["steps"]),
        events=tuple(TransferEvent(*row) for row in message["events"]),
        extension=message["extension"],
        titles=message["titles"],
        kept=tuple((place, xml) for place, xml in message["kept"]),
    )


def problems_to_message(problems: Iterable[Problem]) -> Message:
    """Tell why a package cannot be read."""
    rows = [
        [_cut(each.location), each.code, {name: _cut(str(v)) for name, v in each.params.items()}] for each in problems
    ]
    return {"refused": rows[:MAX_FINDINGS]}


def problems_from_message(message: Message) -> Iterator[Problem]:
    """Read what ``problems_to_message`` wrote."""
    for location, code, params in message["refused"]:
        yield Problem(location, code, params)
