"""What every reader of a source is opened with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.domain.errors import Invalid, Problem
from jingui.ports import SourceReader


@dataclass(frozen=True, slots=True)
class Opening:
    """A connection's choices. ``secret`` returns a secret by its name; ``folder`` is the reader's own, for work in hand.

    ``secret`` raises PermanentFailure ``secret_missing``.
    """

    configuration: Mapping[str, Any]
    mapping: Mapping[str, Any]
    folder: Path
    secret: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ReaderKind:
    """A kind of connection: what names every fault of a configuration, and what opens a reader of it."""

    check: Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Problem, ...]]
    open: Callable[[Opening], SourceReader]


def refuse(problems: tuple[Problem, ...]) -> None:
    """Raise Invalid if there are problems."""
    if problems:
        raise Invalid(problems)
