"""Value ranges, forms and limits of metadata, as one replaceable profile.

Code sets from GB/T 39046-2020 appendix A; the security classes and everything about identity documents (GA/T 2000.156,
not read) are settings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jingui.domain.metadata.elements import ELEMENTS, Element
from jingui.domain.records import identifiers
from jingui.domain.records.terms import Channel, ClosureKind, Retention

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMS: dict[str, Callable[[str], bool]] = {
    "region_code": identifiers.region_code_is_valid,
    "credit_code": identifiers.credit_code_is_valid,
    "citizen_number": identifiers.citizen_number_is_valid,
    "fonds": lambda text: identifiers.find_fonds_fault(text) is None,
    "case_number": lambda text: identifiers.find_case_number_fault(text) is None,
}
"""Format checks by name; an element or an identity document type refers to one."""

_ITEM_TYPES = frozenset(f"{number:02}" for number in range(30))


def _ranges() -> dict[str, frozenset[str]]:
    return {
        "item_type": _ITEM_TYPES,
        "retention": frozenset(Retention),
        "security": frozenset({"公开", "内部", "秘密", "机密", "绝密"}),
        "service_type": frozenset({"1", "2", "9"}),
        "applicant_kind": frozenset({"person", "organisation"}),
        "yes_no": frozenset({"0", "1"}),
        "channel": frozenset(Channel),
        "closure_kind": frozenset(ClosureKind),
    }


@dataclass(frozen=True, slots=True)
class MetadataProfile:
    """Which elements there are and what their values may be.

    ``document_forms`` maps an identity document type to the form of its number; ``first_year`` is the earliest year
    that a business time may have; ``clock_tolerance_seconds`` is how far ahead a source's clock may run.
    """

    elements: tuple[Element, ...] = ELEMENTS
    ranges: Mapping[str, frozenset[str]] = field(default_factory=_ranges)
    document_forms: Mapping[str, str] = field(
        default_factory=lambda: {"111": "citizen_number", "112": "citizen_number", "uscc": "credit_code"}
    )
    first_year: int = 1949
    clock_tolerance_seconds: int = 86_400
    extra_length: int = 4000
