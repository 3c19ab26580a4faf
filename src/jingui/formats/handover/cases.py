"""What every form of hand-over is read into: one case with all that was handed over of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class HandedFile:
    """One file of a case: where its bytes lie in the package, what they are, and what is said of it.

    ``said`` has the fields of an arrival's body: ``file_key``, ``name``, ``material``, ``title``, ``step``, ``formed_at``.
    """

    path: str
    bytes: int
    sha256: str
    said: Document


@dataclass(frozen=True, slots=True)
class HandedCase:
    """A case as the capture interface would be told of it: the same documents, in the same shapes.

    ``case`` and ``closure`` are ``None`` where the sender leaves them to a later hand-over.
    """

    case_number: str
    case: Document | None = None
    files: tuple[HandedFile, ...] = ()
    steps: tuple[Document, ...] = ()
    closure: Document | None = field(default=None)
