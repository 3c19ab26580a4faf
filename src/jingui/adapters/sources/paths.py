"""Bytes of files in a folder of the source that this machine can read (a mounted share)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jingui.domain.errors import NotFound, Refused, TransientFailure

CHUNK = 1 << 18


def open_path(root: Path, relative: str) -> Iterator[bytes]:
    """Yield the bytes of a file below ``root``.

    Raises:
        Refused: ``content_outside``, the path leads out of the folder, over a link or not.
        NotFound: ``content_missing``.
        TransientFailure: ``source_folder_away``, the folder itself is not there, so nothing can be said of the file.
    """
    path = _inside(root, relative)
    try:
        with path.open("rb") as stream:
            while piece := stream.read(CHUNK):
                yield piece
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        if not root.is_dir():
            raise TransientFailure("source_folder_away", str(root)) from None
        raise NotFound("content_missing", address=relative[:200]) from None
    except OSError as error:
        raise TransientFailure("source_folder_away", f"{path}: {error.strerror}") from error


def _inside(root: Path, relative: str) -> Path:
    if "\0" in relative:
        raise Refused("content_outside", address=relative.replace("\0", "?")[:200])
    path = (root / relative.replace("\\", "/")).resolve()
    if not path.is_relative_to(root.resolve()):
        raise Refused("content_outside", address=relative[:200])
    return path
