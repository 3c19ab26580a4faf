"""The format policy in force and its versions, and which formats the holdings are in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Sum

from jingui.db.models import CaseFile, FormatPolicyVersion
from jingui.db.queries.visibility import visible_cases
from jingui.db.statements import fetch
from jingui.domain.access.roles import Actor, Permission
from jingui.domain.preservation.default_formats import DEFAULT_POLICY
from jingui.domain.preservation.format_policy import FormatPolicy, policy_from_dict


@dataclass(frozen=True, slots=True)
class FormatHolding:
    """How many files of a format there are, and their bytes."""

    format_name: str
    files: int
    bytes: int


def current_policy() -> FormatPolicy:
    """Return the version in force; the one that comes with the product if the archive adopted none."""
    newest = fetch("SELECT key FROM jingui_format_policy ORDER BY number DESC LIMIT 1")
    return _adopted(str(newest[0][0])) if newest else DEFAULT_POLICY


@lru_cache(maxsize=4)
def _adopted(key: str) -> FormatPolicy:
    """Return an adopted version, which is never changed; every case asks for it."""
    row = FormatPolicyVersion.objects.get(key=key)
    return policy_from_dict(row.content, version=row.number)


def policy_version(number: int) -> FormatPolicy | None:
    """Return one version, 0 being the product's own; nothing if there is none of this number."""
    if number == 0:
        return DEFAULT_POLICY
    row = FormatPolicyVersion.objects.filter(number=number).first()
    return policy_from_dict(row.content, version=row.number) if row else None


def policy_versions() -> list[FormatPolicyVersion]:
    """List the adopted versions, the newest first."""
    return list(FormatPolicyVersion.objects.defer("content").order_by("-number")[:100])


def held_formats(who: Actor) -> list[FormatHolding]:
    """Count the files of the cases that this person may see, by format, the most frequent first."""
    files = CaseFile.objects.filter(case__in=visible_cases(who, Permission.SEARCH_RECORDS)).values("format_name")
    counted = files.annotate(files=Count("key"), size=Sum("bytes")).order_by("-files")
    return [FormatHolding(row["format_name"], row["files"], row["size"] or 0) for row in counted]
