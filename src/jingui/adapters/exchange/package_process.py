"""A process that opens one package for its parent: ``python -m jingui.adapters.exchange.package_process BOUNDS``.

It checks the package, reads its records, and hands out the bytes of their files piece by piece.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from jingui.adapters.examination.frames import Message
from jingui.adapters.examination.serving import serve
from jingui.adapters.exchange.messages import checked_to_message, problems_to_message, record_to_message
from jingui.adapters.signing.verification import verify_signature
from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange.forms import HeldRecord, Trust
from jingui.formats.exchange.profiles import check_any, opened_package, read_any
from jingui.formats.handover.documents import DocumentRefusedError

BLOCK_BYTES = 4 << 20
Answer = tuple[Message, bytes]


@dataclass(slots=True)
class _Opened:
    """The one package that is open, and the one file of it that is being read."""

    package: ExitStack = field(default_factory=ExitStack)
    records: list[HeldRecord] = field(default_factory=list)
    files: ExitStack = field(default_factory=ExitStack)
    stream: IO[bytes] | None = None


_OPENED = _Opened()


def check(item: Message) -> Answer:
    """Check the package."""
    path, trust = _path(item), Trust(verify_signature, tuple(item["keys"]))
    try:
        found = check_any(path, trust=trust)
    except MemoryError:
        return checked_to_message("", [PackageFinding("checker_out_of_memory", path.name)]), b""
    except RecursionError as error:
        return checked_to_message("", [PackageFinding("checker_failed", path.name, str(error))]), b""
    return checked_to_message(found.profile, found.findings), b""


def read(item: Message) -> Answer:
    """Open the package and count its records; they are handed out one by one."""
    view = _OPENED.package.enter_context(opened_package(_path(item)))
    _OPENED.records = read_any(view)
    return {"count": len(_OPENED.records)}, b""


def record(item: Message) -> Answer:
    """Hand out one record."""
    return record_to_message(_OPENED.records[item["number"]].record), b""


def begin(item: Message) -> Answer:
    """Open a file of a record; the one before it is closed."""
    _OPENED.files.close()
    held = _OPENED.records[item["number"]]
    file = next(file for file in held.record.files if file.path == item["file"])
    _OPENED.stream = _OPENED.files.enter_context(held.open(file))
    return {}, b""


def block(_item: Message) -> Answer:
    """Hand out the next piece of the file that is open; an empty one is its end."""
    return {}, b"".join(_pieces(BLOCK_BYTES))


def _pieces(wanted: int) -> Iterator[bytes]:
    while wanted > 0 and _OPENED.stream and (piece := _OPENED.stream.read(wanted)):
        wanted -= len(piece)
        yield piece


ACTS: dict[str, Callable[[Message], Answer]] = {
    "check": check,
    "read": read,
    "record": record,
    "begin": begin,
    "block": block,
}


def answer(item: Message) -> Answer:
    """Do what is asked; what is wrong with the package is an answer, too."""
    try:
        return ACTS[item["act"]](item)
    except DocumentRefusedError as refused:
        return problems_to_message(refused.problems), b""
    except (OSError, ValueError) as error:
        return {"failure": f"{type(error).__name__}: {error}"[:200]}, b""


def _path(item: Message) -> Path:
    return Path(os.fsdecode(bytes.fromhex(item["path"])))


if __name__ == "__main__":
    serve(answer)
