"""Packages of other forms than the sealed one, for inspection: checked and read in the process for it, unpacked by number."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from jingui.domain.errors import Conflict, NotFound, PermanentFailure
from jingui.domain.inspection.subject import PackageFacts
from jingui.domain.packaging.transfer import TransferRecord
from jingui.domain.records.facts import CaseFact, Plan
from jingui.formats.exchange.inspected import case_of_record, facts_of
from jingui.formats.exchange.profiles import BATCH, COLLECTION
from jingui.formats.handover.documents import DocumentRefusedError
from jingui.formats.packages.national_draft import SPEC
from jingui.ports.packages import OpenedPackage, PackageReader, ReadRecord

_BLOCK = 1 << 20
_MANY = frozenset({BATCH, COLLECTION})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a package shows: what its check found, its case, where its files lie now, and numbers it allots by series."""

    facts: PackageFacts
    case: CaseFact
    plan: Plan
    places: Mapping[str, Path]
    series: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    label: str = ""
    """Which record of a package that holds several; ``""`` for the only one."""


@contextmanager
def opened_foreign(
    path: Path, packages: PackageReader, *, trusted: Sequence[str], tool: str
) -> Iterator[Iterator[Shown] | None]:
    """Open a package; ``None`` for the sealed form, which is inspected by its own lists.

    Yields what its records show, one after the other: files of one are unpacked only while it is looked at.

    Raises:
        NotFound: ``package_unknown``, it is no package of a known form.
        Conflict: ``package_of_many``, it holds several packages.
    """
    with packages.opened(path, trusted=trusted) as opened:
        profile = opened.checked.profile
        if profile == SPEC.name:
            yield None
            return
        if not profile:
            raise NotFound("package_unknown")
        if profile in _MANY:
            raise Conflict("package_of_many")
        yield _each_shown(opened, tool)


def _each_shown(opened: OpenedPackage, tool: str) -> Iterator[Shown]:
    held = _records(opened)
    if not held:
        nothing = TransferRecord({}, ())
        yield Shown(facts_of(opened.checked, nothing, tool=tool), *case_of_record(nothing), {})
    of_all = frozenset(file.path for each in held for file in each.record.files)
    for number, each in enumerate(held):
        of_others = of_all.difference(file.path for file in each.record.files)
        facts = facts_of(opened.checked, each.record, tool=tool, of_others=of_others)
        label = (each.record.code or str(number + 1)) if len(held) > 1 else ""
        with tempfile.TemporaryDirectory(prefix="jingui-inspect-") as place:
            yield Shown(facts, *case_of_record(each.record), _unpacked(each, Path(place)), label=label)


def _records(opened: OpenedPackage) -> list[ReadRecord]:
    """Return the records; none of a package that is too broken to be read, which its findings say."""
    try:
        return list(opened.records())
    except (DocumentRefusedError, PermanentFailure):
        return []


def _unpacked(held: ReadRecord, folder: Path) -> dict[str, Path]:
    """Give every file a place of its own for the readers; names inside the package never become paths."""
    places = {}
    for number, file in enumerate(held.record.files):
        target = folder / str(number)
        try:
            with held.open(file) as stream, target.open("xb") as written:
                shutil.copyfileobj(stream, written, _BLOCK)
        except PermanentFailure:
            continue  # the check of the package has named it
        places[file.path] = target
    return places
