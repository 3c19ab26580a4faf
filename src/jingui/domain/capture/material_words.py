"""Words about materials: how file names and forms are brought into one wording before they are compared (材料用语).

The tables hold everyday Chinese of government counters; they name kinds of papers, never a single item or agency.
"""

from __future__ import annotations

import re
import unicodedata

SYNONYMS: dict[str, tuple[str, ...]] = {
    "身份证": (
        "居民身份证", "身份证明", "身份证件", "公民身份号码", "身份证复印件", "身份证正反面", "身份证正面", "身份证反面",
        "有效身份证明", "身份证原件",
    ),
    "营业执照": ("工商营业执照", "企业法人营业执照", "主体资格证明", "企业执照", "工商执照"),
    "委托书": ("授权委托书", "委托授权书", "授权书", "委托函"),
    "申请表": (
        "申请书", "登记表", "申报表", "审批表", "申报书", "登记书", "审核表", "呈报表", "报审表", "申领表", "备案表",
        "申请审批表", "申请登记表", "申请审核表", "申请单",
    ),
    "承诺书": ("承诺函", "承诺表", "保证书", "告知承诺书"),
    "照片": ("证件照", "彩色照片", "免冠照片", "登记照", "寸照"),
    "户口簿": ("户口本", "户籍证明", "户口薄"),
    "不动产权证": ("房产证", "房屋所有权证", "产权证", "不动产权证书", "产权证明", "不动产证"),
    "租赁合同": ("租房合同", "租赁协议", "房屋租赁合同", "租约"),
    "学历证": ("毕业证书", "毕业证", "学历证书", "学历证明", "文凭"),
    "体检表": ("体检证明", "健康体检证明", "体检报告", "健康证明", "健康证", "体检合格证明"),
    "结婚证": ("婚姻证明", "婚姻状况证明"),
    "机构代码证": ("组织机构代码证",),
    "法定代表人": ("法人代表", "法人"),
    "社保证明": ("社会保险参保缴费证明", "社保缴费证明", "参保证明", "社保缴纳证明"),
    "银行账户": ("银行卡", "存折", "开户许可证", "银行账号", "银行存折"),
    "图纸": ("平面图", "示意图", "布局图", "总平图"),
    "名单": ("花名册", "人员名册", "名册", "一览表", "清单"),
    "批复": ("批准文件", "批文", "批复文件", "批准书"),
    "验资报告": ("资金证明", "验资证明", "资信证明"),
}  # fmt: skip
"""One wording for each kind of paper, and the others that mean it."""

NOISE = (
    "加盖公章", "复印件", "扫描件", "原件", "影印件", "电子版", "电子件", "盖章版", "盖章", "签字版", "签字", "最终版",
    "最新版", "修改版", "最终", "正本", "副本", "原稿", "定稿", "一式", "微信图片", "微信截图", "新建文件", "文档", "图片",
    "扫描全能王", "选报材料", "验原件收", "材料",
)  # fmt: skip
"""What says how a paper was made or handed in, not what it is."""

COMMON = (
    "申请表", "申请", "证明", "证书", "文件", "报告", "相关", "有关", "情况", "资料", "书", "表", "许可", "登记", "备案",
    "单位", "人员", "企业", "合格", "审批",
)  # fmt: skip
"""Words of so many names that they tell little; their letters weigh less."""

KINDS = (
    "申请表", "营业执照", "身份证", "委托书", "承诺书", "合同", "协议", "报告", "图纸", "图", "照片", "证书", "证明", "名单",
    "批复", "方案", "章程", "决议", "发票", "证",
)  # fmt: skip
"""What a paper is, as the last word of its name says; the longer word before the shorter."""

_VARIANTS = {variant: word for word, variants in SYNONYMS.items() for variant in variants}
_SYNONYM = re.compile("|".join(sorted(map(re.escape, (*_VARIANTS, *SYNONYMS)), key=len, reverse=True)))
_NOISE = re.compile("|".join(sorted(map(re.escape, NOISE), key=len, reverse=True)))
_COPIES = re.compile(r"[一二三四五六七八九十两\d]+[份张套页寸式]|第[一二三四五六七八九十\d]+[页次]")
_EXTENSION = re.compile(r"\.[0-9a-z]{1,5}$")
_MACHINE_NAME = re.compile(r"(?:img|dsc|scan|doc|image|photo|page|file|mmexport|wx|pic|untitled|wps|cam)(?![a-z])")
_ORDINAL = re.compile(r"^\W*(?:附件|材料|附)?\s*(\d{1,2})(?=[\s._\-、．)）]|\D|$)")
_PARTS = re.compile(r"[\s_\-—+&,，;；、。|/\\.·~@#=]+")
_BRACKETS = re.compile(r"[(（\[【][^()（）\[\]【】]*[)）\]】]")
_ALTERNATIVES = re.compile(r"或者|或|以及|及|和|、|，|,|；|;|/")
_UNSPOKEN = re.compile(r"[^\u3400-\u9fff\U00020000-\U0003ffffa-z0-9]+")
_DIGITS = re.compile(r"\d+")


def plain(text: str) -> str:
    """Return text in one script form and case: full-width signs narrow, Latin letters small."""
    return unicodedata.normalize("NFKC", text).lower()


def wording(text: str) -> str:
    """Return text in the one wording that is compared: no noise, no counts, synonyms made one, only letters left."""
    bare = _COPIES.sub("", _UNSPOKEN.sub("", plain(text)))
    spoken = _SYNONYM.sub(lambda found: _VARIANTS.get(found[0], found[0]), bare)
    return _DIGITS.sub("", _NOISE.sub("", spoken))


def name_phrases(file_name: str, *, limit: int = 6) -> tuple[str, ...]:
    """Return what a file name may say: as a whole, and each of its parts. Names that machines give say nothing."""
    stem = _MACHINE_NAME.sub(" ", _EXTENSION.sub("", plain(file_name)))
    parts = [part for part in _PARTS.split(stem) if part]
    return _worded([stem, _BRACKETS.sub("", stem), *parts], limit)


def material_phrases(name: str, *, limit: int = 8) -> tuple[str, ...]:
    """Return the wordings of a material: as a whole, without its brackets, and each of its alternatives (甲或乙)."""
    bare = _BRACKETS.sub("", plain(name))
    return _worded([name, bare, *_ALTERNATIVES.split(bare)], limit)


def line_phrases(text: str, *, lines: int = 14, length: int = 40) -> tuple[str, ...]:
    """Return the first lines of a text, which hold its title; longer lines are sentences and say what, not which."""
    shown = [line.strip() for line in text[:4_000].splitlines() if line.strip()][:lines]
    first = "".join(shown[:2]) if len(shown) > 1 and len(shown[0]) + len(shown[1]) <= length else ""
    return _worded([*(line for line in shown if len(line) <= length), first], lines + 1)


def kind_of(phrase: str) -> str:
    """Return what kind of paper a wording ends with, or nothing."""
    return next((kind for kind in KINDS if phrase.endswith(kind)), "")


def ordinal(file_name: str) -> int | None:
    """Return the number that a file name begins with (``附件3``, ``03-…``), if any."""
    found = _ORDINAL.match(plain(file_name))
    return int(found[1]) if found else None


def _worded(texts: list[str], limit: int) -> tuple[str, ...]:
    found = dict.fromkeys(wording(text) for text in texts)
    return tuple(phrase for phrase in found if len(phrase) > 1)[:limit]
