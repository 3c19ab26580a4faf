"""How an object is kept: what audits of its copies found, the last backup and the last restore drill."""

from __future__ import annotations

from jingui.db.models import CopyCheck, CopyFinding, JournalEvent
from jingui.db.queries.backups import facts_of_event, newest_events
from jingui.domain.audit.events import Event
from jingui.domain.inspection.custody import CopyAudit, Custody, Drill, OpenFinding

TOLD = 20


def custody_of(object_id: str) -> Custody:
    """Return what is known of the keeping of one object."""
    checks = CopyCheck.objects.filter(object_id=object_id, root__ended_at=None).select_related("root")
    opened = CopyFinding.objects.filter(object_id=object_id, settled_at=None, root__ended_at=None)
    backup = _last(Event.BACKUP_MADE)
    return Custody(
        audits=tuple(
            CopyAudit(check.root.name, check.checked_at, check.depth, check.is_sound)
            for check in checks.order_by("root__rank", "root__added_at")[:TOLD]
        ),
        findings=tuple(
            OpenFinding(found.root.name, found.code, found.path)
            for found in opened.select_related("root").order_by("found_at")[:TOLD]
        ),
        drill=_drill(),
        backed_up_at=backup.at if backup else None,
    )


def _last(kind: Event) -> JournalEvent | None:
    return next(iter(newest_events(kind, 1)), None)


def _drill() -> Drill | None:
    event = _last(Event.BACKUP_DRILLED)
    if event is None:
        return None
    facts = facts_of_event(event)
    return Drill(event.at, tuple(map(str, facts.get("different", ()))), int(facts.get("findings", 0)), event.id)
