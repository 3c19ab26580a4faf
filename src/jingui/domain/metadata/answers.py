"""What a case answers when a condition asks it (see ``records.conditions``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.records.conditions import METADATA, NO, SITUATION, STEP, YES

if TYPE_CHECKING:
    from collections.abc import Callable

    from jingui.domain.records.facts import CaseFact


def answers_of(case: CaseFact) -> Callable[[str], str]:
    """Return what answers for a case as it stands now."""
    plain: dict[str, str] = {
        "closure": case.closure.kind.value if case.closure else "",
        "result": case.closure.result if case.closure else "",
        "applicant_kind": case.applicant.kind,
        "channel": case.channel.value,
    }
    situations, steps = frozenset(case.situations), frozenset(step.name for step in case.steps)

    def answer(field: str) -> str:
        if field.startswith(SITUATION):
            return YES if field.removeprefix(SITUATION) in situations else NO
        if field.startswith(STEP):
            return YES if field.removeprefix(STEP) in steps else NO
        if field.startswith(METADATA):
            return case.metadata.get(field.removeprefix(METADATA), "")
        return plain.get(field, "")

    return answer
