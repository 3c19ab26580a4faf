"""Explanations (情况说明) of cases that are rightly not in the archive: given by a person, with a reason, revocable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jingui.domain.errors import Invalid, Problem
from jingui.domain.metadata.fields import FieldReader
from jingui.domain.supervision.terms import ExplanationKind

MAX_EXPLANATION = 300
MAX_CHOSEN = 2000


@dataclass(frozen=True, slots=True)
class ExplanationDraft:
    """What a person says of one or more cases. ``until`` is the last day it stands (``None``: for good)."""

    kind: ExplanationKind
    text: str
    until: date | None = None


def check_explanation(*, kind: str, text: str, until: str, today: date) -> ExplanationDraft:
    """Read an explanation from a form.

    Raises:
        Invalid: with every problem.
    """
    fields = FieldReader({"kind": kind, "text": text.strip().replace("\r\n", "\n")})
    read = ExplanationDraft(
        kind=fields.member("kind", ExplanationKind) or ExplanationKind.OTHER,
        text=fields.text("text", limit=MAX_EXPLANATION, is_required=True, is_multiline=True),
        until=_until(fields, until.strip(), today),
    )
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return read


def check_revocation(text: str) -> str:
    """Read why an explanation no longer stands.

    Raises:
        Invalid: nothing is said, or too much.
    """
    fields = FieldReader({"text": text.strip()})
    said = fields.text("text", limit=MAX_EXPLANATION, is_required=True)
    if fields.problems:
        raise Invalid(tuple(fields.problems))
    return said


def _until(fields: FieldReader, text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        fields.problems.append(Problem("until", "value_malformed"))
        return None
    if day < today:
        fields.fault("until", "explanation_until_past")
    return day
