"""When things happen in a demo case: working days only, office hours, China standard time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

CHINA = timezone(timedelta(hours=8))
_FIRST_WEEKEND_DAY = 5


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments of a case. ``steps`` are (start, end) of each step, in order."""

    received: datetime
    accepted: datetime
    promised: datetime
    closed: datetime
    steps: tuple[tuple[datetime, datetime], ...]


def working_day(day: date) -> date:
    """Return the day itself, or the Monday after it."""
    while day.weekday() >= _FIRST_WEEKEND_DAY:
        day += timedelta(days=1)
    return day


def add_working_days(day: date, number: int) -> date:
    """Return the day that comes ``number`` working days later."""
    for _ in range(number):
        day = working_day(day + timedelta(days=1))
    return day


def at(day: date, minute: int) -> datetime:
    """Return the moment ``minute`` minutes after nine on that day."""
    return datetime.combine(day, time(9), CHINA) + timedelta(minutes=minute)


def timetable(pick: random.Random, *, first_day: date, step_count: int, promised_days: int) -> Timetable:
    """Spread the steps of a case over the days it is promised to take."""
    start = working_day(first_day)
    length = max(0, min(promised_days - 1, 2 + pick.randrange(max(promised_days, 1))))
    moments = []
    for number in range(step_count):
        day = add_working_days(start, length * number // max(step_count - 1, 1))
        # Later steps come later in the day, so that a case of one day keeps its order.
        begin = at(day, 5 + number * (400 // step_count) + pick.randrange(12))
        moments.append((begin, begin + timedelta(minutes=6 + pick.randrange(14), seconds=pick.randrange(60))))
    return Timetable(
        received=moments[0][0],
        accepted=moments[1][0],
        promised=datetime.combine(add_working_days(start, promised_days), time(17, 30), CHINA),
        closed=moments[-1][1],
        steps=tuple(moments),
    )


def chinese_day(day: date) -> str:
    """Write a day as offices do, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"
