"""The items that replayed cases are given: read by the importer itself from the file that was imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.catalogue import plan_import
from jingui.domain.errors import Invalid
from jingui.domain.records.terms import MaterialClass, Obligation
from jingui.formats.catalogues import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from jingui.domain.catalogue import ItemDraft
    from jingui.domain.records.facts import MaterialRule

MAX_MATERIALS = 8
NOTHING = "无"  # how published lists say that an item needs no material


class ItemsError(ValueError):
    """The items file cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class ItemMaterial:
    """A material that a case of the item needs, with how many files at least."""

    code: str
    name: str
    count: int = 1
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One version of a service item as far as a source system needs it."""

    code: str
    version: int
    name: str
    region_code: str
    materials: tuple[ItemMaterial, ...]

    def materials_needed(self) -> list[ItemMaterial]:
        """List each material as often as files of it are needed."""
        return [material for material in self.materials for _ in range(material.count)]


def read_items(path: Path, *, max_materials: int = MAX_MATERIALS) -> list[Item]:
    """Read the items that an import of the file adds and that need 1 to ``max_materials`` files, in its order.

    Raises:
        ItemsError: the file is no catalogue in any form that can be imported, or no item fits.
        OSError: the file cannot be read.
    """
    try:
        plan = plan_import(read_catalogue(path.read_bytes()))
    except Invalid as error:
        reasons = ", ".join(f"{problem.location} {problem.code}".strip() for problem in error.problems[:5])
        raise ItemsError(f"{path.name}: {reasons or error.code}") from error
    regions = {agency.code: agency.region_code for agency in plan.agencies_added}
    newest = {draft.item_code: draft for draft in (*plan.added, *plan.changed)}
    items = [_item(draft, regions.get(draft.agency, "")) for draft in newest.values()]
    fitting = [item for item in items if 1 <= len(item.materials_needed()) <= max_materials]
    if not fitting:
        raise ItemsError(f"{path.name}: no item has 1 to {max_materials} required materials")
    return fitting


def _item(draft: ItemDraft, region_code: str) -> Item:
    materials = tuple(_material(rule) for rule in draft.plan.materials if _is_needed(rule))
    return Item(draft.item_code, draft.item_version, draft.item_name, region_code, materials)


def _is_needed(rule: MaterialRule) -> bool:
    return rule.obligation is Obligation.REQUIRED and rule.name != NOTHING


def _material(rule: MaterialRule) -> ItemMaterial:
    return ItemMaterial(rule.code, rule.name, rule.min_count, rule.material_class is MaterialClass.RESULT)
