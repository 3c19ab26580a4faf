"""Pages that are one table of the code each: states, settings, events, metadata elements, roles."""

from __future__ import annotations

from jingui import settings
from jingui.domain import lifecycle
from jingui.domain.access import roles
from jingui.domain.audit import events
from jingui.domain.metadata import da_t_46, elements
from jingui.interfaces.cli.reference.markdown import code, codes, meaning, page, table
from jingui.interfaces.wording import label


def state_page() -> str:
    """Draw the life of a case and list what each state waits for."""
    moves = [(state, to) for state in lifecycle.CaseState for to in sorted(lifecycle.MOVES[state])]
    arrows = [f"    {state.value} --> {to.value}" for state, to in moves]
    diagram = "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> expected", "    [*] --> open", *arrows, "```"])
    rows = (
        (code(s.value), label("state", s), _stage(lifecycle.NEXT_STAGE[s]), codes(lifecycle.MOVES[s]))
        for s in lifecycle.CaseState
    )
    head = ("state", "状态", "waits for 等待的环节", "may move to 可转到")
    return page("States of a case 办件状态", meaning(lifecycle), diagram, table(head, rows))


def _stage(stage: lifecycle.Stage | None) -> str:
    return code(stage.value) if stage else "the source or a person 来源系统或人工"


def setting_page() -> str:
    """List every variable of the environment that the product reads."""
    rows = ((code(name), code(default), text) for name, (default, text) in sorted(settings.VARIABLES.items()))
    return page(
        "Settings 设置",
        "Read once from the environment at start. 启动时从环境变量读取一次。",
        table(("variable 变量", "default 默认值", "meaning 含义"), rows),
    )


def event_page() -> str:
    """List the kinds of events that the journal keeps."""
    rows = ((code(event.value), events.DESCRIPTIONS[event]) for event in events.Event)
    return page("Journal events 审计事件", meaning(events), table(("kind 代码", "meaning 含义"), rows))


def element_page() -> str:
    """List the metadata elements of a case."""
    head = (
        "identifier 标识",
        "元素",
        "DA/T 46",
        "type 类型",
        "length 长度",
        "obligation 约束",
        "from 来源",
        "checks 检查",
    )
    head_46 = (
        "number",
        "元素",
        "identifier 标识",
        "entity 实体",
        "obligation 约束",
        "in 所属",
        "from 来源",
        "value 取值",
    )
    return page(
        "Metadata elements 元数据元素",
        meaning(elements),
        table(head, map(_element, elements.ELEMENTS)),
        "## DA/T 46-2009",
        meaning(da_t_46),
        table(head_46, map(_element_46, da_t_46.ELEMENTS_46)),
    )


def _element_46(one: da_t_46.Element46) -> tuple[str, ...]:
    place = (one.number, one.title, code(one.identifier), one.block.value, one.obligation.value, one.parent)
    return (*place, one.origin.value, one.source)


def _element(one: elements.Element) -> tuple[str, ...]:
    checks = ", ".join(filter(None, (one.form, one.domain, "personal 个人信息" if one.is_personal else "")))
    kind, obligation = one.datatype.value, one.obligation.value
    length = str(one.max_length)
    return code(one.identifier), one.title, one.da_t_46, kind, length, obligation, code(one.source), checks


def role_page() -> str:
    """List who may do what."""
    rows = ((code(role.value), label("role", role), *_rule(role)) for role in roles.Role)
    return page("Roles 角色", meaning(roles), table(("role", "角色", "for 职责", "may 权限"), rows))


def _rule(role: roles.Role) -> tuple[str, str]:
    return roles.ROLES[role].description, codes(permission.value for permission in roles.ROLES[role].permissions)
