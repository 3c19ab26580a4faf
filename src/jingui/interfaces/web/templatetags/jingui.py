"""Template tags of Jingui: words, icons, numbers and dates as the staff reads them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jingui.interfaces.web.addresses import changed, toggled
from jingui.interfaces.wording import finding_text, label, rule_name
from jingui.interfaces.wording.lookup import worded

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
    return format_html('<span class="{0} {0}-{1}">{2}{3}</span>', kind, tone, icon(shape), text or label("outcome", outcome))


@register.filter
def worded_as(code: str, kind: str) -> str:
    """Return the label of a code."""
    return label(kind, str(code or ""))


@register.filter
def named(name: str) -> str:
    """Return the name of a check item."""
    return rule_name(name)


@register.filter
def as_finding(code: str) -> str:
    """Return what a finding code is about, without the values of one case."""
    return worded("finding_topics", code, {}) if code else ""


@register.filter
def said(finding: Any) -> str:  # noqa: ANN401 - any finding
    """Say what a finding says."""
    return finding_text(finding.code, finding.params)


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
def query_toggled(context: template.Context, name: str, value: str) -> str:
    """Return the present query string with one value of a list put in or taken out."""
    return toggled(context["request"].GET, name, value)
