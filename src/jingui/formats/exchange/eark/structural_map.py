"""Requirements of CSIP on the structural map: one of its kind, its divisions, and what they point at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.exchange.eark.names import STRUCTURE_LABELS, attribute, mets
from jingui.formats.exchange.eark.requirements import MUST, SHOULD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from jingui.domain.packaging.packages import FindingLevel
    from jingui.formats.exchange.eark.document import MetsDocument

    Broken = Iterator[tuple[str, FindingLevel, str]]

_TITLE = attribute("xlink:title")
# Content stands in one division only where no representation has a METS file of its own.
_ONCE = (("Documentation", "CSIP93", MUST), ("Schemas", "CSIP97", MUST), ("Representations", "CSIP101", SHOULD))
_SECTIONS = ("techMD", "rightsMD", "sourceMD", "digiprovMD")


def map_requirements(document: MetsDocument) -> Broken:
    """Yield number of requirement and rule, level and detail of each that the structural map breaks."""
    maps = document.kinds["structMap"]
    ours = [each for each in maps if each.get("LABEL") == "CSIP"]
    if maps and not ours:
        yield "CSIP82/1", MUST, ""
    if len(ours) > 1:
        yield "CSIP80/2", MUST, f"{len(ours)}"
    if maps and len(document.divisions) != max(len(ours), 1):
        yield "CSIP84/1", MUST, f"{len(document.divisions)}"
    for top in document.divisions[:1]:
        yield from _top(document, top)
        yield from _labels(document)


def _top(document: MetsDocument, top: etree._Element) -> Broken:
    """The label of the main division, which was required up to 2.0.4 and taken back in 2021."""
    label, identifier = top.get("LABEL"), document.root.get("OBJID")
    if label is None:
        yield "CSIP86/1", SHOULD, ""
    elif label != identifier:
        yield "CSIP86/2", SHOULD, f"{label!r} ≠ {identifier!r}"


def _labels(document: MetsDocument) -> Broken:
    found = {label: document.labelled(label) for label in STRUCTURE_LABELS}
    yield from _metadata_divisions(document, len(found["Metadata"]))
    for label, number, level in _ONCE:
        if len(found[label]) > 1:
            yield f"{number}/2", level, f"{len(found[label])}"
    if not found["Schemas"]:
        yield "CSIP97/1", SHOULD, ""
    if document.groups("Documentation") and not found["Documentation"]:
        yield "CSIP93/1", SHOULD, ""
    for division in found["Metadata"][:1]:
        yield from _administrative(document, division)
        yield from _descriptive(document, division)
    for label, numbers in (
        ("Schemas", ("CSIP100", "CSIP118")),
        ("Representations", ("CSIP104", "CSIP119")),
        ("Documentation", ("CSIP96", "CSIP116")),
    ):
        yield from _pointers(document, label, numbers)


def _metadata_divisions(document: MetsDocument, count: int) -> Broken:
    """The metadata that the specification asks for is that of the package."""
    for number in ("CSIP88", "CSIP90"):
        if not count:
            yield f"{number}/1", MUST if document.is_package else SHOULD, ""
        if count > 1:
            yield f"{number}/2", MUST, f"{count}"


def _administrative(document: MetsDocument, division: etree._Element) -> Broken:
    """Up to 2.0.4 every section is listed; from 2.1 on those are that are current, or their ``amdSec`` is."""
    sections = [section for name in _SECTIONS for section in document.kinds[name]]
    known = {each.get("ID", "") for each in (*sections, *document.kinds["amdSec"])}
    if sections and division.get("ADMID") is None:
        yield "CSIP91/1", SHOULD, ""
        return
    listed = _listed(document, "ADMID")
    missing = {
        section.get("ID", "")
        for section in sections
        if section.get("STATUS") != "SUPERSEDED" and not listed & {section.get("ID"), _parent_id(section)}
    }
    if missing | (listed - known):
        yield "CSIP91/2", SHOULD, " ".join(sorted(missing | (listed - known)))


def _descriptive(document: MetsDocument, division: etree._Element) -> Broken:
    sections = document.kinds["dmdSec"]
    if sections and division.get("DMDID") is None:
        yield "CSIP92/1", SHOULD, ""
        return
    listed = _listed(document, "DMDID")
    current = {each.get("ID", "") for each in sections if each.get("STATUS") != "SUPERSEDED"}
    wrong = (current - listed) | (listed - {each.get("ID", "") for each in sections})
    if wrong:
        yield "CSIP92/2", SHOULD, " ".join(sorted(wrong))


def _listed(document: MetsDocument, name: str) -> set[str]:
    """Return what the divisions on metadata list; there may be further ones, as ``Metadata/Other``."""
    tops = [div for div in document.kinds["div"] if str(div.get("LABEL", "")).partition("/")[0] == "Metadata"]
    return {each for div in tops for each in (div.get(name) or "").split()}


def _parent_id(section: etree._Element) -> str | None:
    parent = section.getparent()
    return parent.get("ID") if parent is not None else None


def _pointers(document: MetsDocument, use: str, numbers: tuple[str, str]) -> Broken:
    """Every group of the use should be pointed at, and divisions of that label point at nothing else.

    A group of a representation with a METS file of its own is pointed at by the title of that pointer (CSIP108).
    """
    groups = {group.get("ID", "") for group in document.groups(use)}
    tops = [div for div in document.kinds["div"] if str(div.get("LABEL", "")).partition("/")[0] == use]
    pointed = {each.get("FILEID", "") for each in document.kinds["fptr"]}
    pointed |= {each.get(_TITLE, "") for each in document.kinds["mptr"]}
    inside = {pointer.get("FILEID", "") for top in tops for pointer in top.iterchildren(mets("fptr"))}
    wrong = (inside & {group.get("ID", "") for group in document.kinds["fileGrp"]}) - groups
    is_plain = {top.get("LABEL", "") for top in tops} == {use}
    for number in numbers:
        if groups - pointed:
            yield f"{number}/1", SHOULD, " ".join(sorted(groups - pointed))
        if wrong and is_plain:
            yield f"{number}/2", MUST, " ".join(sorted(wrong))
