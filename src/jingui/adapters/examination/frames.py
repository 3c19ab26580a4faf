"""The language of parent and reading process: frames of JSON with bytes behind it, over pipes."""

from __future__ import annotations

import json
import os
import select
import struct
import time
from typing import Any, BinaryIO

from jingui.domain.records.facts import Reading
from jingui.domain.records.readings import reading_from_dict, reading_to_dict

HEADER = struct.Struct(">II")
MAX_FRAME_BYTES = 256 * 1024**2
Message = dict[str, Any]


class FrameError(Exception):
    """The other side is gone or no longer speaks the language; ``is_late`` after the deadline."""

    def __init__(self, detail: str, *, is_late: bool = False) -> None:
        """Say what happened."""
        super().__init__(detail)
        self.is_late = is_late


def pack(message: Message, blob: bytes = b"") -> bytes:
    """Make a frame."""
    body = json.dumps(message).encode()
    return HEADER.pack(len(body), len(blob)) + body + blob


def read_blocking(stream: BinaryIO) -> Message | None:
    """Read a request in the child; ``None`` at the end of the stream."""
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    body_bytes, blob_bytes = HEADER.unpack(header)
    message: Message = json.loads(stream.read(body_bytes))
    stream.read(blob_bytes)
    return message


def read_within(descriptor: int, seconds: float) -> tuple[Message, bytes]:
    """Read an answer in the parent.

    Raises:
        FrameError: the deadline passed, the pipe closed, or the answer is no frame.
    """
    deadline = time.monotonic() + seconds
    body_bytes, blob_bytes = HEADER.unpack(_exactly(descriptor, HEADER.size, deadline))
    if body_bytes + blob_bytes > MAX_FRAME_BYTES:
        raise FrameError("answer too long")
    payload = _exactly(descriptor, body_bytes + blob_bytes, deadline)
    try:
        return json.loads(payload[:body_bytes]), payload[body_bytes:]
    except ValueError:
        raise FrameError("answer is not JSON") from None


def _exactly(descriptor: int, wanted: int, deadline: float) -> bytes:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    parts: list[bytes] = []
    missing = wanted
    while missing:
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise FrameError("no answer in time", is_late=True)
        piece = os.read(descriptor, min(missing, 1 << 20))
        if not piece:
            raise FrameError("pipe closed")
        parts.append(piece)
        missing -= len(piece)
    return b"".join(parts)


def reading_to_message(reading: Reading) -> Message:
    """Write a reading as JSON values."""
    return reading_to_dict(reading)


def reading_from_message(message: Message) -> Reading:
    """Read what ``reading_to_message`` wrote."""
    return reading_from_dict(message)
