"""Invented applicants of replayed cases: right in form, given to nobody, the same for the same seed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from jingui.interfaces.cli.samplegen.codes import citizen_number, credit_code

if TYPE_CHECKING:
    from random import Random

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"
_GIVEN = "安宁文清明远思齐嘉禾若水子衿怀瑾长青云舒致知行之书言望舒景行"
_WORDS = ("启明", "恒远", "四方", "新禾", "青松", "海晏", "博文", "同心", "永安", "瑞丰")
_TRADES = ("建材", "餐饮管理", "文化传播", "医疗器械", "物业服务", "工程咨询", "食品", "信息技术")
_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRST_BIRTH = date(1955, 1, 1)
_BIRTH_DAYS = 50 * 365
PERSON_ID_TYPE = "111"  # GA/T 2000.156; it has no code for credit codes of bodies


def _name(rng: Random) -> str:
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2))))


def person(rng: Random) -> dict[str, str]:
    """Invent a natural person as a case message's ``applicant``."""
    born = _FIRST_BIRTH + timedelta(days=rng.randrange(_BIRTH_DAYS))
    return {
        "name": _name(rng),
        "kind": "person",
        "id_type": PERSON_ID_TYPE,
        "id_number": citizen_number(born, serial=rng.randrange(1000)),
        "legal_representative": "",
        "address": f"云泽市和平路{rng.randrange(1, 400)}号",
        "agent": "",
    }


def organisation(rng: Random) -> dict[str, str]:
    """Invent a company as a case message's ``applicant``."""
    return {
        "name": f"云泽市{rng.choice(_WORDS)}{rng.choice(_TRADES)}有限公司",
        "kind": "organisation",
        "id_type": "",
        "id_number": credit_code("91", "".join(rng.choices(_CODE_CHARACTERS, k=8))),
        "legal_representative": _name(rng),
        "address": f"云泽市文昌路{rng.randrange(1, 400)}号",
        "agent": _name(rng),
    }
