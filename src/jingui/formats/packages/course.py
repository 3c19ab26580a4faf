"""What a source says of the course of a case beside its steps (办理经过), as 过程信息元数据.xml tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.formats.packages.elements import add_group, add_value, moment, read_value

if TYPE_CHECKING:
    from lxml import etree

    from jingui.domain.records.facts import CaseFact, ClosureFact


@dataclass(frozen=True, slots=True)
class ToldCourse:
    """The course as a package tells it; what it does not tell is empty, ``None`` a count that was not declared."""

    accepted_at: str = ""
    situations: tuple[str, ...] = ()
    handler: str = ""
    declared_files: int | None = None
    declared_steps: int | None = None
    declared_bytes: int | None = None


def add_course(root: etree._Element, case: CaseFact) -> None:
    """Add the time of acceptance, the situations, who closed the case and what its source declared; only what was said."""
    if case.accepted_at:
        add_value(root, "accept_time", "受理时间", moment(case.accepted_at))
    for situation in case.situations:
        add_value(root, "situation", "办理情形", situation)
    told = [row for row in _closing(case.closure) if row[2]] if case.closure else []
    if told:
        closing = add_group(root, "closing", "办结")
        for name, title, value in told:
            add_value(closing, name, title, value)


def _closing(closure: ClosureFact) -> tuple[tuple[str, str, str], ...]:
    return (
        ("handler", "办结人", closure.handler),
        ("declared_files", "来源申报文件数", _count(closure.declared_files)),
        ("declared_steps", "来源申报环节数", _count(closure.declared_steps)),
        ("declared_bytes", "来源申报字节数", _count(closure.declared_bytes)),
    )


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def read_course(root: etree._Element) -> ToldCourse:
    """Read what ``add_course`` wrote.

    Raises:
        ValueError: a count is no number, or the Base64 of a text is damaged.
    """
    said = {str(child.tag): read_value(child) for child in root.iterfind("closing/*")}
    accepted = root.find("accept_time")
    counts = {name: int(said[name]) for name in ("declared_files", "declared_steps", "declared_bytes") if name in said}
    return ToldCourse(
        accepted_at="" if accepted is None else read_value(accepted),
        situations=tuple(read_value(child) for child in root.iterfind("situation")),
        handler=said.get("handler", ""),
        **counts,
    )
