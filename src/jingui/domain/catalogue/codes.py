"""The codes of an item row: three levels of item codes, and the agency, as told or allotted."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.metadata.profile import MetadataProfile
from jingui.domain.records import identifiers

if TYPE_CHECKING:
    from jingui.domain.catalogue.drafts import CatalogueDefaults
    from jingui.domain.metadata.fields import FieldReader

ROW_PROBLEM_CODES: dict[str, tuple[str, ...]] = {
    "item_code_malformed": ("fault",),
    "base_code_malformed": ("fault",),
    "base_code_not_of_item": ("expected",),
    "item_type_not_of_item": ("expected",),
    "code_levels_disagree": ("expected",),
    "item_code_unusable": (),
    "credit_code_malformed": ("fault",),
    "region_code_malformed": (),
    "fonds_malformed": ("fault",),
    "item_code_allotted": ("allotted",),
    "agency_code_allotted": ("allotted",),
    "agency_code_alternative": ("used",),
}
"""Codes of problems with rows, beside those of ``plans``, ``content`` and ``metadata.fields``."""

_ITEM_TYPES = MetadataProfile().ranges["item_type"]
_TASK_LENGTH = 31
_HANDLING_LENGTH = 33
# 基本编码 of 10 and 实施编码 of 24 places as of 2016; the inner split of the latter was not confirmed.
_OLD_BASE = re.compile(r"[A-Z]{2}\d{5}[0-9A-Z]{3}", re.ASCII)
_OLD_TASK = re.compile(r"[A-Z]{2}\d{5}[0-9A-Z]{17}", re.ASCII)
_AGENCY_LIMIT = 18
_LOCAL = "L"


@dataclass(frozen=True, slots=True)
class ItemCodes:
    """The codes of an item: ``item`` is what cases name it by, the most particular level that is told."""

    item: str
    base: str
    task: str
    handling: str
    item_type: str


def read_codes(fields: FieldReader, defaults: CatalogueDefaults) -> ItemCodes:
    """Read the three levels of code and the item type of a row; faults go to the reader."""
    task, handling = _level(fields, "task_code"), _level(fields, "handling_code")
    if len(task) == _HANDLING_LENGTH and not handling:
        task, handling = task[:_TASK_LENGTH], task
    item = _item_code(fields, handling or task, defaults)
    parts = _parts(item)
    if parts and parts.handling:
        task, handling = task or item[:_TASK_LENGTH], handling or item
    if handling and task and not handling.startswith(task):
        fields.fault("handling_code", "code_levels_disagree", expected=task)
    base = _base_code(fields, item, defaults)
    return ItemCodes(item, base, task or item, handling, _item_type(fields, parts))


def _parts(item_code: str) -> identifiers.ItemCode | None:
    """Split a code that is built as the national ones are; a local code that is only as long has no parts."""
    parts = identifiers.split_item_code(item_code)
    return parts if parts and identifiers.find_base_code_fault(parts.base_code) is None else None


def _level(fields: FieldReader, name: str) -> str:
    return fields.key(name, limit=64) if fields.has(name) and fields.take(name) != "" else _absent(fields, name)


def _absent(fields: FieldReader, name: str) -> str:
    fields.take(name)
    return ""


def _item_code(fields: FieldReader, told: str, defaults: CatalogueDefaults) -> str:
    is_told = fields.has("item_code") and fields.take("item_code") != ""
    if not is_told and (told or defaults.profile.allots_codes):
        fields.take("item_code")
        code = told or _allotted_item(fields)
    else:
        code = fields.key("item_code", limit=64)
    is_allotted = not is_told and not told
    fault = None if is_allotted or not code else _item_code_fault(code, defaults)
    if fault:
        fields.fault("item_code", "item_code_malformed", fault=fault.value)
    if code and not identifiers.item_code_is_valid(code, rules=_ANY_CODE):
        fields.fault("item_code", "item_code_unusable")
    return code


def _item_code_fault(code: str, defaults: CatalogueDefaults) -> identifiers.Fault | None:
    if defaults.profile.accepts_old_codes and _OLD_TASK.fullmatch(code):
        return None
    return identifiers.find_item_code_fault(code, rules=defaults.item_codes)


_ANY_CODE = identifiers.ItemCodeRules(check_agency=False, allow_local=True)


def _allotted_item(fields: FieldReader) -> str:
    told = [str(fields.take(name) or "") for name in ("agency_region", "agency", "agency_name", "item_name")]
    code = local_code(*told, length=16)
    fields.fault("item_code", "item_code_allotted", allotted=code)
    return code


def local_code(*parts: str, length: int) -> str:
    """Return a local code that depends on nothing but the parts, so that the same list gives the same codes."""
    return _LOCAL + hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:length].upper()


def _base_code(fields: FieldReader, item_code: str, defaults: CatalogueDefaults) -> str:
    parts = _parts(item_code)
    base = fields.text("base_code", limit=20)
    if not base:
        return parts.base_code if parts else ""
    fault = identifiers.find_base_code_fault(base, rules=defaults.item_codes)
    is_old = defaults.profile.accepts_old_codes and _OLD_BASE.fullmatch(base)
    if fault and not is_old and not defaults.item_codes.allow_local:
        fields.fault("base_code", "base_code_malformed", fault=fault.value)
    elif parts and parts.base_code != base:
        fields.fault("base_code", "base_code_not_of_item", expected=parts.base_code)
    return base


def _item_type(fields: FieldReader, parts: identifiers.ItemCode | None) -> str:
    kind = fields.text("item_type", limit=2)
    if not kind:
        return parts.item_type if parts else ""
    if kind not in _ITEM_TYPES:
        fields.fault("item_type", "not_in_range", allowed="00–29")
    elif parts and parts.item_type != kind:
        fields.fault("item_type", "item_type_not_of_item", expected=parts.item_type)
    return kind


def credit_code(fields: FieldReader, name: str) -> str:
    """Read a required credit code; faults go to the reader."""
    code = fields.key(name, limit=_AGENCY_LIMIT)
    fault = identifiers.find_credit_code_fault(code) if code else None
    if fault:
        fields.fault(name, "credit_code_malformed", fault=fault.value)
    return code


def agency_of_item(fields: FieldReader, *, name: str, region: str, defaults: CatalogueDefaults) -> str:
    """Read the agency of an item row: its code, else the alternative one, else a local one of its name if allowed."""
    other = _level(fields, "agency_alternative")
    if fields.has("agency") and fields.take("agency") != "":
        return credit_code(fields, "agency")
    if other and len(other) <= _AGENCY_LIMIT and defaults.profile.allots_codes:
        fields.take("agency")
        fields.fault("agency", "agency_code_alternative", used=other)
        return other
    if name and defaults.profile.allots_codes:
        fields.take("agency")
        code = local_code(region, name, length=12)
        fields.fault("agency", "agency_code_allotted", allotted=code)
        return code
    return credit_code(fields, "agency")
