"""The folder of copies handed out: kept until they no longer stand, so that a holder who lost one gets the same bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from jingui.domain.errors import PermanentFailure
from jingui.formats.digests import new_hasher
from jingui.formats.durability import make_durable

BLOCK_BYTES = 1 << 20
# A part or a checked original younger than this may belong to a request that is still being answered.
PART_GRACE = timedelta(hours=1)
_PART, _WHOLE = ".part", ".pdf"


@dataclass(frozen=True, slots=True)
class KeptCopies:
    """Copies by the key of their row. They hold personal data: mode 0600 in a folder of mode 0700."""

    folder: Path

    def path(self, key: UUID) -> Path:
        """Return where a kept copy lies; it need not be there."""
        return self.folder / f"{key.hex}{_WHOLE}"

    @contextmanager
    def checked_original(self, source: Path, *, sha256: str) -> Iterator[Path]:
        """Give the path of a private twin of ``source`` whose bytes were digested while they were read.

        What is copied from is thus exactly what was checked, whatever happens to ``source`` meanwhile.

        Raises:
            PermanentFailure: ``content_gone``, or ``copy_original_damaged`` if the bytes are not those that were taken in.
        """
        self._prepare()
        with NamedTemporaryFile(dir=self.folder, suffix=_PART) as twin:
            if _copy_digested(source, Path(twin.name)) != sha256:
                raise PermanentFailure("copy_original_damaged", source.name)
            yield Path(twin.name)

    @contextmanager
    def part(self, key: UUID) -> Iterator[Path]:
        """Give an empty private file to write a copy into; it is gone afterwards unless it was admitted."""
        self._prepare()
        part = self.folder / f"{key.hex}{_PART}"
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        try:
            yield part
        finally:
            part.unlink(missing_ok=True)

    def admit(self, key: UUID) -> None:
        """Make a written part durable and name it as kept."""
        part = self.folder / f"{key.hex}{_PART}"
        part.chmod(0o600)
        make_durable(part)
        part.rename(self.path(key))
        make_durable(self.folder)

    def discard(self, key: UUID) -> None:
        """Remove a kept copy; nothing happens if it is gone."""
        self.path(key).unlink(missing_ok=True)

    def listed(self) -> Iterator[UUID]:
        """List the copies that are kept."""
        for path in sorted(self.folder.glob(f"*{_WHOLE}")):
            with suppress(ValueError):
                yield UUID(path.stem)

    def written_at(self, key: UUID) -> float:
        """Return when a copy was written (seconds since the epoch); 0 if somebody has let go of it meanwhile."""
        return _written_at(self.path(key))

    def sweep_parts(self, *, before: float) -> int:
        """Remove what broken-off requests left and was last written before (seconds since the epoch); return how many."""
        old = [path for path in self.folder.glob(f"*{_PART}") if _written_at(path) < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _copy_digested(source: Path, target: Path) -> str:
    digest = new_hasher("sha256")
    try:
        with source.open("rb") as original, target.open("wb") as twin:
            while block := original.read(BLOCK_BYTES):
                digest.update(block)
                twin.write(block)
    except FileNotFoundError as error:
        raise PermanentFailure("content_gone", source.name) from error
    return digest.hexdigest()
