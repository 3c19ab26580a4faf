"""Receipts beside what was handed over, and the reader's own account of what it has done with it.

The account lies in the reader's own folder, where no sender can write: it decides what is still to be done. Receipts are
for the sender; one that somebody changes changes nothing here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from jingui.domain.capture.incoming import Arrival, Unreadable
from jingui.domain.errors import Problem, TransientFailure

if TYPE_CHECKING:
    from pathlib import Path

RECEIPT_SUFFIX = ".receipt.json"
_DONE = ".done"
ACCEPTED, REFUSED, PARTLY = "accepted", "refused", "partly"

Refusals = Callable[[Sequence[Arrival | Unreadable]], Mapping[str, tuple[str, tuple[Problem, ...]]]]
"""Tells by subject which messages were not taken: the error's code and its problems."""


def none_refused(_items: Sequence[Arrival | Unreadable]) -> Mapping[str, tuple[str, tuple[Problem, ...]]]:
    """Say that everything was taken: for readers that are tried out."""
    return {}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one package or bag."""

    name: str
    state: str
    business_id: str = ""
    code: str = ""
    sha256: str = ""
    problems: tuple[dict[str, Any], ...] = ()

    def document(self) -> dict[str, Any]:
        """Return it in the words of the profile's receipts, with what the profile has no words for."""
        return {
            "name": self.name,
            "businessId": self.business_id,
            "state": self.state,
            "result": "1" if self.state == ACCEPTED else "0",
            "result_str": self.code,
            "sha256": self.sha256,
            "problems": list(self.problems),
        }


@dataclass(frozen=True, slots=True)
class Handed:
    """What a reader acknowledges by: the package of a lot."""

    name: str
    sha256: str
    case_number: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


def result_of(handed: Handed, items: Sequence[Arrival | Unreadable], refusals: Refusals) -> Result:
    """Sum up what became of the messages of one package."""
    refused = refusals([item for item in items if isinstance(item, Arrival)])
    whole = [item for item in items if isinstance(item, Unreadable)]
    told = [*_reasons(refused), *(_told(problem) for item in whole for problem in item.problems)]
    code = whole[0].code if whole else next((code for code, _ in refused.values()), "")
    state = REFUSED if whole or len(refused) == len(items) else PARTLY if refused else ACCEPTED
    return Result(handed.name, state, handed.case_number, code, handed.sha256, tuple(_once(told)))


def _reasons(refused: Mapping[str, tuple[str, tuple[Problem, ...]]]) -> Iterable[dict[str, Any]]:
    for subject, (code, problems) in refused.items():
        yield {"subject": subject, "code": code, "problems": [_told(problem) for problem in problems]}


def _told(problem: Problem) -> dict[str, Any]:
    return {"location": problem.location, "code": problem.code, "params": problem.params}


def _once(told: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return {json.dumps(each, sort_keys=True): each for each in told}.values()


def write_receipt(path: Path, document: Mapping[str, Any]) -> None:
    """Write a receipt whole or not at all, with the time.

    Raises:
        TransientFailure: ``source_folder_not_writable``.
    """
    at = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
    data = json.dumps({"at": at, **document}, ensure_ascii=False, indent=1).encode()
    building = path.with_name(f".{path.name}.part")
    try:
        with building.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        building.replace(path)
    except OSError as error:
        raise TransientFailure("source_folder_not_writable", str(error)) from error


class Account:
    """What a reader has done, by hand-over: one line per package that was acknowledged, and an end."""

    def __init__(self, folder: Path) -> None:
        """Use a folder of the reader's own; it is made when needed."""
        self._folder = folder

    def results(self, key: str) -> dict[str, Result]:
        """Return what is known of a hand-over's packages; a line that was cut off counts as not written."""
        found: dict[str, Result] = {}
        path = self._path(key)
        if not path.exists():
            return found
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a damaged line: that package is taken again
                told = json.loads(line)
                found[told["name"]] = Result(**{**told, "problems": tuple(told["problems"])})
        return found

    def add(self, key: str, result: Result) -> None:
        """Note what became of a package, durably."""
        self._folder.mkdir(parents=True, exist_ok=True)
        told = {name: getattr(result, name) for name in Result.__dataclass_fields__}
        self._cut(key)
        with self._path(key).open("ab") as stream:
            stream.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _cut(self, key: str) -> None:
        """Remove a last line that a kill left half written."""
        path = self._path(key)
        if path.exists() and (data := path.read_bytes()) and not data.endswith(b"\n"):
            path.write_bytes(data[: data.rfind(b"\n") + 1])

    def is_ended(self, mark: Mark) -> bool:
        """Say whether exactly this file or folder has been dealt with."""
        return (self._folder / mark.file_name).exists()

    def end(self, mark: Mark, key: str) -> None:
        """Note that a hand-over, as it was when its mark was taken, has been dealt with; its lines are no longer needed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / mark.file_name).touch()
        self._path(key).unlink(missing_ok=True)

    def forget_all_but(self, names: Iterable[str]) -> None:
        """Let go of the marks of what its sender has cleared away."""
        kept = {_hashed(name) for name in names}
        for path in self._folder.glob(f"*{_DONE}") if kept else ():
            if path.name.partition("-")[0] not in kept:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.jsonl"


@dataclass(frozen=True, slots=True)
class Mark:
    """A file or folder at one moment: another one, or the same one changed, has another mark."""

    name: str
    state: str

    @classmethod
    def of(cls, path: Path) -> Mark:
        """Take the mark of what is there now. Raises FileNotFoundError."""
        status = path.lstat()
        return cls(path.name, f"{status.st_size} {status.st_mtime_ns} {status.st_ino}")

    @property
    def file_name(self) -> str:
        """Under which name the account notes it."""
        return f"{_hashed(self.name)}-{_hashed(self.state)}{_DONE}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]
