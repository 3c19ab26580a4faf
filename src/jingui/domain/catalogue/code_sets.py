"""Code sets of service items (GB/T 39046-2020 appendix A), with the words by which lists write them.

A set is a setting: provinces add members, and those marked [?] were not confirmed by a text. A value outside its set is
told, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A closed list of codes with their labels; ``words`` are further ways of writing a code."""

    labels: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)

    def code_of(self, text: str) -> str | None:
        """Return the code that a text stands for: the code, its label or a word, leading noughts left out or not."""
        if text in self.labels:
            return text
        if text in self.words:
            return self.words[text]
        by_label = next((code for code, label in self.labels.items() if label == text), None)
        return by_label or next((code for code in self.labels if code.lstrip("0") == text and text), None)


_ITEM_TYPES = {
    "00": "行政权力事项", "01": "行政许可", "02": "行政处罚", "03": "行政强制", "04": "行政征收", "05": "行政给付",
    "06": "行政检查", "07": "行政确认", "08": "行政奖励", "09": "行政裁决", "10": "其他类别事项", "20": "公共服务事项",
}  # fmt: skip
# A.1 leaves 11 to 19 and 21 to 29 to be extended.
_EXTENDED = {f"{number:02}": f"扩展类型 {number:02}" for number in (*range(11, 20), *range(21, 30))}

CODE_SETS: dict[str, CodeSet] = {
    "item_type": CodeSet(_ITEM_TYPES | _EXTENDED, {"其他行政权力": "10", "其他权力": "10", "公共服务": "20"}),
    "exercise_level": CodeSet(
        {"1": "国家级", "2": "省级", "3": "市级", "4": "县级", "5": "镇（乡、街道）级", "6": "村（社区）级", "7": "分级管理"},
        {"直属": "2", "隶属": "3", "区级": "4", "县（区）级": "4", "镇级": "5", "乡级": "5", "街道级": "5", "村级": "6",
         "社区级": "6"},
    ),
    "body_nature": CodeSet({"1": "法定机关", "2": "授权组织", "3": "受委托组织", "9": "其他"}),
    "service_target": CodeSet(
        {"1": "自然人", "2": "企业法人", "3": "事业法人", "4": "社会组织法人", "5": "行政机关", "6": "其他组织"}
    ),
    "handling_form": CodeSet(
        {"1": "窗口办理", "2": "电脑端网上办理", "3": "移动端网上申请", "4": "快递申请", "9": "其他"},
        {"网上办理": "2"},
    ),
    "case_type": CodeSet({"1": "即办件", "2": "承诺件", "9": "其他"}),
    "yes_no": CodeSet(
        {"1": "是", "0": "否"},
        {"true": "1", "True": "1", "TRUE": "1", "Y": "1", "y": "1", "有": "1", "支持": "1", "收费": "1", "false": "0",
         "False": "0", "FALSE": "0", "N": "0", "n": "0", "无": "0", "不支持": "0", "不收费": "0"},
    ),
    # [?] The numbers of the scopes and of the states were not confirmed.
    "cross_region": CodeSet({"1": "全国", "2": "跨省", "3": "跨市", "4": "跨县"}),
    "item_state": CodeSet(
        {"1": "in_force", "2": "suspended", "3": "withdrawn"},
        {"在用": "1", "有效": "1", "现行": "1", "暂停": "2", "取消": "3", "已取消": "3", "废止": "3"},
    ),
}  # fmt: skip
