"""The pages of files: formats and the defects of readers, and what checks of packages and holdings may find."""

from __future__ import annotations

from collections.abc import Mapping

from jingui.domain.inspection.content_rules import DEFECTS as RULE_OF_DEFECT
from jingui.domain.inspection.content_rules import TOLERATED
from jingui.domain.packaging.packages import NOTES as PACKAGE_NOTES
from jingui.domain.records.formats import DEFAULT_ALLOWED, EXTENSIONS
from jingui.formats.packages.national_draft import SPEC
from jingui.formats.reading.defects import DEFECTS, NOTES
from jingui.interfaces.cli.reference.markdown import code, codes, page, table, yes_no
from jingui.interfaces.wording import label
from jingui.interfaces.wording.holdings import HOLDINGS, PACKAGES
from jingui.interfaces.wording.packages import FINDINGS as FORM_FINDINGS

# The one defect that is no matter of opening: the rule about electronic attributes tells of it.
_OF_THE_NAME = {"extension_mismatch": ("GD-1-10", "extension_not_of_format")}


def format_page() -> str:
    """List formats with their extensions, and what the readers can say of a file."""
    formats = (
        (code(name), label("format", name), codes(extensions), yes_no(is_so=name in DEFAULT_ALLOWED))
        for name, extensions in EXTENSIONS.items()
    )
    return page(
        "Formats and what readers find 格式与读取结果",
        "A format is told by content, never by the name. Which ones an item allows is a setting of its plan. "
        "格式按内容识别；允许哪些格式由各事项的归档配置决定。",
        table(("format", "格式", "extensions 扩展名", "allowed by default 默认允许"), formats),
        "## Defects 缺陷",
        table(
            ("defect 代码", "rule 规则", "finding 检测结论", "gravity 轻重", "meaning 含义"),
            map(_defect, sorted(DEFECTS)),
        ),
        "## Notes 附注",
        table(("note 代码", "meaning 含义"), ((code(name), text) for name, text in NOTES.items())),
    )


def _defect(name: str) -> tuple[str, ...]:
    rule, finding = (
        _OF_THE_NAME.get(name) or RULE_OF_DEFECT.get(name) or (TOLERATED.get(name, "GD-3-4"), "unknown_defect")
    )
    severity = {"blocks": "blocks 阻断", "warns": "warns 提示"}[DEFECTS[name].severity.value]
    return code(name), rule, code(finding), severity, DEFECTS[name].meaning


def package_page() -> str:
    """List the places inside a package and what checks of packages and of the holdings may find."""
    places = sorted(SPEC.required_paths) + [f"{folder}/" for folder in SPEC.content_folders]
    return page(
        "Packages and verification 信息包与核验",
        f"Package profile `{SPEC.name}`: a proposal of ours, because the text of GB/T 42727-2023 §7 was not read; it claims no conformance. "
        "信息包结构为本系统的草案，未读到标准全文，不宣称符合。",
        table(("place in the package 包内位置",), ([code(place)] for place in places)),
        "## Findings of `jingui package check` 信息包核查结果",
        _words(PACKAGES | FORM_FINDINGS, notes=PACKAGE_NOTES),
        "## Findings of `jingui verify` 库藏核验结果",
        _words(HOLDINGS),
    )


def _words(words: Mapping[str, tuple[str, str]], *, notes: Mapping[str, str] | None = None) -> str:
    if notes is None:
        return table(("code 代码", "中文", "English"), ((code(key), zh, en) for key, (zh, en) in words.items()))
    rows = ((code(key), yes_no(is_so=key not in notes), zh, en) for key, (zh, en) in words.items())
    return table(("code 代码", "fault 差错", "中文", "English"), rows)
