"""Carrying a plan on (沿用上一版本): a new version of an item keeps what its predecessor's plan says and it leaves unsaid.

Nothing falls out of the scope because an item gets a new version. What the new version states counts; a class of
materials that its list names is what that list says; everything else goes on as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from jingui.domain.catalogue.drafts import CatalogueDefaults
from jingui.domain.catalogue.planning.layers import (
    IMPORTED,
    KEYED,
    PREVIOUS,
    SETTINGS,
    UNITED,
    ItemIdentity,
    imported_content,
    merge_layers,
)
from jingui.domain.catalogue.plans import material_to_dict, plan_to_dict
from jingui.domain.records.terms import MaterialClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jingui.domain.catalogue.drafts import ItemDraft
    from jingui.domain.records.facts import Plan

Content = dict[str, Any]
_PAIRED = {"retention": "retention_reason", "retention_reason": "retention"}


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The version before: its number, the plan that was in force for it, and what catalogues said of that plan.

    ``is_layered``: layers of plans speak for the item, so ``plan`` says more than catalogues did.
    """

    version: int
    plan: Mapping[str, Any]
    statement: Mapping[str, Any]

    @property
    def is_layered(self) -> bool:
        """Whether its plan was merged from layers."""
        return bool(self.plan.get("layers"))


@dataclass(frozen=True, slots=True)
class Carried:
    """The plan a new version begins with, what it states itself, and what it takes over from its predecessor."""

    plan: Plan
    stated: Content
    carried: Content = field(default_factory=dict)

    @property
    def statement(self) -> Content:
        """Both together: what goes on to the version after this one."""
        return flattened((self.carried, self.stated))


def carry_on(draft: ItemDraft, before: Predecessor) -> Carried:
    """Return the plan of a later version: what it states, over what its predecessor's plan says."""
    stated = stated_content(draft)
    carried = _carried(draft, stated, before.statement)
    # Where layers speak for the item, what they decide stands until they have looked at what the new version states.
    contents = (
        (_standing(before, carried), {"materials": stated.get("materials", ())})
        if before.is_layered
        else (_assumed(draft, carried), carried, stated)
    )
    labelled = [(IMPORTED, content) for content in contents]
    identity = ItemIdentity(draft.item_code, draft.item_version, draft.item_name, draft.agency, "")
    made = merge_layers(identity, labelled).plan
    return Carried(replace(made, plan_version=1, layers=tuple(before.plan.get("layers", ()))), stated, carried)


def previous_label(item_code: str, version: int) -> str:
    """Return the name under which findings and plans tell what comes from the version before."""
    return f"{PREVIOUS}:{item_code}@{version}"


def stated_content(draft: ItemDraft) -> Content:
    """Return what a version itself says of its plan, as a layer: nothing that is merely assumed."""
    told = plan_to_dict(draft.plan)
    names = {*draft.told_plan, *(_PAIRED[name] for name in draft.told_plan if name in _PAIRED)}
    content = {name: told[name] for name in (*SETTINGS, *KEYED, *UNITED) if name in names and name in told}
    materials = imported_content(draft.plan, CatalogueDefaults())["materials"]
    return content | ({"materials": materials} if materials else {})


def _carried(draft: ItemDraft, stated: Content, statement: Mapping[str, Any]) -> Content:
    """Return what a predecessor's statement says and the new version leaves unsaid."""
    content = {name: value for name, value in statement.items() if name in SETTINGS and name not in stated}
    content |= {name: value for name, value in statement.items() if name in UNITED and not _tells(draft, stated, name)}
    for name, key in KEYED.items():
        own = {row[key] for row in stated.get(name, ())}
        rows = [row for row in statement.get(name, ()) if row[key] not in own and not _is_named(draft, name, row)]
        content |= {name: rows} if rows else {}
    return content


def _tells(draft: ItemDraft, stated: Content, name: str) -> bool:
    return name in stated or (name == "situations" and bool(draft.content.situations))


def _is_named(draft: ItemDraft, name: str, row: Mapping[str, Any]) -> bool:
    """Say whether the new version tells the whole list that a row of its predecessor stood in."""
    if name in draft.told_plan:
        return True
    is_listed = name == "materials" and bool(draft.content.materials)
    return is_listed and row["class"] == MaterialClass.APPLICATION.value


def _standing(before: Predecessor, carried: Content) -> Content:
    """Return the predecessor's layered plan without what its catalogue said and the new version says otherwise."""
    content = _as_content(before.plan)
    for name, key in KEYED.items():
        gone = {row[key] for row in before.statement.get(name, ())} - {row[key] for row in carried.get(name, ())}
        content[name] = [row for row in content.get(name, ()) if row[key] not in gone]
    return content


def _assumed(draft: ItemDraft, carried: Content) -> Content:
    """Return what is assumed where neither version says anything."""
    content = _as_content(plan_to_dict(draft.plan))
    if any(row["class"] != MaterialClass.APPLICATION.value for row in carried.get("materials", ())):
        assumed = [material_to_dict(rule) for rule in CatalogueDefaults().added_materials]
        content["materials"] = [row for row in content["materials"] if row not in assumed]
    return content


def _as_content(plan: Mapping[str, Any]) -> Content:
    return {name: value for name, value in plan.items() if name in {*SETTINGS, *KEYED, *UNITED}}


def flattened(contents: Iterable[Mapping[str, Any]]) -> Content:
    """Return several contents as one; what comes later counts more."""
    flat: Content = {}
    for content in contents:
        for name, value in content.items():
            if name in KEYED:
                rows = {row[KEYED[name]]: row for row in (*flat.get(name, ()), *value)}
                flat[name] = list(rows.values())
            elif name in UNITED:
                flat[name] = list(dict.fromkeys((*flat.get(name, ()), *value)))
            else:
                flat[name] = value
    return flat
