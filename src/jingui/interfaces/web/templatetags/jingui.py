"""Template tags of Jingui: words, icons, numbers and dates as the staff reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jingui.db.queries.library import MAX_COUNTED
from jingui.interfaces.web.addresses import changed, toggled
from jingui.interfaces.wording import label, rule_name, rule_set_text, topic

register = template.Library()

OUTCOME_MARKS = {
    "passed": ("pass", "check"),
    "warned": ("warn", "warn"),
    "failed": ("fail", "cross"),
    "needs_person": ("person", "person"),
    "not_applicable": ("na", "dash"),
    "not_checked": ("not", "notyet"),
}
_UNITS = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite."""
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="#i-{}"/></svg>', extra, name)


@register.simple_tag
def mark(outcome: str, text: str = "") -> SafeString:
    """Show an outcome in a row: shape, word and colour."""
    return _outcome("mark", outcome, text)


@register.simple_tag
def pill(outcome: str, text: str = "") -> SafeString:
    """Show an outcome as a verdict: shape, word and colour."""
    return _outcome("pill", outcome, text)


def _outcome(kind: str, outcome: str, text: str) -> SafeString:
    if outcome not in OUTCOME_MARKS:
        return format_html('<span class="dim">{}</span>', "—")
    tone, shape = OUTCOME_MARKS[outcome]
    return format_html(
        '<span class="{0} {0}-{1}">{2}{3}</span>', kind, tone, icon(shape), text or label("outcome", outcome)
    )


@register.filter
def worded_as(code: str, kind: str) -> str:
    """Return the label of a code."""
    return label(kind, str(code or ""))


@register.filter
def named(name: str) -> str:
    """Return the name of a check item."""
    return rule_name(name)


@register.filter
def topic_of(code: str) -> str:
    """Say in a few characters what a finding is about."""
    return topic(code)


@register.filter
def size(value: int | None) -> str:
    """Write a number of bytes as people read it."""
    if value is None:
        return "—"
    for unit, name in _UNITS:
        if value >= unit:
            return f"{value / unit:.1f} {name}"
    return f"{value} 字节"


@register.filter
def number(value: int | None) -> str:
    """Write a whole number with its thousands apart."""
    return "—" if value is None else f"{value:,}"


@register.filter
def capped(value: int) -> str:
    """Write a count that stops at the library's limit."""
    return f"{MAX_COUNTED:,}+" if value > MAX_COUNTED else f"{value:,}"


@register.filter
def unlocalised(value: float) -> str:
    """Write a number as SVG wants it."""
    return f"{value:g}"


@register.filter
def joined(count: int, outcome: str) -> str:
    """Write an outcome with its count."""
    return f"{label('outcome', outcome)} {count}"


@register.filter
def at(table: dict[str, int], key: str) -> int:
    """Look a count up; nothing there is 0."""
    return table.get(key, 0)


@register.filter
def plainly(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Write a value of an event's facts: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def who(actor: str) -> str:
    """Return how people call who acted: an account by its name, everything else by its kind first."""
    kind, _, name = str(actor or "").partition(":")
    if kind == "account":
        return name
    told = label("actor_kind", kind)
    return f"{told} {name}" if name and kind in {"source", "connection"} else told


@register.filter
def rule_set_words(name: str) -> str:
    """Name a set of inspection rules."""
    return rule_set_text(str(name or ""))


_CODE_PART = re.compile(r"\{([a-z_]+)(?::0?(\d+))?\}")


@register.filter
def code_rule_words(rule: str) -> str:
    """Write a rule of codes with the names that people use: ``{serial:06}`` is 流水号 of six digits."""

    def told(found: re.Match[str]) -> str:
        digits = f" {int(found[2])} 位" if found[2] else ""
        return f"〔{label('code_part', found[1])}{digits}〕"

    return _CODE_PART.sub(told, str(rule))


@register.filter
def called(agency: Any) -> str:  # noqa: ANN401 - interfaces know no models
    """Return how people call an agency; nothing for none."""
    return str(agency.short_name or agency.name) if agency else ""


@register.filter
def at_key(table: dict[Any, str], key: Any) -> str:  # noqa: ANN401
    """Look a text up; nothing there is nothing."""
    return table.get(key, "")


@register.filter
def newest_plan(plans: Iterable[Any]) -> Any:  # noqa: ANN401 - interfaces know no models
    """Return the newest of the plans of an item."""
    return max(plans, key=lambda plan: plan.plan_version, default=None)


@register.filter
def short_minute(value: datetime | None) -> str:
    """Write a moment as ``11-21 09:14``, with the year where it is another one."""
    if value is None:
        return "—"
    local = timezone.localtime(value)
    return local.strftime("%m-%d %H:%M" if local.year == timezone.localtime().year else "%Y-%m-%d")


@register.filter
def leaf_number(event: Any) -> int | None:  # noqa: ANN401
    """Return the place of an event in the log, from 1."""
    return None if event.leaf_index is None else int(event.leaf_index) + 1


@register.filter
def day(value: datetime | None) -> str:
    """Write a date as ``2025-11-21`` in local time."""
    return timezone.localtime(value).strftime("%Y-%m-%d") if value else "—"


@register.filter
def minute(value: datetime | None) -> str:
    """Write a moment as ``2025-11-21 09:14`` in local time."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else "—"


@register.filter
def second(value: datetime | None) -> str:
    """Write a moment with its seconds in local time."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S") if value else "—"


@register.filter
def lasting(value: timedelta) -> str:
    """Say how long something has lasted: days, hours or minutes."""
    minutes = int(value.total_seconds() // 60)
    for length, name in ((1440, "天"), (60, "小时"), (1, "分钟")):
        if minutes >= length:
            return f"{minutes // length} {name}"
    return "刚刚"


@register.filter
def in_groups(digest: str) -> str:
    """Cut a digest into groups of eight, so that it can be compared by eye."""
    return " ".join(digest[at : at + 8] for at in range(0, len(digest), 8))


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **values: Any) -> str:  # noqa: ANN401 - texts and numbers
    """Return the present query string with these values instead."""
    return changed(context["request"].GET, **values)


@register.simple_tag(takes_context=True)
def query_checked(context: template.Context, name: str, value: str) -> SafeString:
    """Mark a link whose condition is in force."""
    is_on = value in context["request"].GET.getlist(name)
    return mark_safe(' aria-current="true"' if is_on else "")  # noqa: S308 - two constants


@register.simple_tag(takes_context=True)
def query_toggled(context: template.Context, name: str, value: str) -> str:
    """Return the present query string with one value of a list put in or taken out."""
    return toggled(context["request"].GET, name, value)
