"""Text that the structure tree gives for marked content (``ActualText``, ISO 32000-1 §14.9.4)."""

from __future__ import annotations

import pikepdf

from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary

MAX_NODES = 20_000
Told = frozenset[tuple[tuple[int, int], int]]


def told_content(checked: Checked) -> Told:
    """Return the marked content that a structure element, or one above it, tells a text for: page or stream, and number."""
    if checked.claim.level != "a":
        return frozenset()
    tree = dictionary(checked.pdf.Root.get("/StructTreeRoot"))
    found: set[tuple[tuple[int, int], int]] = set()
    waiting: list[tuple[Node, Node, bool]] = [(tree.get("/K"), None, False)] if tree is not None else []
    for _ in range(MAX_NODES):
        if not waiting:
            break
        node, page, is_told = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting += [(one, page, is_told) for one in node]
        elif isinstance(node, int):
            found |= {(page.objgen, node)} if is_told and page is not None else set()
        elif (element := dictionary(node)) is not None:
            page = dictionary(element.get("/Stm")) or dictionary(element.get("/Pg")) or page
            held = element.get("/MCID", element.get("/K"))
            waiting.append((held, page, is_told or "/ActualText" in element))
    return frozenset(found)
