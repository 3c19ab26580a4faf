"""XMP packets in whatever encoding of Unicode they stand, as UTF-8 (XMP Specification, part 1: a reader finds out by itself)."""

from __future__ import annotations

MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Where the zeros are among the first four bytes, when a packet begins with ASCII as all do.
ZEROS = {
    b"\1\0\0\0": "utf-32-le",
    b"\0\0\0\1": "utf-32-be",
    b"\1\0\1\0": "utf-16-le",
    b"\0\1\0\1": "utf-16-be",
}


def encoding_of(data: bytes) -> str:
    """Return the encoding of a packet as Python names it."""
    marked = next((name for mark, name in MARKS if data.startswith(mark)), "")
    return marked or ZEROS.get(bytes(byte and 1 for byte in data[:4]), "utf-8")


def plain_packet(data: bytes) -> bytes:
    """Return a packet as UTF-8."""
    encoding = encoding_of(data)
    return data if encoding == "utf-8" else data.decode(encoding, "ignore").encode()
