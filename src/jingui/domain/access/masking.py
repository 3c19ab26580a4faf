"""What is shown of personal data to those who need not know it.

Always two stars for what is left out, so that their number tells nothing. Rules follow the usual practice of
government sites; no standard is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

STARS = "**"
_COMPOUND = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于"
    "司空令狐亓官闾丘子车巫马公西漆雕乐正壤驷公良拓跋夹谷宰父谷梁段干百里呼延东郭南门羊舌微生左丘梁丘东门西门轩辕淳于单于第五"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND[at : at + 2] for at in range(0, len(_COMPOUND), 2))
_NAME_DOTS = re.compile(r"[\u00b7\u2022\u2027\u2219\u30fb]")
_REGION = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))?(?:[\u4e00-\u9fff]{1,8}?(?:自治州|盟|(?<![超门夜])市))?(?:[\u4e00-\u9fff]{1,7}?(?:自治县|(?<![社小园校景])区|县|旗))?"
)
_FORM = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司|分公司|公司|(?:特殊)?(?:普通|有限)合伙(?:企业)?|合伙企业|个人独资企业|专业合作社|合作社"
    r"|事务所|研究院|研究所|基金会|联合会|商会|协会|学会|委员会|幼儿园|医院|诊所|学校|学院|中心|宾馆|酒店|饭店|餐厅|超市|商行|经营部|工作室|门市部|店|厂|场|社|部)"
    r"(?:[(（][^()（）]{2,12}[)）])?$"
)
# At least so long: so many characters kept at the start and at the end.
_KEPT_OF_NUMBER = ((11, (3, 4)), (7, (1, 2)))
_PLACE = re.compile(r"^.*?(?:街道|镇|乡|区|县|旗|(?<!城)市)(?!.{0,6}(?:街道|镇|乡|区|县|旗)(?![0-9]))")


def mask_person(name: str) -> str:
    """王芳 → 王**, 欧阳娜娜 → 欧阳**, 阿依古丽·买买提 → 阿依古丽·**, John Smith → J**. One character alone → *."""
    name = name.strip()
    if len(name) <= 1:
        return "*" * len(name)
    if dot := _NAME_DOTS.search(name, 1):
        return name[: dot.end()] + STARS
    is_compound = name[:2] in COMPOUND_SURNAMES and bool(name[2:])
    return name[: 2 if is_compound else 1] + STARS


def mask_organisation(name: str) -> str:
    """云泽市天工商贸有限公司 → 云泽市**有限公司: the place and the legal form stay."""
    name = name.strip()
    place = _REGION.match(name)
    start = place.end() if place else 0
    form = _FORM.search(name, start)
    end = form.start() if form else len(name)
    if start >= end:
        start = 0
    return (name[:start] or name[:1]) + STARS + name[end:] if name else ""


def mask_number(number: str) -> str:
    """440111199001011234 → 440***********1234, 13812345678 → 138****5678, E1234567 → E*****67, 1234 → ****."""
    number = number.strip()
    start, end = next((kept for length, kept in _KEPT_OF_NUMBER if len(number) >= length), (0, 0))
    return number[:start] + "*" * (len(number) - start - end) + number[len(number) - end :]


def mask_address(address: str) -> str:
    """云泽市青石区建设路 12 号 → 云泽市青石区**: what lies below district or township is hidden."""
    address = address.strip()
    place = _PLACE.match(address)
    return (place.group() if place else "") + STARS if address else ""


def mask_applicant(name: str, *, kind: str) -> str:
    """Mask a name by its kind, ``person`` or ``organisation``; an unknown kind is taken for a person."""
    return mask_organisation(name) if kind == "organisation" else mask_person(name)


def mask_within(text: str, *, names: Iterable[str], kind: str = "person") -> str:
    """Mask the given names wherever they stand in a text, such as a title."""
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, mask_applicant(name, kind=kind))
    return text
