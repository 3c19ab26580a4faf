"""What a source hands over by whatever way it comes: the four messages of the push interface, in lots that can resume.

A reader of a source (``ports.SourceReader``) yields lots. Each lot is taken in one transaction with its ``cursor``,
so that a reader killed anywhere goes on behind the last lot that was taken, and nothing is lost or doubled.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from jingui.domain.errors import Problem


class ArrivalKind(StrEnum):
    """Which message of the push interface an arrival stands for."""

    CASE = "case"
    FILE = "file"
    STEP = "step"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True)
class ContentLocation:
    """Where the bytes of a file are, in the words of the reader that named it, and what the source says of them.

    ``address`` is understood by the reader alone (a URL, a path inside its folder, a column of a row). Digests are
    lower-case hexadecimal, ``""`` if the source states none; ``bytes`` is ``None`` if it states no size.
    """

    address: str
    sha256: str = ""
    sm3: str = ""
    bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message of a source, not checked yet.

    ``body`` is what the push interface takes: of a case or closure the JSON body, of a step one member of ``steps``, of
    a file its key as ``file_key`` beside the query (``name``, ``material``, ``title``, ``step``, ``formed_at``,
    ``replaces``). ``reference`` says where in the source it stands, for people; ``raw`` is the message as it came.
    """

    kind: ArrivalKind
    case_number: str
    body: Mapping[str, Any]
    content: ContentLocation | None = None
    reference: str = ""
    raw: str = ""

    @property
    def subject(self) -> str:
        """What it is about: the same however often it comes, and whatever it says."""
        keys = {ArrivalKind.FILE: "file_key", ArrivalKind.STEP: "step_key"}
        return f"{self.kind.value}/{self.case_number}/{self.body.get(keys.get(self.kind, ''), '')}"

    def to_json(self) -> str:
        """Return it as text from which ``from_json`` makes it again."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Arrival:
        """Make an arrival from what ``to_json`` wrote."""
        told = json.loads(text)
        content = told.pop("content")
        return cls(
            **{**told, "kind": ArrivalKind(told["kind"]), "content": ContentLocation(**content) if content else None}
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of which no arrival could be made: where it stands, what is wrong with it, and the message itself."""

    reference: str
    problems: tuple[Problem, ...]
    raw: str
    case_number: str = ""
    code: str = "message_unreadable"

    @property
    def subject(self) -> str:
        """What it is about, as far as can be told."""
        told = f"{self.reference}\n{self.case_number}\n{self.problems}\n{self.raw}"
        return f"unreadable/{hashlib.sha256(told.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Lot:
    """Messages that are taken together, with the cursor behind them; ``token`` is what the reader acknowledges by."""

    items: tuple[Arrival | Unreadable, ...]
    cursor: Mapping[str, Any] = field(default_factory=dict)
    token: object = None
