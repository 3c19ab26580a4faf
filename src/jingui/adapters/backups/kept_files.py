"""Files in folders of an instance that are known by their path, as bytes a backup takes and puts back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO


class KeptFiles:
    """The files below a folder whose path in it is of a form; what is being written or of another form is left out."""

    def __init__(self, folder: Path, form: str) -> None:
        """``form`` is a regular expression for whole paths, with ``/``; it must let nothing lead out of the folder."""
        self.folder, self._form = folder, re.compile(form, re.ASCII)

    def initialise(self) -> None:
        """Make the folder, for its owner only. Doing it again changes nothing."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def tokens(self) -> Iterator[tuple[str, float]]:
        """List the paths, with the time each was last written (seconds since the epoch)."""
        for path in sorted(self.folder.rglob("*")):
            token = path.relative_to(self.folder).as_posix()
            with suppress(FileNotFoundError):  # gone while we looked
                if self._form.fullmatch(token) and path.is_file() and not path.is_symlink():
                    yield token, path.stat().st_mtime

    def open(self, token: str) -> BinaryIO:
        """Open a file. Raises FileNotFoundError."""
        return self.path(token).open("rb")

    def path(self, token: str) -> Path:
        """Return where a file lies. Raises FileNotFoundError for what cannot be one."""
        if not self._form.fullmatch(token):
            raise FileNotFoundError(token)
        return self.folder / token
