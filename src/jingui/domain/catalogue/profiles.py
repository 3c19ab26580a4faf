"""What a catalogue may leave out or write otherwise: strict for the national exchange, open for what is published."""

from __future__ import annotations

from dataclasses import dataclass

CODE_FAULTS = frozenset(
    {
        "item_code_malformed",
        "base_code_malformed",
        "base_code_not_of_item",
        "item_type_not_of_item",
        "code_levels_disagree",
        "credit_code_malformed",
    }
)
"""Faults of codes that an item can be kept with: the code stays as it was told and the fault is reported."""

NOTES = frozenset(
    {
        "item_code_allotted",
        "agency_code_allotted",
        "agency_code_alternative",
        "agency_named_differently",
        "element_code_unknown",
    }
)
"""What is worth telling of a row without ever refusing it."""


@dataclass(frozen=True, slots=True)
class CatalogueProfile:
    """What is demanded of a catalogue's rows.

    ``tolerated`` are codes of problems that are reported while the row is taken all the same; ``required`` are
    elements that each item must tell; ``allots_codes``: items and agencies without a code get a local one made of
    their names. ``accepts_old_codes``: base codes of 10 and implementation codes of 24 places, as of 2016, are good.
    """

    name: str
    title: str
    tolerated: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    allots_codes: bool = False
    accepts_old_codes: bool = True

    def refuses(self, code: str) -> bool:
        """Say whether a problem keeps a row out."""
        return code not in self.tolerated and code not in NOTES


STRICT = CatalogueProfile("strict", "严格：编码必须规范")
OPEN = CatalogueProfile("open", "公开清单：缺漏和不规范的编码照收并报告", CODE_FAULTS, allots_codes=True)
# The columns that are not null in the national exchange tables and that have no default of their own.
NATIONAL = CatalogueProfile(
    "national",
    "国家数据汇聚：必填要素不得缺",
    required=("by_law", "use_level", "power_source", "dept_name", "dept_type", "accept_condition", "handle_flow"),
)

PROFILES: dict[str, CatalogueProfile] = {profile.name: profile for profile in (STRICT, OPEN, NATIONAL)}
"""The profiles that can be chosen for an import, by name."""
