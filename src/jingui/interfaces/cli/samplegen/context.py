"""Everything that a case's documents say, as one dictionary of words: people, bodies, days, numbers, money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jingui.interfaces.cli.samplegen.catalogue import Item, read_data
from jingui.interfaces.cli.samplegen.chance import seeded
from jingui.interfaces.cli.samplegen.codes import citizen_number, credit_code, masked
from jingui.interfaces.cli.samplegen.money import money_words
from jingui.interfaces.cli.samplegen.timetable import Timetable, add_working_days, chinese_day

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

_BODY_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CHANNELS = {
    "online": "网上申报",
    "counter": "窗口申报",
    "post": "邮寄申报",
    "email": "电子邮件申报",
    "internal": "内部转办",
    "other": "其他",
}
_REFUSALS = (
    "所申请的事项依法不属于本机关职权范围",
    "提交的证明材料与共享数据核验结果不一致，且在规定期限内未作说明",
    "申请材料经一次告知后在规定期限内未补正",
)
_WITHDRAWALS = ("个人原因暂不办理", "所填信息有误，拟重新申报")
Words = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    sex: str
    nation: str
    born: date
    id_number: str


def person(pick: random.Random, *, entry: str, is_man: bool) -> Person:
    """Make a person of a ``name|nation`` entry."""
    name, nation = entry.split("|")
    born = date(1966, 1, 1) + timedelta(days=pick.randrange(34 * 365))
    serial = pick.randrange(500) * 2 + (1 if is_man else 0)
    return Person(name, "男" if is_man else "女", nation, born, citizen_number(born, serial=serial))


def born_about(someone: Person, year: int) -> Person:
    """Return the same person born in that year or one of the seven after it, with the number that follows."""
    there = someone.born
    born = date(year + there.year % 8, there.month, min(there.day, 28))
    number = citizen_number(born, serial=int(someone.id_number[14:17]))
    return Person(someone.name, someone.sex, someone.nation, born, number)


def people(seed: int) -> list[Person]:
    """Return all invented applicants in an order that the seed decides."""
    pick = seeded(f"people {seed}")
    raw = read_data("people")
    found = [person(pick, entry=entry, is_man=False) for entry in raw["women"]]
    found += [person(pick, entry=entry, is_man=True) for entry in raw["men"]]
    pick.shuffle(found)
    return found


def company_code(pick: random.Random) -> str:
    """Return a credit code of an invented company."""
    return credit_code("91", "MA" + "".join(pick.choice(_BODY_CHARS) for _ in range(6)))


def fill(value: Any, words: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON in, JSON out
    """Put the words into every text of a specification; the text ``{material_rows}`` alone becomes that list."""
    if value == "{material_rows}":
        return words["material_rows"]
    if isinstance(value, str):
        return value.format_map(words)
    if isinstance(value, list):
        return [fill(part, words) for part in value]
    if isinstance(value, dict):
        return {name: fill(part, words) for name, part in value.items()}
    return value


def case_words(pick: random.Random, *, item: Item, applicant: Person, times: Timetable, number: int) -> Words:
    """Return the words of a case."""
    words = _people_words(pick, applicant) | _body_words(pick) | _money_words(pick) | _day_words(pick, times)
    words |= _office_words(item, times, number) | _property_words(pick)
    words["bank_tail"] = words["bank_account"][-4:]
    words["bank_account_masked"] = words["bank_account"][:7] + " **** **** " + words["bank_tail"]
    words["subsidy_to"] = words["subsidy_from"].replace("年1月", f"年{words['months']}月")
    words["portrait"] = str(2 * (number % 30) + (applicant.sex == "男"))
    words["age"] = str(times.received.year - applicant.born.year)
    is_person = item.service == "person"
    body, code = (
        (words["developer"], words["developer_code"])
        if item.key == "construction"
        else (
            words["company"],
            words["company_code"],
        )
    )
    words["applicant"] = applicant.name if is_person else body
    words["applicant_number"] = masked(applicant.id_number) if is_person else code
    words["applicant_full_number"] = applicant.id_number if is_person else code
    words["legal_representative"] = (
        "" if is_person else words["developer_head" if item.key == "construction" else "company_head"]
    )
    words["refusal"] = pick.choice(_REFUSALS)
    words["withdraw_reason"] = pick.choice(_WITHDRAWALS)
    words["channel"] = pick.choices(("online", "counter", "post"), (7, 4, 1))[0]
    words["channel_words"] = _CHANNELS[words["channel"]]
    words["result_number"] = item.result_number.format_map(words)
    return words


def _people_words(pick: random.Random, applicant: Person) -> Words:
    raw = read_data("people")
    seller = person(pick, entry=pick.choice(raw["men"]), is_man=True)
    worker = person(pick, entry=pick.choice(raw["women"]), is_man=False)
    street = pick.choice(raw["streets"])
    kind, level, text = pick.choice(raw["disabilities"]).split("|")
    return {
        "name": applicant.name,
        "sex": applicant.sex,
        "nation": applicant.nation,
        "d_birth": chinese_day(applicant.born),
        "id_number": applicant.id_number,
        "phone": f"199{pick.randrange(10**8):08d}",
        "address": f"云泽市{street} {1 + pick.randrange(180)} 号{1 + pick.randrange(20)} 栋 {101 + pick.randrange(8) * 100} 室",
        "seller": seller.name if seller.name != applicant.name else "邹明远",
        "seller_id": seller.id_number,
        "worker": worker.name if worker.name != applicant.name else "梅若雪",
        "worker_id": worker.id_number,
        "worker_id_masked": masked(worker.id_number),
        "disability": kind,
        "disability_level": level,
        "disability_text": text,
        "town": street[:3] + "街道",
        "community": f"云泽市{street[:3]}{street[3:5]}社区居民委员会",
        "height": str(156 + pick.randrange(24)),
        "weight": str(48 + pick.randrange(26)),
        "household_number": f"9999{pick.randrange(10**5):05d}",
        "bank_account": f"6299 99{pick.randrange(100):02d} {pick.randrange(10**4):04d} {pick.randrange(10**4):04d}",
    }


def _body_words(pick: random.Random) -> Words:
    raw = read_data("people")
    hospital, old_hospital = pick.sample(raw["hospitals"], 2)
    company, builder = pick.choice(raw["companies"][2:]), pick.choice(raw["companies"][:2])
    heads = ("温如海", "卓成", "柳长青", "牧远", "尉迟峰")
    street = pick.choice(raw["streets"])
    return {
        "hospital": hospital,
        "old_hospital": old_hospital,
        "hospital_address": f"云泽市{pick.choice(raw['streets'])} {1 + pick.randrange(99)} 号",
        "hospital_head": pick.choice(("温如海", "卓成", "柳长青")),
        "old_hospital_head": pick.choice(("牧远", "尉迟峰")),
        "hospital_licence": f"PDY{pick.randrange(10**6):06d}539900A1001",
        "ward": pick.choice(raw["wards"]),
        "school": pick.choice(raw["schools"]),
        "major": "护理",
        "doctor_scope": pick.choice(("内科专业", "外科专业", "儿科专业", "急救医学专业")),
        "company": company,
        "company_code": company_code(pick),
        "company_head": pick.choice(heads),
        "developer": pick.choice(raw["developers"]),
        "developer_code": company_code(pick),
        "developer_head": pick.choice(heads),
        "builder": builder,
        "builder_head": pick.choice(("邱岳", "裴山", "冉志")),
        "project": pick.choice(raw["projects"]),
        "site": f"云泽市{street}与规划二路交会处",
        "shop": pick.choice(raw["shops"]),
        "shop_address": f"云泽市{street} {1 + pick.randrange(200)} 号",
        "bank": pick.choice(raw["banks"]),
        "employer_number": f"9999{pick.randrange(10**6):06d}",
        "job_number": f"9999{pick.randrange(10**8):08d}",
        "project_code": f"{2024 + pick.randrange(2)}-539900-47-01-{pick.randrange(10**6):06d}",
        "doctor_qualification": f"{2012 + pick.randrange(10)}99110{pick.randrange(10**12):012d}",
    }


def _money_words(pick: random.Random) -> Words:
    months = pick.choice((3, 6, 9, 12))
    pension, medical = Decimal(months) * Decimal("486.40"), Decimal(months) * Decimal("203.35")
    salary = 4200 + pick.randrange(60) * 50
    return {
        "months": str(months),
        "pension": f"{pension:.2f}",
        "medical": f"{medical:.2f}",
        "amount": f"{pension + medical:.2f}",
        "amount_words": money_words(pension + medical),
        "salary": f"{salary:.2f}",
        "area": f"{8000 + pick.randrange(30000)}.{pick.randrange(100):02d}",
        "price": f"{2600 + pick.randrange(9000)}.{pick.randrange(100):02d}",
        "floors": str(6 + pick.randrange(20)),
        "shop_area": str(60 + pick.randrange(120)),
        "shop_kitchen": str(18 + pick.randrange(20)),
        "score_a": str(305 + pick.randrange(100)),
        "score_b": str(303 + pick.randrange(100)),
    }


def _property_words(pick: random.Random) -> Words:
    raw = read_data("people")
    inner, shared = 62 + pick.randrange(70), 12 + pick.randrange(9)
    house = f"云泽市{pick.choice(raw['streets'])} {1 + pick.randrange(200)} 号{pick.choice(raw['estates'])}"
    return {
        "house": f"{house} {1 + pick.randrange(24)} 幢 {1 + pick.randrange(3)} 单元 {101 + pick.randrange(18) * 100} 号",
        "house_area": f"{inner + shared}.{pick.randrange(100):02d}",
        "house_area_inner": f"{inner}.36",
        "house_area_shared": f"{shared}.18",
        "house_price": f"{68 + pick.randrange(150)}.{pick.randrange(10)}",
        "unit_number": f"539900 0{pick.randrange(10**5):05d} GB{pick.randrange(10**5):05d} F{pick.randrange(10**8):08d}",
        "old_property_number": f"泽（2019）云泽市不动产权第{pick.randrange(10**7):07d}号",
    }


def _day_words(pick: random.Random, times: Timetable) -> Words:
    day = times.received.date()
    review = times.steps[max(len(times.steps) - 2, 1)][0].date()
    decided = times.closed.date()
    old_from = day - timedelta(days=1795 - pick.randrange(20))
    first = date(day.year - 1, 1, 1)
    days = {
        "d_apply": day,
        "d_accept": times.accepted.date(),
        "d_review": review,
        "d_decide": decided,
        "d_deliver": decided,
        "d_promise": times.promised.date(),
        "d_before": day - timedelta(days=3 + pick.randrange(9)),
        "d_health": day - timedelta(days=12 + pick.randrange(60)),
        "d_exam": day - timedelta(days=120 + pick.randrange(60)),
        "d_graduated": date(day.year - 1, 6, 28),
        "d_employ": add_working_days(day, 20),
        "d_old_from": old_from,
        "d_old_to": date(old_from.year + 5, old_from.month, min(old_from.day, 28)),
        "d_five_years": date(decided.year + 5, decided.month, min(decided.day, 28)),
        "d_start": add_working_days(day, 30),
        "d_finish": add_working_days(day, 420),
    }
    words: Words = {name: chinese_day(value) for name, value in days.items()}
    words |= {
        "d_id_from": f"{day.year - 6}.03.18",
        "d_id_to": f"{day.year + 14}.03.18",
        "card_year": str((day.year + 6) % 100),
        "t_accept": f"{times.accepted:%Y-%m-%d %H:%M}",
        "exam_year": str(days["d_exam"].year),
        "subsidy_from": f"{first.year}年{first.month}月",
        "year": str(day.year),
        "ymd": f"{day:%Y%m%d}",
    }
    return words


def _office_words(item: Item, times: Timetable, number: int) -> Words:
    agency, day = item.agency, times.received.date()
    serial = f"{100 + number * 7:06d}"
    return {
        "item": item.name,
        "item_short": item.name.split("（")[0],
        "agency": agency.name,
        "agency_phone": agency.phone,
        "window": agency.window,
        "clerk": agency.staff[number % 2],
        "reviewer": agency.staff[2],
        "head": agency.head,
        "promised": str(item.promised),
        "serial": serial,
        "case_number": f"539900{agency.unit}{day:%Y%m%d}{serial}",
        "form_number": f"{item.prefix}-{day.year}-{serial[1:]}",
        "accept_number": f"{item.prefix}受〔{day.year}〕{serial[2:]}号",
        "doc_number": f"{agency.mark}〔{day.year}〕",
        "safety_number": f"AJ{day.year}{serial}",
        "nurse_number": f"{day.year - 5}9999{serial}",
        "exam_number": f"{day.year}99{serial}118",
        "result_name": item.result_name,
        "result_words": "准予",
    }
