"""Adopting versions of the format policy: whole, or with one rule changed; every change is journalled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from jingui.db import journal
from jingui.db.models import FormatPolicyVersion
from jingui.db.queries.format_policies import current_policy
from jingui.domain.audit.events import Event
from jingui.domain.errors import Conflict, Invalid
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.preservation.format_policy import (
    REASON_LIMIT,
    FormatPolicy,
    changed_rules,
    policy_from_dict,
    policy_to_dict,
)


@transaction.atomic
def adopt_policy(raw: object, *, reason: str, actor: str, now: datetime) -> FormatPolicyVersion:
    """Bring a whole policy into force as the next version.

    Raises:
        Invalid: it is no policy, or no reason is given; every problem is told.
        Conflict: ``policy_unchanged``.
    """
    _check_reason(reason)
    return _adopt(policy_from_dict(raw, version=0), reason=reason, actor=actor, now=now)


@transaction.atomic
def change_rule(raw: object, *, seen: int, reason: str, actor: str, now: datetime) -> FormatPolicyVersion:
    """Replace or add the rule of one format, given as JSON values like those of a policy's ``rules``.

    Raises:
        Conflict: ``policy_moved_on`` (another version than ``seen`` is in force), ``policy_unchanged``.
        Invalid: the rule or the reason cannot be kept.
    """
    _check_reason(reason)
    policy = current_policy()
    if policy.version != seen:
        raise Conflict("policy_moved_on", version=str(policy.version))
    content = policy_to_dict(policy)
    key = raw.get("format") if isinstance(raw, dict) else None
    if key == "":
        content["otherwise"] = raw
    else:
        kept = [rule for rule in content["rules"] if rule["format"] != key]
        content["rules"] = [*kept, raw]
    return _adopt(policy_from_dict(content, version=0), reason=reason, actor=actor, now=now)


def _check_reason(reason: str) -> None:
    fields = FieldReader({"reason": reason})
    fields.text("reason", limit=REASON_LIMIT, is_required=True)
    if fields.problems:
        raise Invalid(tuple(fields.problems))


def _adopt(policy: FormatPolicy, *, reason: str, actor: str, now: datetime) -> FormatPolicyVersion:
    before = current_policy()
    changed = changed_rules(before, policy)
    is_same_else = (before.name, before.is_pronom_asked_for_all) == (policy.name, policy.is_pronom_asked_for_all)
    if not changed and is_same_else:
        raise Conflict("policy_unchanged", version=str(before.version))
    number = before.version + 1
    row = FormatPolicyVersion(
        number=number,
        content=policy_to_dict(replace(policy, version=number)),
        reason=reason,
        adopted_at=now,
        adopted_by=actor,
    )
    facts = {"version": number, "changed": list(changed)[:100]}
    journal.record(journal.Entry(Event.FORMAT_POLICY_ADOPTED, actor, now, facts=facts), new=[row])
    return row
