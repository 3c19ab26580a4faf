"""Transparency groups: what they blend in, and what that lets stand in for an output intent."""

from __future__ import annotations

from dataclasses import replace

import pikepdf

from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of
from jingui.formats.reading.pdfa.colour_rules import Output, check_space
from jingui.formats.reading.pdfa.object_rules import check_group
from jingui.formats.reading.pdfa.walking import Walk


def output_of(checked: Checked, page: Node, whole: Output) -> Output:
    """A page of PDF 2 may have an output intent of its own, which counts instead of that of the document."""
    if not checked.claim.is_fourth or "/OutputIntents" not in page:
        return whole
    own = Output.of(checked, page)
    return own if own.space is not None else whole


def enter_group(walk: Walk, part: Node, resources: Node) -> Output:
    """Check a transparency group and the colour space that it blends in, and return what counts inside it."""
    check_group(walk.checked, part)
    group = dictionary(part.get("/Group"))
    if group is not None and name_of(group.get("/S")) == "Transparency" and "/CS" in group:
        check_space(walk.checked, group.get("/CS"), resources, replace(walk.output, profiles=frozenset()))
        # The colour space of a group that is not isolated is not looked at (ISO 32000-1 §11.4.7); that of a page always is.
        is_isolated = bool(group.get("/I", False)) or name_of(part.get("/Type")) == "Page"
        if walk.checked.claim.is_fourth and is_isolated:
            return walk.output.within(group.get("/CS"))
    return walk.output


def check_blending(walk: Walk, page: Node) -> None:
    """Transparency needs a colour space to blend in: that of the page's group, or of the output intent."""
    group = dictionary(page.get("/Group"))
    is_blended = walk.checked.claim.is_fourth and _blends(page)
    if (walk.is_transparent or is_blended) and walk.output.space is None and (group is None or "/CS" not in group):
        walk.checked.fault("", "6.2.10", "transparency on a page without a blending colour space or an output intent")


def _blends(page: Node) -> bool:
    """Say whether an annotation of a page is blended with what is below it (PDF 2, table 166)."""
    annotations = page.get("/Annots")
    found = [dictionary(one) for one in annotations] if isinstance(annotations, pikepdf.Array) else []
    return any(one is not None and name_of(one.get("/BM")) not in ("", "Normal", "Compatible") for one in found)
