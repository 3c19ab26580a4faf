"""What a stranger who holds a copy is shown of it: no more than the copy says itself, and people's names masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from jingui.db.models import AccessCopy
from jingui.db.queries.copies import ListedCopy, applicant_of, find_by_token, names_in
from jingui.domain.access.copies import CopyStanding
from jingui.domain.access.masking import mask_applicant, mask_person, mask_within

_SEPARATORS = re.compile(r"([\s()()（）、，,；;：:/]+)")
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}|[A-Za-z]{2,}|\S+[\u00b7\u2022\u30fb]\S+")
_ORGANISATION = re.compile(
    r".*(?:公司|集团|银行|法院|医院|学院|大学|中学|小学|学校|中心|委员会|协会|学会|商会|事务所|政府|街道|社区|居委会|村委会|基金会"
    r"|[局院校行厅处科所站社部会厂店馆队办室署委])"
)
_PARTS_OF_PEOPLE = frozenset(
    {"本人", "代理人", "经办人", "申请人", "持有人", "法定代表人", "监护人", "家属", "配偶", "父母", "子女"}
)


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """A copy as its public page and its signed statement show it. ``last_day`` is the last day it stands."""

    copy_number: str
    standing: CopyStanding
    applicant: str
    item: str
    material: str
    agency: str
    purpose: str
    receiver: str
    issued_at: datetime
    last_day: date
    revoked_at: datetime | None
    revoked_reason: str
    pages: int
    bytes: int
    sha256: str
    sm3: str
    is_text_only: bool


def shown_copy(token: str, *, now: datetime, zone: ZoneInfo) -> tuple[AccessCopy, ShownCopy] | None:
    """Return the copy that bears the token, as row and as shown; nothing for an unknown token."""
    listed = find_by_token(token, now=now)
    return (listed.row, _shown(listed, zone)) if listed else None


def _shown(listed: ListedCopy, zone: ZoneInfo) -> ShownCopy:
    row, case = listed.row, listed.row.case
    name, kind = applicant_of(case)
    names = (*names_in(case), *people_in(row.receiver))
    return ShownCopy(
        copy_number=row.copy_number,
        standing=listed.standing,
        applicant=mask_applicant(name, kind=kind) if kind == "person" else mask_within(name, names=names),
        item=mask_within(case.item_name, names=names),
        material=listed.material,
        agency=case.agency.name if case.agency else "",
        purpose=mask_within(row.purpose, names=names),
        receiver=mask_receiver(row.receiver, names=names),
        issued_at=row.issued_at,
        last_day=(row.expires_at.astimezone(zone) - timedelta(microseconds=1)).date(),
        revoked_at=row.revoked_at,
        revoked_reason=mask_within(row.revoked_reason, names=names),
        pages=row.pages,
        bytes=row.bytes,
        sha256=row.sha256,
        sm3=row.sm3,
        is_text_only=row.note == "copy_text_only",
    )


def mask_receiver(receiver: str, *, names: tuple[str, ...] = ()) -> str:
    """云泽市第一人民医院 stays; 王芳 → 王**; 云泽市民政局 张三 → 云泽市民政局 张**. Doubtful words count as people."""
    masked = "".join(mask_person(part) if _is_person(part) else part for part in _SEPARATORS.split(receiver))
    return mask_within(masked, names=names)


def people_in(receiver: str) -> Iterator[str]:
    """Give the parts of a receiver that look like names of people."""
    return (part for part in _SEPARATORS.split(receiver) if _is_person(part))


def _is_person(part: str) -> bool:
    if part in _PARTS_OF_PEOPLE or _ORGANISATION.fullmatch(part):
        return False
    return bool(_PERSON.fullmatch(part))
