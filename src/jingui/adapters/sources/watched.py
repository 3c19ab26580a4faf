"""Folders that senders write into: what is looked at, and what their configuration may say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jingui.domain.errors import Problem, TransientFailure
from jingui.domain.metadata.fields import FieldReader

_UNFINISHED = (".part", ".tmp")
_OURS = (".receipt.json", ".ready")
_MOST_SECONDS = 86400


def check_folder(
    configuration: Mapping[str, Any], mapping: Mapping[str, Any], *, numbers: Mapping[str, int]
) -> tuple[Problem, ...]:
    """Return every problem of a connection to a folder: an absolute ``folder``, whole ``numbers`` up to a limit."""
    fields = FieldReader(configuration)
    folder = fields.text("folder", limit=1000, is_required=True)
    if folder and not Path(folder).is_absolute():
        fields.fault("folder", "value_malformed")
    for name, most in {"interval_seconds": _MOST_SECONDS, **numbers}.items():
        fields.whole(name, minimum=1, maximum=most)
    fields.refuse_unknown()
    if mapping:
        fields.fault("mapping", "unknown_field")
    return tuple(fields.problems)


def watched_folder(configuration: Mapping[str, Any]) -> Path:
    """Return the folder of a connection. Raises TransientFailure if it is away, as a network share may be."""
    folder = Path(str(configuration.get("folder", "")))
    if not folder.is_dir():
        raise TransientFailure("source_folder_away", str(folder))
    return folder


def listed(folder: Path, *, suffix: str = "") -> list[Path]:
    """List what senders have finished writing, in the order of names: no links, no unfinished names, no receipts.

    Raises:
        TransientFailure: the folder cannot be listed.
    """
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        raise TransientFailure("source_folder_away", str(error)) from error
    chosen = (folder / name for name in names if name.endswith(suffix) and _is_finished(name))
    return [path for path in chosen if not path.is_symlink()]


def _is_finished(name: str) -> bool:
    return not name.startswith(".") and not name.endswith((*_UNFINISHED, *_OURS))
