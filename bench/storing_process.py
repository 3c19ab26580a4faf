"""What ``storing.py`` measures: every case of a tree staged, built and moved into a root, in one process.

``python storing_process.py SET TREE HOME``; a set of digests that ends with `` loose`` waits for the disk not at all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from jingui.adapters.stores import staging as staged_files
from jingui.adapters.stores.disk import Disk
from jingui.adapters.stores.folder import FolderStore
from jingui.domain.records.facts import Digests
from jingui.formats.digests import new_hasher
from jingui.ports import Content, VersionSpec

CREATED = datetime(2026, 3, 4, tzinfo=UTC)
SETS = {"512+sm3": ("sha512", "sm3"), "256+512": ("sha256", "sha512"), "all": ("sha256", "sm3", "sha512")}
LOOSE = " loose"
_BUFFER = memoryview(bytearray(1 << 18))


class LooseDisk(Disk):
    """Waits for nothing."""

    def sync_data(self, descriptor: int) -> None:
        """Do not wait."""

    def sync(self, path: Path | str) -> None:
        """Do not wait."""

    def sync_all(self, folder: Path | str) -> None:
        """Do not wait."""


class ChosenPass:
    """Some digests, in place of the three that are always taken."""

    names: Sequence[str] = ()

    def __init__(self) -> None:
        """Start them."""
        self._hashers = {name: new_hasher(name) for name in self.names}

    def update(self, block: bytes) -> None:
        """Take in more bytes."""
        for hasher in self._hashers.values():
            hasher.update(block)

    def finish(self) -> Digests:
        """Return the digests; those not chosen are empty."""
        told = {name: hasher.hexdigest() for name, hasher in self._hashers.items()}
        return Digests(**({"sha256": "", "sm3": "", "sha512": ""} | told))


def store(names: Sequence[str], tree: Path, home: Path, disk: Disk) -> int:
    """Store every case of a tree; return how many files that were."""
    if len(names) < len(SETS["all"]):
        ChosenPass.names = names
        staged_files.DigestPass = ChosenPass  # type: ignore[assignment, attr-defined]
    area = staged_files.FolderStagingArea(home / "staging", disk=disk)
    area.initialise()
    kept = FolderStore(home, staging=area, fixity=("sha256",) if "sha256" in names else (), disk=disk)
    kept.initialise()
    count = 0
    for folder in sorted(path for path in tree.iterdir() if path.name.startswith("case-")):
        paths = sorted(folder.iterdir())
        staged = area.receive_all(_pieces(path) for path in paths)  # type: ignore[misc]
        contents = tuple(
            Content(path.name, each.digests, each.bytes, each.token) for path, each in zip(paths, staged, strict=True)
        )
        kept.commit(kept.build(VersionSpec(f"urn:case:{folder.name}", 1, contents, "v1", "bench", CREATED)))
        for each in staged:
            area.discard(each.token)
        count += len(paths)
    return count


def _pieces(path: Path) -> Iterator[memoryview]:
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(_BUFFER):
            yield _BUFFER[:count]


if __name__ == "__main__":
    chosen, source, target = sys.argv[1:]
    disk_used = LooseDisk() if chosen.endswith(LOOSE) else Disk()
    print(store(SETS[chosen.removesuffix(LOOSE)], Path(source), Path(target), disk_used))
