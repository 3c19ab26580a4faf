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


@contextmanager
def opened_foreign(path: Path, packages: PackageReader, *, trusted: Sequence[str], tool: str) -> Iterator[Shown | None]:
    """Open a package of one record; ``None`` for the sealed form, which is inspected by its own lists.

    Raises:
        NotFound: ``package_unknown``, it is no package of a known form.
        Conflict: ``package_of_many``, it holds several records.
    """
    with (
        packages.opened(path, trusted=trusted) as opened,
        tempfile.TemporaryDirectory(prefix="jingui-inspect-") as place,
    ):
        profile = opened.checked.profile
        if profile == SPEC.name:
            yield None
            return
        if not profile:
            raise NotFound("package_unknown")
        held = _record(opened)
        record = held.record if held else TransferRecord({}, ())
        case, plan = case_of_record(record)
        places = _unpacked(held, Path(place)) if held else {}
        yield Shown(facts_of(opened.checked, record, tool=tool), case, plan, places)


def _record(opened: OpenedPackage) -> ReadRecord | None:
    """Return the one record; none of a package that is too broken to be read, which its findings say."""
    if opened.checked.profile in _MANY:
        raise Conflict("package_of_many")
    try:
        records = list(opened.records())
    except (DocumentRefusedError, PermanentFailure):
        return None
    if len(records) > 1:
        raise Conflict("package_of_many")
    return records[0] if records else None


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
