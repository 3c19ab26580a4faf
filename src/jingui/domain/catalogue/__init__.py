"""Catalogue (事项与归档配置): which items there are and what of each is archived, and for how long."""

from __future__ import annotations

from jingui.domain.catalogue.content import CONTENT_PROBLEM_CODES
from jingui.domain.catalogue.drafts import (
    AgencyDraft,
    CatalogueDefaults,
    ItemDraft,
    TimeLimit,
    agency_digest,
    agency_to_dict,
    item_digest,
    item_to_dict,
)
from jingui.domain.catalogue.importing import (
    IMPORT_PROBLEM_CODES,
    Existing,
    ImportPlan,
    KnownItem,
    RawRow,
    RowProblem,
    RowReport,
    SourceRow,
    plan_import,
)
from jingui.domain.catalogue.plans import PLAN_PROBLEM_CODES, plan_from_dict, plan_to_dict
from jingui.domain.catalogue.rows import ROW_PROBLEM_CODES, check_agency_row, check_item_row

__all__ = [
    "CONTENT_PROBLEM_CODES",
    "IMPORT_PROBLEM_CODES",
    "PLAN_PROBLEM_CODES",
    "ROW_PROBLEM_CODES",
    "AgencyDraft",
    "CatalogueDefaults",
    "Existing",
    "ImportPlan",
    "ItemDraft",
    "KnownItem",
    "RawRow",
    "RowProblem",
    "RowReport",
    "SourceRow",
    "TimeLimit",
    "agency_digest",
    "agency_to_dict",
    "check_agency_row",
    "check_item_row",
    "item_digest",
    "item_to_dict",
    "plan_from_dict",
    "plan_import",
    "plan_to_dict",
]
