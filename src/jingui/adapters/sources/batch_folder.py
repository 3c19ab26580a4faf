"""Batches of the city profile in a watched folder: a sheet, the packages it names, receipts beside them.

A sender writes packages first and gives the sheet its name last, by a rename (names beginning with a dot, or ending in
``.part`` or ``.tmp``, are not looked at). A sheet whose packages are not all there with their sizes waits; with an empty
file ``<sheet>.ready`` beside it, or when it has waited for ``patience_hours``, what is missing is refused. Nothing is
moved or removed here; what has its receipt may be cleared away by the sender.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jingui.adapters.sources.handed_over import Packages, arrivals_of_case, unreadable
from jingui.adapters.sources.opening import Opening, ReaderKind
from jingui.adapters.sources.receipts import (
    ACCEPTED,
    PARTLY,
    RECEIPT_SUFFIX,
    REFUSED,
    Account,
    Handed,
    Mark,
    Refusals,
    Result,
    none_refused,
    result_of,
    write_receipt,
)
from jingui.adapters.sources.watched import check_folder, listed, watched_folder
from jingui.domain.capture.incoming import Arrival, ContentLocation, Lot, Unreadable
from jingui.domain.errors import DomainError, Problem, TransientFailure
from jingui.formats.digests import new_hasher
from jingui.formats.handover.cases import HandedCase
from jingui.formats.handover.city_package import read_package
from jingui.formats.handover.city_profile import BASE_INFORMATION, SHEET_SUFFIX
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.handover.problems import problem
from jingui.formats.handover.sheets import Sheet, SheetEntry, read_sheet

READY_SUFFIX = ".ready"
DEFAULT_PATIENCE_HOURS = 24
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class _Batch:
    """A sheet that is being worked off, with the results so far."""

    sheet: Sheet
    mark: Mark
    key: str
    results: dict[str, Result]


@dataclass(frozen=True, slots=True)
class _Refused:
    """A sheet that is wrong in itself."""

    path: Path
    mark: Mark
    sha256: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Packed:
    """What the lot of a package is acknowledged by."""

    batch: _Batch
    handed: Handed


class BatchFolder:
    """Reads a folder of batches. One package is one lot; the account says which are done, so there is no cursor."""

    def __init__(
        self, folder: Path, *, account: Account, patience_seconds: float, refusals: Refusals = none_refused
    ) -> None:
        """``patience_seconds``: how long a sheet waits for its packages before what is missing is refused."""
        self.folder, self.refusals = folder, refusals
        self._account, self._patience = account, patience_seconds
        self._packages = Packages(folder, marker=BASE_INFORMATION)

    def lots(self, cursor: Mapping[str, Any]) -> Iterator[Lot]:
        """Yield the packages of every sheet that is complete, sheet by sheet in the order of their names.

        Raises:
            TransientFailure: the folder is not there or cannot be read.
        """
        del cursor
        unread: list[str] = []
        paths = listed(self.folder, suffix=SHEET_SUFFIX)
        for path in paths:
            try:
                begun = self._begin(path)
            except FileNotFoundError:
                continue  # taken back by its sender meanwhile
            except OSError as error:
                unread.append(str(error))
                continue
            yield from self._lots_of(begun) if begun else ()
        self._account.forget_all_but(path.name for path in paths)
        if unread:
            raise TransientFailure("source_folder_away", "; ".join(unread[:10]))

    def open(self, content: ContentLocation) -> Iterator[bytes]:
        """Yield the bytes of a file in a package. Raises NotFound or Invalid if they will not come."""
        return self._packages.blocks(content.address)

    def again(self, reference: str, raw: str) -> Lot | None:
        """Read a package that was refused, by its sheet as it lies there now; one of a package's messages as it was made."""
        if not raw:
            return None
        name, _, package = reference.partition("/")
        path = self.folder / name
        try:
            sheet = read_sheet(path)
        except FileNotFoundError:
            gone = (problem("package_missing", name),)
            return Lot((Unreadable(reference, gone, raw, code="sheet_refused"),))
        except DocumentRefusedError as error:
            return Lot((_refused_whole(path, error.problems, _sha256(path)),))
        except OSError as error:
            raise TransientFailure("source_folder_away", str(error)) from error
        key = hashlib.sha256(f"{path.name}\n{sheet.sha256}".encode()).hexdigest()
        batch = _Batch(sheet, Mark.of(path), key, {})
        found = [entry for entry in sheet.entries() if entry.file_name == package]
        return self._lot(batch, found[0]) if found else Lot(())

    def acknowledge(self, lot: Lot) -> None:
        """Write the receipt of a package, then note it in the account. Raises TransientFailure."""
        if not isinstance(lot.token, _Packed):
            return  # a sheet that was refused whole has its receipt already
        batch, handed = lot.token.batch, lot.token.handed
        result = result_of(handed, lot.items, self.refusals)
        told = {"kind": "package", "sheet": batch.sheet.path.name, **result.document()}
        write_receipt(self.folder / f"{handed.name}{RECEIPT_SUFFIX}", told)
        if not self._account.is_ended(batch.mark):  # a package of an ended batch was read again: its own receipt tells
            self._account.add(batch.key, result)
        batch.results[handed.name] = result

    def close(self) -> None:
        """Close the package that is open."""
        self._packages.close()

    def _begin(self, path: Path) -> _Batch | _Refused | None:
        """Read a sheet, if there is anything to be done with it now. Raises OSError."""
        mark = Mark.of(path)
        if self._account.is_ended(mark):
            return None
        try:
            sheet = read_sheet(path)
        except DocumentRefusedError as error:
            return _Refused(path, mark, _sha256(path), error.problems)
        key = hashlib.sha256(f"{path.name}\n{sheet.sha256}".encode()).hexdigest()
        batch = _Batch(sheet, mark, key, self._account.results(key))
        return batch if batch.results or self._is_complete(sheet) or self._is_over(path) else None

    def _lots_of(self, begun: _Batch | _Refused) -> Iterator[Lot]:
        if isinstance(begun, _Refused):
            yield from self._refused_sheet(begun)
            return
        for entry in begun.sheet.entries():
            if entry.number not in begun.results:
                yield self._lot(begun, entry)
        if len(begun.results) == begun.sheet.packages:
            self._finish(begun)

    def _refused_sheet(self, refused: _Refused) -> Iterator[Lot]:
        path = refused.path
        item = _refused_whole(path, refused.problems, refused.sha256)
        yield Lot((item,), {})
        told = result_of(Handed(path.name, refused.sha256), (item,), self.refusals).document()
        write_receipt(_receipt_of(path), {"kind": "batch", "sheet": path.name, **told, "packages": []})
        self._account.end(refused.mark, "")

    def _is_complete(self, sheet: Sheet) -> bool:
        return all(_size(self.folder / entry.file_name) >= entry.bytes for entry in sheet.entries())

    def _is_over(self, path: Path) -> bool:
        is_ready = path.with_name(path.name + READY_SUFFIX).exists()
        return is_ready or time.time() - path.stat().st_mtime > self._patience

    def _lot(self, batch: _Batch, entry: SheetEntry) -> Lot:
        path, place = self.folder / entry.file_name, f"{batch.sheet.path.name}/{entry.file_name}"
        items: tuple[Arrival | Unreadable, ...]
        number = ""
        try:
            case = self._read(path, entry)
            items, number = arrivals_of_case(case, package=entry.file_name), case.case_number
        except DocumentRefusedError as error:
            facts: dict[str, object] = {"sheet_sha256": batch.sheet.sha256, **entry.values}
            items = (unreadable(place, error.problems, code="package_refused", facts=facts),)
        except (DomainError, OSError) as error:
            gone = problem("package_unreadable", entry.file_name, detail=error)
            facts = {"sheet_sha256": batch.sheet.sha256, **entry.values}
            items = (unreadable(place, (gone,), code="package_refused", facts=facts),)
        return Lot(items, {}, _Packed(batch, Handed(entry.number, entry.digest, number)))

    def _read(self, path: Path, entry: SheetEntry) -> HandedCase:
        self._packages.close()
        identity = _check_bytes(path, entry)
        case = read_package(self._packages.tree(entry.file_name), entry=entry.values)
        if _identity(path) != identity:
            raise DocumentRefusedError(problem("package_changed_while_read", entry.file_name))
        return case

    def _finish(self, batch: _Batch) -> None:
        """Write the receipt of the whole batch, then close the account of it."""
        states = {result.state for result in batch.results.values()}
        state = states.pop() if len(states) == 1 else PARTLY if states else ACCEPTED
        sheet = batch.sheet
        whole = Result(sheet.path.name, state, sheet.head["batch_name"], sha256=sheet.sha256).document()
        packages = [result.document() for result in batch.results.values()]
        counts = {name: sum(each["state"] == name for each in packages) for name in (ACCEPTED, PARTLY, REFUSED)}
        told = {"kind": "batch", "sheet": sheet.path.name, **whole, "counts": counts, "packages": packages}
        write_receipt(_receipt_of(sheet.path), told)
        self._account.end(batch.mark, batch.key)


