"""Offline media: entered, due, looked at, put out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.builders import now
from tests.personas import Office

from jingui.db.models import JournalEvent, OfflineMedium
from jingui.db.queries.media import due_media, media
from jingui.domain.errors import Conflict, Invalid, NotFound
from jingui.domain.preservation.media import MediumChoices
from jingui.usecases.preservation.media import Look, add_medium, check_medium_now, end_medium

DAY = timedelta(days=1)


def choices(label: str = "盘-01", **more: Any) -> MediumChoices:
    base = MediumChoices(label, "hard_disk", "甲库 3 架", "2025 年备份", now() - 10 * DAY, 30, 14, 24, 45, 60)
    return replace(base, **more)


def test_a_medium_is_due_after_its_period_and_after_each_check_anew(office: Office) -> None:
    row = add_medium(choices(), actor="tests", now=now())
    assert not due_media(now())
    assert list(due_media(now() + 21 * DAY)) == [row]
    check_medium_now(row.key, Look("sound", 20, 50), actor="tests", now=now() + 21 * DAY)
    assert not due_media(now() + 22 * DAY)
    assert due_media(now() + 52 * DAY)
    assert office.findings() == []


def test_what_is_not_sound_stays_due_until_it_is(office: Office) -> None:
    row = add_medium(choices(), actor="tests", now=now())
    check_medium_now(row.key, Look("unreadable", note="三号扇区读不出"), actor="tests", now=now())
    assert list(due_media(now())) == [row]
    check_medium_now(row.key, Look("sound", note="换线后可读"), actor="tests", now=now())
    assert not due_media(now())


def test_a_medium_out_of_use_is_never_due_and_its_entry_stays(office: Office) -> None:
    row = add_medium(choices(), actor="tests", now=now())
    with pytest.raises(Invalid):
        end_medium(row.key, reason=" ", actor="tests", now=now())
    end_medium(row.key, reason="已转存到盘-02", actor="tests", now=now())
    assert not due_media(now() + 99 * DAY)
    assert media() == [row]
    with pytest.raises(NotFound):
        check_medium_now(row.key, Look("sound"), actor="tests", now=now())
    kinds = JournalEvent.objects.order_by("id").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith("medium.")] == ["medium.added", "medium.ended"]


@pytest.mark.parametrize(
    ("fault", "location"),
    [
        ({"label": " "}, "label"),
        ({"label": "x" * 61}, "label"),
        ({"carrier": "stone"}, "carrier"),
        ({"place": ""}, "place"),
        ({"written_at": now() + DAY}, "written_at"),
        ({"check_days": -1}, "check_days"),
        ({"coldest": 25}, "hottest"),
        ({"dampest": 101}, "dampest"),
    ],
)
def test_faulty_entries_are_refused(office: Office, fault: dict[str, Any], location: str) -> None:
    with pytest.raises(Invalid) as raised:
        add_medium(choices(**fault), actor="tests", now=now())
    assert [problem.location for problem in raised.value.problems] == [location]
    assert not OfflineMedium.objects.exists()


def test_labels_are_given_once_and_looks_are_whole(office: Office) -> None:
    row = add_medium(choices(), actor="tests", now=now())
    with pytest.raises(Conflict):
        add_medium(choices(), actor="tests", now=now())
    for look in (Look("fine"), Look("damaged"), Look("sound", temperature=200), Look("sound", note="x" * 501)):
        with pytest.raises(Invalid):
            check_medium_now(row.key, look, actor="tests", now=now())
    with pytest.raises(NotFound):
        check_medium_now(uuid4(), Look("sound"), actor="tests", now=now())
