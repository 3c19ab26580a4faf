"""Reads what a source says of a file that was called from elsewhere (复用与共享材料)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jingui.domain.errors import Invalid, Problem
from jingui.domain.records.origins import Origin, Provenance

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from jingui.domain.metadata.fields import FieldReader

PROVENANCE_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "response_digest_malformed": (),
    "called_in_future": (),
}
"""Codes of problems with provenance, beside those of ``metadata.fields``."""

REQUIRED: dict[Origin, tuple[str, ...]] = {
    Origin.E_LICENCE: ("system", "called_at", "licence_number"),
    Origin.DATA_SHARING: ("system", "interface", "called_at"),
    Origin.EARLIER_CASE: ("case_number",),
    Origin.OWN_ISSUE: ("system",),
}
"""What must be said for each origin, so that the call can be traced and repeated."""

_LIMITS = {
    "system": 200,
    "interface": 200,
    "licence_number": 200,
    "licence_type": 200,
    "requester": 200,
    "case_number": 50,
}
_DIGEST = re.compile(r"(?:sha256|sm3):[0-9a-f]{64}", re.ASCII)


def read_provenance(fields: FieldReader, name: str = "provenance") -> Provenance | None:
    """Read the provenance of a file, ``None`` if nothing is said; problems go to the reader."""
    if not fields.has(name):
        fields.take(name)
        return None
    told = fields.nested(name)
    origin = told.member("origin", Origin)
    provenance = Provenance(
        origin=origin or Origin.OWN_ISSUE,
        called_at=told.moment("called_at"),
        response_digest=_digest(told),
        **{field: told.text(field, limit=limit) for field, limit in _LIMITS.items()},
    )
    for field in REQUIRED[origin] if origin else ():
        if not told.has(field) or told.take(field) == "":
            told.fault(field, "required")
    told.refuse_unknown()
    return provenance


def check_called(provenance: Provenance | None, *, now: datetime, tolerance: timedelta) -> None:
    """Refuse a call that lies in the future; a source's clock may run ahead by ``tolerance``.

    Raises:
        Invalid: ``called_in_future``.
    """
    if provenance and provenance.called_at and provenance.called_at > now + tolerance:
        raise Invalid((Problem("provenance.called_at", "called_in_future"),))


def _digest(told: FieldReader) -> str:
    digest = told.text("response_digest", limit=80).lower()
    if digest and not _DIGEST.fullmatch(digest):
        told.fault("response_digest", "response_digest_malformed")
    return digest
