"""Telling an altered copy from another file: the permanent identifier of a PDF (ISO 32000-1, 14.4).

The first string of ``/ID`` in a trailer names a document for good; software that changes the document keeps it. So a
file with our identifier and other digests is our copy, changed; a file without it is something else, or printed anew.
"""

from __future__ import annotations

import re
from pathlib import Path

_TAIL_BYTES = 4096
_IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>")


def permanent_identifier(path: Path) -> str:
    """Return the identifier of a PDF that we wrote, 32 lower-case hexadecimal digits; "" if its end names none."""
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(0, size - _TAIL_BYTES))
        found = _IDENTIFIER.findall(stream.read())
    return found[-1].decode("ascii").lower() if found else ""


class IdentifierSearch:
    """Looks for an identifier in a stream of bytes, as hexadecimal or as plain bytes; memory does not grow."""

    def __init__(self, identifier: str) -> None:
        """Take the identifier as ``permanent_identifier`` gives it; an empty one is never found."""
        self.is_found = False
        self._wanted = (identifier.encode("ascii"), bytes.fromhex(identifier)) if identifier else ()
        self._rest = b""

    def update(self, data: bytes) -> None:
        """Look at more bytes; an identifier across two pieces is found too."""
        if self.is_found or not self._wanted:
            return
        joined = self._rest + data
        lowered = joined.lower()
        self.is_found = self._wanted[0] in lowered or self._wanted[1] in joined
        self._rest = joined[-len(self._wanted[0]) + 1 :]
