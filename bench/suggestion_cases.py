"""Cases for bench/suggestions.py: real material lists, files made from them by rules, and real forms.

Nothing here knows the matcher's tables. What is real: every material list (Guangdong items, Nanjing projects, the
named items), every form title and field label (Zhejiang application forms). What is made: file names, from material
names by the rules below; scans, drawn from the forms. What a file really is, is known by how it was made, or, for
forms filed with another province's item, because the item asks for one form only.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from jingui.domain.capture.suggesting import UnlabelledFile
from jingui.domain.records.facts import MaterialRule
from jingui.domain.records.terms import MaterialClass

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("JINGUI_CORPORA", ROOT.parent / "shared"))
CATALOGUE = CORPORA / "data" / "catalogue"

PEOPLE = (
    "王秀英",
    "李建国",
    "张伟",
    "陈思远",
    "欧阳明",
    "赵小燕",
    "云泽市恒达商贸有限公司",
    "泰和餐饮店",
    "宏远建设集团",
)
TAILS = ("", "", "", "扫描件", "（盖章）", "-复印件", "(1)", "_20240315", "最终版", "2", " 原件", "_已签字")
MACHINE = (
    "IMG_{0}.jpg",
    "扫描件{0}.pdf",
    "{0}.pdf",
    "scan{0}.tif",
    "微信图片_2024{0}.jpg",
    "附件{0}.jpg",
    "新建文档{0}.pdf",
)
EVERYDAY = {
    "居民身份证": ("身份证正反面", "身份证照片", "身份证"), "身份证明": ("身份证",), "营业执照": ("执照", "营业执照副本"),
    "授权委托书": ("委托书", "授权书"), "毕业证书": ("毕业证",), "学历证书": ("毕业证", "学历证明"), "申请书": ("申请表",),
    "申请表": ("申请书", "表格"), "登记表": ("登记申请表",), "房屋所有权证": ("房产证",), "租赁合同": ("租房合同", "租约"),
    "可行性研究报告": ("可研报告", "可研"), "环境影响报告书": ("环评报告", "环评"), "批复文件": ("批复",), "承诺书": ("承诺函",),
    "有效身份证件": ("护照", "身份证"), "照片": ("一寸照", "证件照"), "法定代表人": ("法人",), "组织机构代码证": ("代码证",),
    "户口簿": ("户口本",), "体检证明": ("体检报告",), "平面布置图": ("平面图",), "施工图设计文件": ("施工图",),
    "专业技术职务任职资格证书": ("职称证书", "职称证"), "社会保障卡": ("社保卡",), "验资报告": ("验资",), "合同": ("协议",),
}  # fmt: skip
FORM_ENDINGS = ("申请表", "申请书", "登记表", "审批表", "申报表", "备案表", "审查表", "申报书", "审核表")
NOT_A_TITLE = re.compile(r"^\d|清单|填写|情况$|单位$|名称$|^.{0,3}$")


@dataclass(frozen=True, slots=True)
class Filed:
    """A file and the code of the material it is (empty: of none)."""

    file: UnlabelledFile
    truth: str
    kind: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A case: the materials of its item, in the plan's order, and its files. ``is_tuning``: used for fitting only."""

    item: str
    materials: tuple[MaterialRule, ...]
    files: tuple[Filed, ...]
    is_tuning: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A real application form: its title and field labels."""

    title: str
    labels: tuple[str, ...]


def read_items() -> dict[str, tuple[str, ...]]:
    """Return the material lists of items with three materials or more, each list once."""
    found: dict[tuple[str, ...], str] = {}
    for item in json.loads((CATALOGUE / "guangdong_items.json").read_text(encoding="utf-8"))["items"]:
        found.setdefault(tuple(dict.fromkeys(item["materials"] or ())), item["name"])
    for file in ("nanjing_jiangbei_gov_projects.json", "seed_named_items.json"):
        for item in json.loads((CATALOGUE / file).read_text(encoding="utf-8"))["items"]:
            names = tuple(dict.fromkeys(material["name"] for material in item.get("materials") or ()))
            found.setdefault(names, item["item"])
    return {f"{name}#{number}": names for number, (names, name) in enumerate(found.items()) if len(names) > 2}


def read_forms() -> list[Form]:
    """Return the forms whose first line is a title."""
    raw = json.loads((CATALOGUE / "zhejiang_application_forms.json").read_text(encoding="utf-8"))["forms"]
    return [Form(form["title"], tuple(form["labels"])) for form in raw if not NOT_A_TITLE.search(form["title"])]


def is_tuning(item: str) -> bool:
    """Put every item into one of two halves, by a digest of its name without what follows the number sign."""
    return hashlib.sha256(item.partition("#")[0].encode()).digest()[0] % 2 == 0


def rules(names: tuple[str, ...]) -> tuple[MaterialRule, ...]:
    """Return the materials of a plan, coded by place."""
    return tuple(MaterialRule(f"A{at:02}", name, MaterialClass.APPLICATION) for at, name in enumerate(names, 1))


def named_trials(items: dict[str, tuple[str, ...]], kind: str) -> Iterator[Trial]:
    """Make a case of each item, its files named after its materials (``written`` or ``everyday``), with strangers."""
    everything = sorted({name for names in items.values() for name in names})
    for item, names in items.items():
        pick = random.Random(f"{kind}:{item}")
        plan = rules(names)
        filed = [
            Filed(UnlabelledFile(f"f{at}", file_name(rule.name, at, pick, kind)), rule.code, kind)
            for at, rule in enumerate(plan, 1)
            if pick.random() < 0.8
        ]
        if pick.random() < 0.4:
            filed.append(_stranger(names, everything, pick))
        pick.shuffle(filed)
        if filed:
            yield Trial(item, plan, tuple(filed), is_tuning(item))


def _stranger(names: tuple[str, ...], everything: list[str], pick: random.Random) -> Filed:
    """Return a file that belongs to another item: its name shares no three letters with any material here."""
    runs = {name[at : at + 3] for name in names for at in range(len(name) - 2)}
    name = pick.choice(everything)
    while len(name) < 4 or any(name[at : at + 3] in runs for at in range(len(name) - 2)):
        name = pick.choice(everything)
    return Filed(UnlabelledFile("stranger", file_name(name, 9, pick, "written")), "", "stranger")


def file_name(material: str, place: int, pick: random.Random, kind: str) -> str:
    """Name a file as people do: cut, numbered, with a person in front and a remark behind."""
    name = re.sub(r"[（(《][^（）()《》]*[）)]|[《》“”\"/\\:：]", "", material) if pick.random() < 0.6 else material
    name = (name or material)[:40]
    if kind == "everyday":
        name = _everyday(name, pick)
    if len(name) > 8 and pick.random() < 0.25:
        name = name[-pick.randint(5, 8) :] if pick.random() < 0.5 else name[: pick.randint(5, 8)]
    if len(name) > 5 and pick.random() < 0.1:
        at = pick.randrange(len(name))
        name = name[:at] + name[at + 1 :]
    number = pick.choice((f"{place}.", f"{place:02}-", f"附件{pick.randint(1, 9)} ", "", "", ""))
    person = pick.choice(PEOPLE) + pick.choice(("-", "_", "", "的")) if pick.random() < 0.4 else ""
    return f"{number}{person}{name}{pick.choice(TAILS)}.{pick.choice(('pdf', 'jpg', 'docx', 'png'))}"


def _everyday(name: str, pick: random.Random) -> str:
    for official, said in EVERYDAY.items():
        if official in name:
            word = pick.choice(said)
            # People rarely write more than the kind of paper.
            return word if pick.random() < 0.5 else name.replace(official, word)
    return name


def form_trials(items: dict[str, tuple[str, ...]], forms: list[Form]) -> Iterator[tuple[Trial, Form]]:
    """File a real form of one province with the likest item of another, which asks for exactly one form.

    The item is chosen by its own name, never by its materials; that the file is its form follows from there being
    only one. The file has a machine's name; its text is the form's title and labels.
    """
    single = {item: names for item, names in items.items() if sum(_is_form(name) for name in names) == 1}
    for form in forms:
        item = max(single, key=lambda name: (_shared(form.title, name), name))
        yield _form_trial(item, single[item], form), form


def own_form_trials(items: dict[str, tuple[str, ...]], forms: list[Form]) -> Iterator[tuple[Trial, Form]]:
    """As above, but the plan names the form by its title, as a plan of the same province does."""
    for trial, form in form_trials(items, forms):
        names = tuple(form.title if _is_form(rule.name) else rule.name for rule in trial.materials)
        yield replace(trial, materials=rules(names)), form


def _form_trial(item: str, names: tuple[str, ...], form: Form) -> Trial:
    pick = random.Random(form.title)
    name = pick.choice(MACHINE).format(pick.randint(1, 9999))
    truth = next(rule.code for rule in rules(names) if _is_form(rule.name))
    text = "\n".join((form.title, *form.labels))
    filed = Filed(UnlabelledFile("form", name, text=text), truth, "form")
    return Trial(item, rules(names), (filed,), is_tuning(form.title))


def _is_form(name: str) -> bool:
    return any(ending in name for ending in FORM_ENDINGS)


def _shared(one: str, other: str) -> float:
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(first & second) / (1 + len(first | second))
