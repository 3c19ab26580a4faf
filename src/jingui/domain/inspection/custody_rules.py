"""Check items of the third phase that take what keeping leaves as evidence: audits of copies, backups, restore drills."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jingui.domain.inspection.statement_rules import stated
from jingui.domain.inspection.subject import Look, Observation, look_at
from jingui.domain.records.terms import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from jingui.domain.inspection.custody import Custody, Drill
    from jingui.domain.inspection.subject import Subject

RECOVERY = "CQ-3-9"


def with_audits(look: Callable[[Subject], Look]) -> Callable[[Subject], Look]:
    """Return the look of an item that also tells what audits of the copies found, where they are known."""

    def looked(subject: Subject) -> Look:
        own, custody = look(subject), subject.context.custody
        return replace(own, remarks=(*own.remarks, *_told(custody))) if custody else own

    return looked


def _told(custody: Custody) -> tuple[Observation, ...]:
    sound = (
        Observation(
            "copy_audited",
            params={"root": audit.root, "at": audit.at.isoformat(timespec="seconds")},
            evidence=f"fixity audit ({audit.depth}) of {audit.root}",
            outcome=Outcome.PASSED,
        )
        for audit in custody.audits
        if audit.is_sound
    )
    wrong = (
        Observation(
            "copy_damaged_open",
            params={"root": found.root, "path": found.path},
            evidence=f"audit finding {found.code}",
            outcome=Outcome.WARNED,
        )
        for found in custody.findings
    )
    return (*sound, *wrong)


def look_at_recovery(subject: Subject) -> Look:
    """CQ-3-9: the last restore drill, while it is recent enough, says whether backups restore; otherwise a person does."""
    custody = subject.context.custody
    drill = custody.drill if custody else None
    days = subject.number("drill_days")
    if drill is None or (subject.now - drill.at).days > days:
        return _unproved(subject, drill, days)
    params = {"at": drill.at.isoformat(timespec="seconds")}
    evidence = f"journal event {drill.event}"
    if drill.different or drill.findings:
        told = {**params, "different": ", ".join(drill.different)[:200], "findings": str(drill.findings)}
        return look_at(1, [Observation("drill_differed", params=told, evidence=evidence)])
    return look_at(1, [Observation("drill_held", params=params, evidence=evidence, outcome=Outcome.PASSED)])


def _unproved(subject: Subject, drill: Drill | None, days: int) -> Look:
    said = stated(RECOVERY)(subject)
    custody = subject.context.custody
    if said.count or custody is None:
        return said
    backed_up = custody.backed_up_at.isoformat(timespec="seconds") if custody.backed_up_at else ""
    code = "drill_too_old" if drill else "drill_missing"
    params = {"days": str(days)} if drill else {}
    evidence = f"last backup {backed_up}" if backed_up else "no backup journalled"
    return look_at(0, [Observation(code, params=params, evidence=evidence, outcome=Outcome.NEEDS_PERSON)])
