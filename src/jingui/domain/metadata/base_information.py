"""Fills the base information elements of a case from what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from jingui.domain.metadata.elements import ELEMENTS, Element
from jingui.domain.metadata.inventory import current_files
from jingui.domain.records.identifiers import split_item_code

if TYPE_CHECKING:
    from jingui.domain.records.facts import CaseFact, Plan


@dataclass(frozen=True, slots=True)
class RecordCodes:
    """What the archive gives a record when it numbers and packages it; empty until then."""

    electronic_record_code: str = ""
    archival_code: str = ""
    archive_time: datetime | None = None
    archives_identifier: str = ""
    archives_name: str = ""
    information_system_description: str = ""


def value_text(value: object) -> str:
    """Return a value as metadata text: times in ISO 8601 with their own offset, nothing as ``""``."""
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def base_values(
    case: CaseFact, plan: Plan, codes: RecordCodes | None = None, *, elements: tuple[Element, ...] = ELEMENTS
) -> dict[str, str]:
    """Return the value of every element by identifier, in table order; an unknown value is ``""``."""
    roots: dict[str, object] = {
        "case": case,
        "applicant": case.applicant,
        "closure": case.closure,
        "plan": plan,
        "item": split_item_code(plan.item_code),
        "codes": codes,
    }
    tables: dict[str, dict[str, str]] = {
        "metadata": case.metadata,
        "counts": {"files": str(len(current_files(case.files)))},
    }
    return {element.identifier: _value_of(element, roots, tables) for element in elements}


def _value_of(element: Element, roots: dict[str, object], tables: dict[str, dict[str, str]]) -> str:
    root, _, name = element.source.partition(".")
    if root in tables:
        return tables[root].get(name, "")
    return value_text(getattr(roots[root], name)) if roots[root] is not None else ""
