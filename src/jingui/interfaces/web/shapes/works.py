"""A long act on catalogue or plans, as its page and the boxes on other pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jingui.db.queries.works import open_works, queue_trouble, running_import
from jingui.domain.catalogue.works import ONE_AT_A_TIME, WorkKind, WorkState
from jingui.domain.errors import Problem
from jingui.interfaces.wording import error_text, problem_text


@dataclass(frozen=True, slots=True)
class WorkView:
    """How far an act is. ``total`` 0: nobody knows yet. ``ahead``: how many of its kind are done first.

    ``counts`` are those of an import so far; ``trouble``: the last attempt failed; ``is_stuck``: the queue gave up.
    """

    work: Any
    done: int
    total: int
    ahead: int
    counts: dict[str, int]
    trouble: str
    is_stuck: bool

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being done."""
        return self.work.finished_at is None

    @property
    def taken(self) -> tuple[tuple[str, int], ...]:
        """What an import did, in words."""
        count = self.counts.get
        told = (
            ("新增", count("added", 0)),
            ("变更", count("changed", 0) + count("restated", 0)),
            ("未变", count("unchanged", 0)),
            ("取消", count("withdrawn", 0)),
            ("未收", count("refused", 0)),
        )
        return told if self.counts else ()


def work_view(work: Any) -> WorkView:  # noqa: ANN401 - interfaces know no models
    """Return how far an act is."""
    trouble, is_stuck = queue_trouble(work)
    run = running_import(work.subject) if work.kind == WorkKind.IMPORT and not work.finished_at else None
    return WorkView(
        work=work,
        done=run.position if run else work.done_count,
        total=run.parts if run else max(work.total_count, 0),
        ahead=_ahead(work),
        counts=dict(run.counts if run else work.result.get("counts", {})),
        trouble=trouble,
        is_stuck=is_stuck,
    )


def _ahead(work: Any) -> int:  # noqa: ANN401 - interfaces know no models
    if work.finished_at or WorkKind(work.kind) not in ONE_AT_A_TIME:
        return 0
    return [other.pk for other in open_works(WorkKind(work.kind))].index(work.pk)


def refusal_lines(work: Any) -> list[str]:  # noqa: ANN401 - interfaces know no models
    """Say why an act did not come to its end."""
    if work is None or work.state != WorkState.REFUSED:
        return []
    told = work.result
    problems = [problem_text(Problem(*problem)) for problem in told.get("problems", [])]
    return problems or [error_text(told["code"], told.get("params", {}))]