def _refused_whole(sheet: Path, problems: tuple[Problem, ...], sha256: str) -> Unreadable:
    facts: dict[str, object] = {"sheet": sheet.name, "sha256": sha256}
    return unreadable(sheet.name, problems, code="sheet_refused", facts=facts)


def _receipt_of(sheet: Path) -> Path:
    return sheet.with_name(sheet.stem + RECEIPT_SUFFIX)


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return -1


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.lstat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _check_bytes(path: Path, entry: SheetEntry) -> tuple[int, int, int]:
    """Compare a package's size and digest with the sheet and return which file that was.

    Raises:
        DocumentRefusedError: it is missing, no plain file, or differs.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise DocumentRefusedError(problem("package_missing", path.name)) from None
    except OSError as error:
        code = "package_link" if error.errno == errno.ELOOP else "package_unreadable"
        raise DocumentRefusedError(problem(code, path.name, detail=error)) from None
    with os.fdopen(descriptor, "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise DocumentRefusedError(problem("package_link", path.name))
        if status.st_size != entry.bytes:
            code = "package_incomplete" if status.st_size < entry.bytes else "package_size_wrong"
            raise DocumentRefusedError(problem(code, path.name, expected=entry.bytes, found=status.st_size))
        hasher = new_hasher(entry.algorithm)
        while block := stream.read(_BLOCK):
            hasher.update(block)
    if hasher.hexdigest() != entry.digest:
        told = {"algorithm": entry.algorithm, "expected": entry.digest, "found": hasher.hexdigest()}
        raise DocumentRefusedError(problem("package_digest_wrong", path.name, **told))
    return status.st_ino, status.st_size, status.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_batch_folder(configuration: Mapping[str, Any], mapping: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return every problem of the configuration of a batch folder."""
    return check_folder(configuration, mapping, numbers={"patience_hours": 24 * 365})


def open_batch_folder(opening: Opening) -> BatchFolder:
    """Open the reader of a connection. Raises TransientFailure if its folder is away."""
    hours = int(opening.configuration.get("patience_hours", DEFAULT_PATIENCE_HOURS))
    folder = watched_folder(opening.configuration)
    return BatchFolder(folder, account=Account(opening.folder), patience_seconds=hours * 3600)


BATCH_FOLDER = ReaderKind(check_batch_folder, open_batch_folder)
