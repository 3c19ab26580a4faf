"""What a business system would send for a case of a log: pure planning, the same for the same seed.

Every choice of a case hangs on the seed and its number alone, so that a limit, an order or the broken share
of other cases changes nothing in it, and a run can be repeated against a server that has half of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import TYPE_CHECKING

from jingui.interfaces.cli.client import FileMessage
from jingui.interfaces.cli.replay import people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from jingui.interfaces.cli.replay.items import Item, ItemMaterial
    from jingui.interfaces.cli.replay.log import CaseTrace, LogEvent

CHANNELS = {
    "internet": "online",
    "desk": "counter",
    "post": "post",
    "e-mail": "email",
    "intern": "internal",
}
NAME_CHARACTERS = 40
FIRST_FILE_DELAY = timedelta(seconds=1)


class Kind(StrEnum):
    """Kinds of messages, in the order in which they are reported."""

    CASE = "case"
    FILE = "file"
    STEP = "step"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``at`` is when the business system would send it; ``document`` is its JSON body.

    A file has ``file`` and ``path`` instead of a document.
    """

    kind: Kind
    case_number: str
    key: str
    at: datetime
    document: Mapping[str, object]
    file: FileMessage | None = None
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class BrokenFile:
    """A file that was sent broken on purpose, and the message that mends it."""

    case_number: str
    file_key: str
    path: Path
    mend: Message


@dataclass(frozen=True, slots=True)
class Supply:
    """Files to choose from. ``broken_share`` (0 to 1) of all files sent are taken from ``broken``."""

    sound: Sequence[Path]
    broken: Sequence[Path] = ()
    broken_share: float = 0.0


@dataclass(frozen=True, slots=True)
class CasePlan:
    """All messages of one case, in the order of time."""

    number: str
    is_closed: bool
    messages: tuple[Message, ...]
    broken: tuple[BrokenFile, ...]


def plan_case(trace: CaseTrace, *, items: Sequence[Item], supply: Supply, seed: int) -> CasePlan:
    """Plan the messages of a case: itself, one file or more per material, one per step, its closure."""
    rng = Random(f"{seed}:{trace.number}")  # noqa: S311 - a repeatable choice, no secret
    item = rng.choice(items)
    files, broken = _files(trace, item.materials_needed(), supply, rng)
    messages = [_case(trace, item, rng), *files, *(_step(trace, event) for event in trace.events)]
    if trace.ended_at is not None:
        messages.append(_closure(trace, trace.ended_at, files=files, is_sound=not broken))
    messages.sort(key=lambda message: message.at)
    return CasePlan(trace.number, trace.ended_at is not None, tuple(messages), tuple(broken))


def _case(trace: CaseTrace, item: Item, rng: Random) -> Message:
    applicant = rng.choice((people.person, people.organisation))(rng)
    document: dict[str, object] = {
        "case_number": trace.number,
        "title": f"{item.name}（{trace.number}）",
        "item_code": item.code,
        "item_version": item.version,
        "applicant": applicant,
        "received_at": trace.started_at.isoformat(),
        "accepted_at": None,
        "promised_at": trace.planned_at.isoformat() if trace.planned_at else None,
        "channel": CHANNELS.get(trace.channel.lower(), "other" if trace.channel else "online"),
        "region_code": item.region_code,
        "department": trace.department,
        "situations": [],
        "metadata": {},
    }
    return Message(Kind.CASE, trace.number, "", trace.started_at, document)


def _step(trace: CaseTrace, event: LogEvent) -> Message:
    at = event.at.isoformat()
    document = {
        "step_key": event.key,
        "name": event.name,
        "started_at": at,
        "ended_at": at,  # the log has one time per step: its completion
        "handler": event.person,
        "unit": event.unit,
        "opinion": "",
        "action": "",
    }
    return Message(Kind.STEP, trace.number, event.key, event.at, {"steps": [document]})


def _closure(trace: CaseTrace, ended_at: datetime, *, files: Sequence[Message], is_sound: bool) -> Message:
    document: dict[str, object] = {
        "kind": "completed",
        "closed_at": ended_at.isoformat(),
        "result": "办结",
        "result_number": "",
        "handler": trace.events[-1].person,
        "declared_files": len(files),
        "declared_steps": trace.events_until_end(),
        # A mended file has another size than the broken one, so the sum would be wrong after mending.
        "declared_bytes": sum(file.path.stat().st_size for file in files if file.path) if is_sound else None,
    }
    return Message(Kind.CLOSURE, trace.number, "", ended_at, document)


def _files(
    trace: CaseTrace, materials: Sequence[ItemMaterial], supply: Supply, rng: Random
) -> tuple[list[Message], list[BrokenFile]]:
    sound = _choose(supply.sound, len(materials), rng)
    breaks = Random(rng.getrandbits(64))  # noqa: S311 - its own stream: the share must not shift other choices
    files: list[Message] = []
    broken: list[BrokenFile] = []
    for number, (material, path) in enumerate(zip(materials, sound, strict=True), start=1):
        message = _file(trace, material, path, number=number)
        if breaks.random() < supply.broken_share:
            bad = breaks.choice(supply.broken)
            broken.append(BrokenFile(trace.number, message.key, bad, _mend(message)))
            message = _file(trace, material, bad, number=number)
        files.append(message)
    return files, broken


def _choose(paths: Sequence[Path], count: int, rng: Random) -> list[Path]:
    """Choose files, all different as long as there are enough of them."""
    chosen: list[Path] = []
    while len(chosen) < count:
        chosen += rng.sample(list(paths), min(len(paths), count - len(chosen)))
    return chosen


def _file(trace: CaseTrace, material: ItemMaterial, path: Path, *, number: int) -> Message:
    title = "".join(char for char in material.name if char.isalnum())[:NAME_CHARACTERS]
    at = trace.ended_at if material.is_result and trace.ended_at else trace.started_at + FIRST_FILE_DELAY * number
    message = FileMessage(
        name=f"{number:02d}{title}{path.suffix}",
        material=material.code,
        step=(trace.events[-1] if material.is_result else trace.events[0]).name,
        formed_at=trace.started_at.isoformat(),
    )
    return Message(Kind.FILE, trace.number, f"f{number:02d}", at, {}, message, path)


def _mend(sound: Message) -> Message:
    """Turn the sound file that a broken one stood in for into the message that replaces the broken one."""
    file = replace(sound.file, replaces=sound.key) if sound.file else None
    return replace(sound, key=f"{sound.key}-mended", file=file)
