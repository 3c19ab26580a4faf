"""The pages of inspection: its check items, and every finding that one of them may make."""

from __future__ import annotations

from jingui.domain import inspection
from jingui.interfaces.cli.reference.markdown import code, page, table, yes_no
from jingui.interfaces.wording import label, rule_name
from jingui.interfaces.wording.findings import FINDINGS

_UNREAD = (
    "Numbers and names follow published implementations of DA/T 70-2018; the standard's own text was not read. "
    "What only a person can see waits for a statement and never passes by itself; what nobody looked at is not passed. "
    "编号和名称取自已公开的实现，未读到标准全文；只有人能看的项目等人工结论，未检不作通过。第三环节的前缀 CQ 为自拟。"
)


def rule_page() -> str:
    """List the check items of the inspection."""
    head = (
        "number 编号",
        "name",
        "名称",
        "property 四性",
        "stops archiving 阻断",
        "method 方式",
        "indicator 指标",
        "settings 参数",
        "rests on 依据",
    )
    rows = map(_rule, (rule for rules in inspection.RULES_OF.values() for rule in rules))
    return page("Inspection rules 检测规则", code(inspection.RULE_SET), _UNREAD, table(head, rows))


def _rule(rule: inspection.Rule) -> tuple[str, ...]:
    return (
        rule.identifier,
        code(rule.name),
        rule_name(rule.name),
        label("property", rule.prop),
        yes_no(is_so=rule.is_blocking),
        label("method", rule.method),
        rule.indicator,
        ", ".join(code(parameter.name) for parameter in rule.parameters),
        rule.basis,
    )


def finding_page() -> str:
    """List the codes that a finding may carry."""
    rows = ((code(key), *FINDINGS.get(key, ("", ""))) for key in inspection.FINDING_CODES)
    return page(
        "Findings of inspection 检测结论",
        "Values in braces are filled in; personal values never are. 花括号中的内容在报告中填入，个人信息不会出现。",
        table(("code 代码", "中文", "English"), rows),
    )
