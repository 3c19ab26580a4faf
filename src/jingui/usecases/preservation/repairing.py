"""Repair (修复): damaged files of a copy are made again from a good copy, proved before they take their place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import CopyFinding, StorageRoot
from jingui.db.queries.copies_held import active_roots, held_version, open_findings
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid, NotFound, PermanentFailure, Problem, TransientFailure
from jingui.domain.preservation.roots import FindingSettlement, is_mendable
from jingui.formats.ocfl.declaration import OBJECT_DECLARATION, declaration_bytes
from jingui.formats.ocfl.inventory import INVENTORY, SIDECAR
from jingui.formats.ocfl.layout import object_path
from jingui.ports import CopiedVersion, Depth, HeldObjects
from jingui.usecases.preservation.opening import Vaults

ACTOR = "system:repair"
COMPUTED = "computed"
"""Said of a file whose bytes follow from what is known, so that no other copy was needed."""


@dataclass(frozen=True, slots=True)
class Damaged:
    """An object of a root in which something was found."""

    root: StorageRoot
    object_id: str


def repair_object(damaged: Damaged, vaults: Vaults, *, now: datetime) -> int:
    """Mend what can be mended of an object's open findings; return how many files were made again.

    Only the files that were found wrong are written. Afterwards the object is verified anew: findings that are gone are
    settled, the others stay open for a person.

    Raises:
        TransientFailure: a root is away; what was mended so far is journalled.
    """
    version = held_version(damaged.root, damaged.object_id)
    found = list(open_findings(root=damaged.root, object_id=damaged.object_id))
    if version is None or not found:
        return 0
    held = vaults.of(damaged.root)
    mended: dict[str, str] = {}
    if not damaged.root.is_protected:
        for finding in found:
            donor = _mend(finding, version, held, vaults) if is_mendable(finding.code) else ""
            if donor:
                mended[finding.path] = donor
    still = {fault.path for fault in held.verify_copy(version, depth=Depth.PLAIN)}
    with transaction.atomic():
        _settle(damaged, [finding for finding in found if finding.path not in still], mended, now)
    return len(mended)


def repair_root(root: StorageRoot, held: HeldObjects, *, now: datetime) -> int:
    """Write the root's own files again where they were found wrong; return how many. Strangers wait for a person."""
    found = list(open_findings(root=root, object_id=""))
    mended: dict[str, str] = {}
    if not root.is_protected:
        for finding in found:
            if is_mendable(finding.code) and _is_rewritten(held, finding.path):
                mended[finding.path] = COMPUTED
    still = {fault.path for fault in held.verify_root()}
    with transaction.atomic():
        _settle(Damaged(root, ""), [finding for finding in found if finding.path not in still], mended, now)
    return len(mended)


def _is_rewritten(held: HeldObjects, path: str) -> bool:
    try:
        return held.mend_root(path)
    except (PermanentFailure, OSError):
        return False  # something stands in its place: a person sees to it


def _mend(finding: CopyFinding, version: CopiedVersion, held: HeldObjects, vaults: Vaults) -> str:
    """Make one file again; return the name of the root that gave it, or nothing if none has it sound."""
    inner = finding.path.removeprefix(f"{object_path(version.object_id)}/")
    made = _made_anew(inner, version)
    if made is not None:
        return COMPUTED if _is_made(finding.path, made, held) else ""
    wanted = _expected(inner, version)
    for root, place in _donors(finding, inner, version) if wanted else ():
        try:
            held.mend(finding.path, vaults.of(root).read_file(place), sha512=wanted)
        except (FileNotFoundError, PermanentFailure, TransientFailure, OSError):
            continue  # this one is no good copy either
        return root.name
    return ""


def _is_made(path: str, made: bytes, held: HeldObjects) -> bool:
    try:
        held.mend(path, (made,), sha512=hashlib.sha512(made).hexdigest())
    except (PermanentFailure, OSError):
        return False  # something stands in its place: a person sees to it
    return True


def _made_anew(inner: str, version: CopiedVersion) -> bytes | None:
    """Return the bytes of files that follow from what is known: declaration and sidecars."""
    if inner == OBJECT_DECLARATION:
        return declaration_bytes(OBJECT_DECLARATION)
    if inner.rpartition("/")[2] == SIDECAR and "/content/" not in inner:
        digest = _inventory_digest(inner, version)
        return f"{digest} {INVENTORY}\n".encode() if digest else None
    return None


def _inventory_digest(inner: str, version: CopiedVersion) -> str:
    folder = inner.rpartition("/")[0]
    if folder in ("", f"v{version.number}"):
        return version.inventory_sha512
    return version.older.get(int(folder[1:]), "") if folder[1:].isdigit() else ""


def _expected(inner: str, version: CopiedVersion) -> str:
    if "/content/" in inner:
        return version.contents.get(inner, "")
    return _inventory_digest(inner, version) if inner.rpartition("/")[2] == INVENTORY else ""


def _donors(finding: CopyFinding, inner: str, version: CopiedVersion) -> Iterator[tuple[StorageRoot, str]]:
    """List where the same bytes should lie: the inventory's second copy beside it, then the other roots in their order."""
    home = object_path(version.object_id)
    twin = {INVENTORY: f"v{version.number}/{INVENTORY}", f"v{version.number}/{INVENTORY}": INVENTORY}.get(inner)
    if twin:
        yield finding.root, f"{home}/{twin}"
    for root in active_roots().exclude(pk=finding.root_id):
        yield root, f"{home}/{inner}"


def _settle(damaged: Damaged, gone: list[CopyFinding], mended: dict[str, str], now: datetime) -> None:
    if not gone:
        return
    for finding in gone:
        donor = mended.get(finding.path, "")
        finding.settled_at, finding.settled_by = now, ACTOR
        finding.settlement = (FindingSettlement.REPAIRED if donor else FindingSettlement.GONE).value
        finding.repaired_from = donor
    facts = {
        "root": damaged.root.name,
        "object_id": damaged.object_id,
        "files": {row.path: row.repaired_from for row in gone if row.repaired_from},
        "sound_again": [row.path for row in gone if not row.repaired_from],
    }
    kind = Event.COPY_REPAIRED if facts["files"] else Event.COPY_FINDING_SETTLED
    journal.record(journal.Entry(kind, ACTOR, now, facts=facts), changed=gone)


@transaction.atomic
def accept_finding(key: str, *, reason: str, actor: str, now: datetime) -> None:
    """Settle a finding by a person's word: the file was seen to and stays as it is.

    Raises:
        NotFound: ``finding_unknown``.
        Conflict: ``finding_settled``.
        Invalid: there is no reason.
    """
    row = CopyFinding.objects.select_for_update().filter(key=key).first()
    if row is None:
        raise NotFound("finding_unknown")
    if row.settled_at:
        raise Conflict("finding_settled")
    if not reason.strip():
        raise Invalid((Problem("reason", "required"),))
    row.settled_at, row.settled_by, row.settlement = now, actor, FindingSettlement.ACCEPTED.value
    facts = {"root": row.root.name, "path": row.path, "code": row.code, "reason": reason.strip()}
    journal.record(journal.Entry(Event.COPY_FINDING_SETTLED, actor, now, facts=facts), changed=[row])
