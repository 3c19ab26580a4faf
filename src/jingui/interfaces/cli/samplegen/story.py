"""What can happen to a demo case: the twists, what each sends, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of a case: its state, how many versions its object has, what it is flagged with."""

    state: str
    versions: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileMessage:
    """One file as the business system sends it. ``replaces`` names the file that it stands in for."""

    file_key: str
    name: str
    material_code: str
    step: str
    formed_at: str
    content: bytes
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A case with all its messages, and what is unusual about it.

    ``files`` and ``steps`` are sent in the ordinary course; ``late_files`` and ``late_steps`` after the case is
    preserved (or, with the twist ``encrypted_file``, held). ``target`` is the file key that a twist is about.
    """

    number: str
    item_key: str
    twist: str
    case: dict[str, Any]
    files: tuple[FileMessage, ...]
    steps: tuple[dict[str, Any], ...]
    closure: dict[str, Any] | None
    expected: Expected
    late_files: tuple[FileMessage, ...] = ()
    late_steps: tuple[dict[str, Any], ...] = ()
    target: str = ""


PRESERVED = Expected("preserved", 1)
EXPECTED = {
    "late_file": Expected("preserved", 2, ("late_file",)),
    "late_step": Expected("preserved", 2, ("late_step",)),
    "missing_material": Expected("held", 0, ("missing_material",)),
    "still_open": Expected("open", 0),
    "unexpected_material": Expected("held", 0, ("unexpected_material",)),
}
SPECIAL = ("withdrawn", "returned", "not_accepted", "not_permitted")
NOTICES = {
    "withdrawn": ("B16", "B20", "A98"),
    "returned": ("B16", "B18", "B15"),
    "not_accepted": ("B16", "B4"),
    "not_permitted": ("B16", "B20", "B17", "B14"),
}
ONLY_SPECIAL = ("A98", "B4", "B14", "B15")
RESULTS = {
    "completed": "准予",
    "withdrawn": "申请人撤回，终止办理",
    "returned": "退件",
    "not_accepted": "不予受理",
    "not_permitted": "不予许可",
}
# How many steps a case that does not run its course goes through before the last one.
STEPS_BEFORE_END = {"withdrawn": 2, "returned": 1, "not_accepted": 1}
_UNDECIDED = ("withdrawn", "returned", "not_accepted", "still_open")
# Materials of situations that none of the invented people are in.
NEVER_SENT = {("disability", "A06"), ("nurse_cancel", "A03"), ("nurse_cancel", "A04"), ("construction", "A11")}
MATERIAL_STEPS = {"B16": "收件", "B20": "受理", "B18": "收件", "B5": "受理", "B99": "受理"}
SPECIAL_PROCEDURES = {"disability": "残疾评定", "subsidy": "公示", "food": "现场核查"}


OPINIONS = {
    "收件": "材料已接收，转受理。",
    "受理": "申请材料齐全，符合法定形式，予以受理。",
    "审核": "经审查，符合规定条件，建议准予。",
    "公示": "公示五个工作日，无异议。",
    "审批": "同意发放。",
    "拨付": "资金已拨付至申请人账户。",
    "残疾评定": "评定结论已收悉，符合评定标准。",
    "现场核查": "现场核查结论：符合。",
    "初审": "权属来源清楚，同意报复审。",
    "复审": "同意初审意见。",
    "核定": "核定无误，准予登记。",
    "登簿": "已记载于登记簿。",
    "缮证": "证书已缮制、校对。",
    "发证": "证书已领取。",
}
