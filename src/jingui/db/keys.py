"""Keys of rows: UUID version 7 (RFC 9562 §5.7), so that new rows lie together in the index."""

from __future__ import annotations

import os
import time
import uuid


def new_key() -> uuid.UUID:
    """Make a key that sorts by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    tail = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (2**48 - 1)) << 80 | tail
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
