"""BagIt bags in a watched folder, as folders or ZIP files: one bag is one case, or a part of one.

A sender builds a bag under a name that begins with a dot or ends in ``.part`` or ``.tmp`` and renames it when it is whole.
The receipt stands beside the bag; nothing is moved or removed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.adapters.sources.handed_over import Packages, arrivals_of_case, unreadable
from jingui.adapters.sources.opening import Opening, ReaderKind
from jingui.adapters.sources.receipts import (
    RECEIPT_SUFFIX,
    Account,
    Handed,
    Mark,
    Refusals,
    none_refused,
    result_of,
    write_receipt,
)
from jingui.adapters.sources.watched import check_folder, listed, watched_folder
from jingui.domain.capture.incoming import Arrival, ContentLocation, Lot, Unreadable
from jingui.domain.errors import DomainError, Problem
from jingui.formats.handover.bag_cases import read_bag_case
from jingui.formats.handover.bag_tags import DECLARATION
from jingui.formats.handover.bagit import read_bag
from jingui.formats.handover.cases import HandedCase
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.handover.trees import Tree

_SERIALISED = ".zip"


@dataclass(frozen=True, slots=True)
class _Bagged:
    """What a lot is acknowledged by."""

    mark: Mark
    handed: Handed


class BagFolder:
    """Reads a folder of bags. One bag is one lot; the account says which are done, so there is no cursor."""

    def __init__(self, folder: Path, *, account: Account, refusals: Refusals = none_refused) -> None:
        """Read the folder; ``account`` is the reader's own."""
        self.folder, self.refusals = folder, refusals
        self._account = account
        self._packages = Packages(folder, marker=DECLARATION)

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield the bags that have no receipt of ours yet, in the order of their names.

        Raises:
            TransientFailure: the folder is not there or cannot be read.
        """
        del cursor
        paths = [path for path in listed(self.folder) if path.is_dir() or path.name.endswith(_SERIALISED)]
        for path in paths:
            try:
                mark = Mark.of(path)
            except FileNotFoundError:
                continue  # taken back by its sender meanwhile
            if not self._account.is_ended(mark):
                yield self._lot(path, mark)
        self._account.forget_all_but(path.name for path in paths)

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a file in a bag. Raises NotFound or Invalid if they will not come."""
        return self._packages.blocks(content.address)

    def again(self, reference: str, raw: str) -> Lot | None:
        """Read a bag that was refused, as it lies there now; one of a bag's messages is taken as it was made."""
        if not raw:
            return None
        path = self.folder / reference
        try:
            return self._lot(path, Mark.of(path))
        except FileNotFoundError:
            gone = (problem("package_missing", reference),)
            return Lot((Unreadable(reference, gone, raw, code="bag_refused"),))

    def acknowledge(self, lot: Lot) -> None:
        """Write the receipt of a bag, then note it in the account. Raises TransientFailure."""
        token = lot.token
        if not isinstance(token, _Bagged):
            return
        handed = token.handed
        result = result_of(handed, lot.items, self.refusals)
        document = {"kind": "bag", **result.document(), "warnings": handed.more.get("warnings", [])}
        write_receipt(self.folder / (handed.name + RECEIPT_SUFFIX), document)
        self._account.end(token.mark, "")

    def close(self) -> None:
        """Close the bag that is open."""
        self._packages.close()

    def _lot(self, path: Path, mark: Mark) -> Lot:
        items: tuple[Arrival | Unreadable, ...]
        handed = Handed(path.name, "")
        self._packages.close()
        try:
            case, warnings = _read(self._packages.tree(path.name))
            items = arrivals_of_case(case, package=path.name)
            handed = Handed(path.name, "", case.case_number, {"warnings": warnings})
        except DocumentRefusedError as error:
            items = (_refused(mark, error.problems),)
        except (DomainError, OSError) as error:
            items = (_refused(mark, (problem("package_unreadable", path.name, detail=error),)),)
        return Lot(items, {}, _Bagged(mark, handed))


def _read(tree: Tree) -> tuple[HandedCase, list[dict[str, Any]]]:
    """Check a bag and read its case, with what is only to be warned of. Raises DocumentRefusedError."""
    bag = read_bag(tree)
    if not bag.is_valid:
        raise DocumentRefusedError(*bag.problems)
    warnings = [{"code": each.code, "location": each.location, "params": each.params} for each in bag.warnings]
    return read_bag_case(tree, bag), warnings


def _refused(mark: Mark, problems: tuple[Problem, ...]) -> Unreadable:
    return unreadable(mark.name, problems, code="bag_refused", facts={"bag": mark.name, "state": mark.state})


def check_bag_folder(configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the configuration of a folder of bags."""
    return check_folder(configuration, mapping, numbers={})


def open_bag_folder(opening: Opening) -> BagFolder:
    """Open the reader of a connection. Raises TransientFailure if its folder is away."""
    return BagFolder(watched_folder(opening.configuration), account=Account(opening.folder))


BAG_FOLDER = ReaderKind(check_bag_folder, open_bag_folder)
