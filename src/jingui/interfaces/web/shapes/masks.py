"""Names of people are masked wherever they stand: in titles, in file names, in what an inspection says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jingui.domain.access.masking import mask_address, mask_applicant, mask_number, mask_person, mask_within

_PEOPLE = ("legal_representative", "agent")


def masked(text: str, applicant: Mapping[str, Any]) -> str:
    """Mask the applicant's names wherever they stand in a text."""
    kind = str(applicant.get("kind") or "person")
    without = mask_within(text, names=[str(applicant.get("name") or "")], kind=kind)
    return mask_within(without, names=[str(applicant.get(name) or "") for name in _PEOPLE])


def applicant_of(case: Any) -> dict[str, Any]:  # noqa: ANN401 - interfaces know no models
    """Return what a case's message says of its applicant; only the name we keep apart if there is no message."""
    if not case.message:
        return {"name": case.applicant_name}
    applicant: dict[str, Any] = json.loads(case.message)["applicant"]
    return applicant


def masked_title(case: Any) -> str:  # noqa: ANN401
    """Return the title of a case with names masked; its number while nothing else is known."""
    return masked(case.title, applicant_of(case)) if case.title else f"办件 {case.case_number}"


def masked_value(identifier: str, value: str, *, kind: str) -> str:
    """Mask the value of a personal metadata element by what it is."""
    if identifier == "address":
        return mask_address(value)
    if identifier in {"contacted_card", "legal_man_id_number"}:
        return mask_number(value)
    return mask_applicant(value, kind=kind) if identifier == "apply_name" else mask_person(value)
