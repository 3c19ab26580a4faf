"""The tree beside the grid, and the chips of the conditions in force."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from jingui.db.queries.library import Branch, Shelf
from jingui.interfaces.web.addresses import changed, toggled
from jingui.interfaces.wording import label


@dataclass(frozen=True, slots=True)
class TreeNode:
    """One node of the tree: its words, its count, where it leads, and what lies below it."""

    name: str
    count: int
    address: str
    is_current: bool
    is_leaf: bool
    nodes: tuple[TreeNode, ...]
    level: str
    code: str


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in force and the address without it."""

    text: str
    address: str


def tree_nodes(branches: tuple[Branch, ...]) -> tuple[TreeNode, ...]:
    """Return the tree for its template, agencies by the number of their fonds."""
    if branches and branches[0].level == "agency":
        branches = tuple(sorted(branches, key=lambda branch: branch.name))
    return tuple(
        TreeNode(
            name=_branch_name(branch),
            count=branch.count,
            address=_address(branch.shelf),
            is_current=branch.is_current,
            is_leaf=branch.level == "retention",
            nodes=tree_nodes(branch.branches),
            level=branch.level,
            code=branch.code,
        )
        for branch in branches
    )


def shelf_title(shelf: Shelf, nodes: tuple[TreeNode, ...]) -> str:
    """Return the heading of a place in the tree."""
    names = [node.name.partition(" ")[2] for node in nodes if node.code == shelf.agency]
    names += [label("category", shelf.category), "未办结" if shelf.year == "none" else shelf.year]
    names += [label("retention", shelf.retention)]
    return " · ".join(name for name in names if name) or "全部档案"


def chips(query: QueryDict) -> list[Chip]:
    """Return a chip for every condition beside the place in the tree."""
    text = query.get("q", "").strip()
    found = [Chip(f"检索 “{text}”", changed(query, q=None))] if text else []
    for name, kind, title in (("outcome", "outcome", "四性"), ("state", "state", "状态")):
        found += [Chip(f"{title} {label(kind, code)}", toggled(query, name, code)) for code in query.getlist(name)]
    found += [Chip(f"事项 {code}", toggled(query, "item", code)) for code in query.getlist("item")]
    return found


def _address(shelf: Shelf) -> str:
    parts = {"fonds": shelf.agency, "category": shelf.category, "year": shelf.year, "retention": shelf.retention}
    return f"/library?{urlencode({name: value for name, value in parts.items() if value})}"


def _branch_name(branch: Branch) -> str:
    if branch.level == "agency":
        return branch.name
    if branch.level == "year":
        return "未办结" if branch.code == "none" else branch.code
    words = label(branch.level, branch.code)
    return f"{branch.code} {words}" if branch.level == "category" and words != branch.code else words
