"""The base information of a record in groups, personal values masked unless they are asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from jingui.domain.access.masking import mask_number
from jingui.domain.catalogue.code_sets import CODE_SETS
from jingui.domain.metadata.elements import BY_IDENTIFIER, DataType, Element
from jingui.domain.records.terms import Obligation
from jingui.interfaces.web.shapes.masks import masked, masked_value
from jingui.interfaces.wording import label

_GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "档案",
        (
            "archival_code",
            "electronic_record_code",
            "project_name",
            "fonds_identifier",
            "fonds_name",
            "department_name",
            "lead_department",
            "retention_period",
            "security_classification",
            "archive_time",
            "total_number",
        ),
    ),
    (
        "事项与办件",
        (
            "task_code",
            "task_name",
            "task_version",
            "task_type",
            "project_id",
            "source_channel",
            "receive_department",
            "receive_time",
            "promise_time",
            "transact_time",
            "closure_kind",
            "result",
            "result_code",
            "accept_num",
        ),
    ),
    (
        "行政相对人",
        (
            "apply_name",
            "apply_type",
            "card_type",
            "contacted_card",
            "address",
            "agent",
            "legal_man",
            "legal_man_id_type",
            "legal_man_id_number",
        ),
    ),
)
_LABELLED = {
    "retention_period": "retention",
    "source_channel": "channel",
    "closure_kind": "closure",
    "apply_type": "applicant_kind",
    "card_type": "card_type",
    "legal_man_id_type": "card_type",
}
_CODED = frozenset({"item_type"})
"""Value ranges whose codes are shown with their meaning."""


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element with its value as shown; ``is_lacking`` marks a required one without a value."""

    element: Element
    value: str
    is_masked: bool
    is_lacking: bool


@dataclass(frozen=True, slots=True)
class ElementGroup:
    """Elements that belong together for a reader."""

    title: str
    rows: tuple[ElementRow, ...]


def element_rows(values: Mapping[str, str], *, applicant: Mapping[str, str], is_open: bool) -> list[ElementGroup]:
    """Return all elements in groups; optional ones without a value are left out, required ones never."""
    if not values:
        return []
    named = {identifier for _, members in _GROUPS for identifier in members}
    rest = tuple(identifier for identifier in values if identifier not in named)
    groups = [
        ElementGroup(title, tuple(row for name in members if (row := _row(name, values[name], applicant, is_open))))
        for title, members in (*_GROUPS, ("其他", rest))
    ]
    return [group for group in groups if group.rows]


def extra_values(metadata: Mapping[str, str], *, is_open: bool) -> list[tuple[str, str]]:
    """Return what the source sent beyond the scheme; nobody has said what of it is personal, so all is masked."""
    return [(name, value if is_open else mask_number(value)) for name, value in sorted(metadata.items())]


def _row(
    identifier: str,
    value: str,
    applicant: Mapping[str, str],
    is_open: bool,  # noqa: FBT001 - a private line of a table
) -> ElementRow | None:
    element = BY_IDENTIFIER[identifier]
    is_lacking = not value and element.obligation is Obligation.REQUIRED
    if not value and not is_lacking:
        return None
    is_masked = element.is_personal and not is_open and bool(value)
    if is_masked:
        shown = masked_value(identifier, value, kind=applicant["kind"])
    else:
        shown = _plain(element, value if is_open else masked(value, applicant))
    return ElementRow(element, shown, is_masked, is_lacking)


def _plain(element: Element, value: str) -> str:
    if element.identifier in _LABELLED:
        return label(_LABELLED[element.identifier], value)
    if element.domain in _CODED and value in CODE_SETS[element.domain].labels:
        return f"{value} {CODE_SETS[element.domain].labels[value]}"
    return _local(value) if element.datatype is DataType.TIME else value


def _local(text: str) -> str:
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment.tzinfo else text.replace("T", " ")
