"""The loop of a confined process: take a batch of items, answer each with one frame, until the parent is gone."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from jingui.adapters.examination.confinement import Confinement, allow_cpu, confine, from_argument
from jingui.adapters.examination.frames import Message, pack, read_blocking

Handler = Callable[[Message], tuple[Message, bytes]]


def serve(handle: Handler) -> None:
    """Confine this process by its first argument and answer requests from standard input."""
    bounds = from_argument(sys.argv[1])
    requests, answers = _private_pipes()
    confine(bounds)
    answers.write(pack({"ready": os.getpid()}))
    answers.flush()
    _loop(handle, bounds, requests, answers)


def _loop(handle: Handler, bounds: Confinement, requests: BinaryIO, answers: BinaryIO) -> None:
    while (batch := read_blocking(requests)) is not None:
        for item in batch["items"]:
            allow_cpu(bounds.cpu_seconds)
            answers.write(pack(*handle(item)))
            answers.flush()


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Move the pipes away from 0 and 1, so that nothing a library prints can end up between frames."""
    requests, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")
