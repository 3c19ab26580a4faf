"""Special procedures (特别程序): steps of a case whose time counts apart, told by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jingui.domain.records.facts import StepFact

# 行政许可法 art. 45 names the first ten; the others are steps of the documented city profile. A setting, not a closed list.
SPECIAL_WORDS: tuple[str, ...] = (
    "听证", "招标", "拍卖", "检验", "检测", "检疫", "鉴定", "专家评审", "考试", "勘验",
    "补正", "补齐", "公示", "挂起", "中止", "延长", "延期", "特别程序",
)  # fmt: skip


def special_steps(steps: Iterable[StepFact], *, words: tuple[str, ...] = SPECIAL_WORDS) -> list[StepFact]:
    """Return the steps whose name or action speaks of a special procedure, in the order given."""
    return [step for step in steps if any(word in step.name or word in step.action for word in words)]
