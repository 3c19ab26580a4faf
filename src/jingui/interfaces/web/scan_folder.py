"""The scan folder: scanners write into a subfolder per agency, clerks of that agency pick from it, nobody else sees it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SETTLED_SECONDS = 2.0  # a file written more recently may still be growing
MOST_LISTED = 200
TAKEN = "taken"
_ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".pdf"})
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class WaitingScan:
    """A file in the scan folder: its name, its size in bytes, when it was written (seconds since the epoch)."""

    name: str
    bytes: int
    written: float


def waiting_scans(folder: str, agency_code: str) -> tuple[WaitingScan, ...]:
    """List what waits for an agency, the newest first; nothing if there is no folder. Links are passed over."""
    place = Path(folder) / agency_code
    if not folder or not agency_code.isalnum() or not place.is_dir():
        return ()
    before = time.time() - SETTLED_SECONDS
    found = []
    for path in place.iterdir():
        if path.suffix.lower() in _ENDINGS and path.is_file() and not path.is_symlink():
            state = path.stat()
            if state.st_mtime <= before:
                found.append(WaitingScan(path.name, state.st_size, state.st_mtime))
    return tuple(sorted(found, key=lambda scan: scan.written, reverse=True)[:MOST_LISTED])


def scan_blocks(folder: str, agency_code: str, name: str) -> Iterator[bytes]:
    """Yield the bytes of a listed file. Raises FileNotFoundError for any other name."""
    if name not in {scan.name for scan in waiting_scans(folder, agency_code)}:
        raise FileNotFoundError(name)
    with (Path(folder) / agency_code / name).open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def put_away(folder: str, agency_code: str, name: str) -> None:
    """Move a file that was taken into ``taken``; one that cannot be moved stays and is told apart by its digest."""
    place = Path(folder) / agency_code
    with suppress(OSError):
        (place / TAKEN).mkdir(exist_ok=True)
        (place / name).rename(place / TAKEN / name)
