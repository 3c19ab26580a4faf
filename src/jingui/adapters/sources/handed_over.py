"""What the folder kinds share: arrivals of a handed-over case, and reading file bytes out of its package."""

from __future__ import annotations

import contextlib
import json
from typing import IO, TYPE_CHECKING

from jingui.domain.capture.incoming import Arrival, ArrivalKind, ContentLocation, Unreadable
from jingui.domain.errors import Invalid, NotFound, Problem
from jingui.formats.handover.trees import Tree, opened_tree
from jingui.formats.packages.zip_source import is_safe_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jingui.formats.handover.cases import HandedCase

INSIDE = "!/"
"""Between a package and a path inside it, in the address of a file and in references."""

_PROBLEMS_TOLD = 50


def arrivals_of_case(case: HandedCase, *, package: str) -> tuple[Arrival, ...]:
    """Return the messages of a case: itself, its files, its steps, its closure."""
    number, found = case.case_number, []
    if case.case is not None:
        found.append(Arrival(ArrivalKind.CASE, number, case.case, reference=package))
    for file in case.files:
        place = f"{package}{INSIDE}{file.path}"
        content = ContentLocation(place, sha256=file.sha256, bytes=file.bytes)
        found.append(Arrival(ArrivalKind.FILE, number, file.said, content, place))
    found += [Arrival(ArrivalKind.STEP, number, step, reference=package) for step in case.steps]
    if case.closure is not None:
        found.append(Arrival(ArrivalKind.CLOSURE, number, case.closure, reference=package))
    return tuple(found)


def unreadable(reference: str, problems: tuple[Problem, ...], *, code: str, facts: dict[str, object]) -> Unreadable:
    """Name a hand-over that was refused whole; ``facts`` tell which bytes it was."""
    raw = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    return Unreadable(reference, problems[:_PROBLEMS_TOLD], raw, code=code)


class Packages:
    """Opens files inside the packages below a folder; the package opened last stays open."""

    def __init__(self, folder: Path, *, marker: str) -> None:
        """``marker`` is the file by which a package's top folder is known."""
        self._folder, self._marker = folder, marker
        self._name, self._tree = "", Tree({}, _nothing)
        self._opened = contextlib.ExitStack()

    def tree(self, name: str) -> Tree:
        """Open a package by its name in the folder.

        Raises:
            Invalid: the name leads out of the folder.
            NotFound: it is gone.
        """
        if name == self._name:
            return self._tree
        self.close()
        path = self._folder / name
        if not is_safe_name(name) or "/" in name or path.is_symlink():
            raise Invalid((Problem(name, "package_path_unsafe"),))
        try:
            self._tree = self._opened.enter_context(opened_tree(path, marker=self._marker))
        except FileNotFoundError:
            raise NotFound("content_missing", address=name) from None
        self._name = name
        return self._tree

    def blocks(self, address: str) -> Iterator[bytes]:
        """Yield the bytes of a file.

        Raises:
            NotFound: it is not there any more.
            Invalid: it is damaged, or its address leads elsewhere.
        """
        name, _, path = address.partition(INSIDE)
        tree = self.tree(name)
        if path not in tree.sizes:
            raise NotFound("content_missing", address=address)
        try:
            yield from tree.blocks(path)
        except FileNotFoundError:
            raise NotFound("content_missing", address=address) from None
        except (OSError, ValueError) as error:
            raise Invalid((Problem(address, "package_unreadable", {"detail": str(error)}),)) from error

    def close(self) -> None:
        """Close the package that is open."""
        self._opened.close()
        self._name = ""


def _nothing(path: str) -> IO[bytes]:
    raise FileNotFoundError(path)
