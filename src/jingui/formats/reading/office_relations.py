"""The parts of an Office Open XML package against its content types and relationships (ECMA-376 part 2)."""

from __future__ import annotations

import posixpath
import zipfile

from lxml import etree

from jingui.formats.reading.source import Outcome, Source
from jingui.formats.reading.xml_safety import XmlRefusedError, parse
from jingui.formats.reading.zip_checks import entry_bytes

TYPES = "[Content_Types].xml"
TRASH = "[trash]/"  # what a program let drop when it saved in place; allowed and no part (ECMA-376 part 2)
# Relationships that lead out without the document depending on what is there.
HARMLESS = ("/hyperlink",)
MAX_PARTS = 2_000
TOLD = 5


def check_parts(archive: zipfile.ZipFile, source: Source, outcome: Outcome) -> None:
    """Every part has a content type, every type a part; relationships lead to parts, or out, which is noted."""
    names = {name for name in archive.namelist() if not name.endswith("/")}
    _check_types(parse(entry_bytes(archive, TYPES, source), where=TYPES), names, outcome)
    for name in sorted(name for name in names if name.endswith(".rels"))[:MAX_PARTS]:
        try:
            root = parse(entry_bytes(archive, name, source), where=name)
        except XmlRefusedError as error:
            outcome.defect(error.code, error.detail)
            continue
        _check_relations(name, root, names, outcome)


def _check_types(root: etree._Element, names: set[str], outcome: Outcome) -> None:
    defaults = {node.get("Extension", "").lower() for node in root.iterfind("{*}Default")}
    overrides = {node.get("PartName", "").lstrip("/") for node in root.iterfind("{*}Override")}
    folded = {name.casefold() for name in names}
    untyped = [
        name
        for name in sorted(names)
        if name != TYPES
        and not name.startswith(TRASH)
        and name not in overrides
        and name.rpartition(".")[2].lower() not in defaults
    ]
    absent = [name for name in sorted(overrides) if name and name.casefold() not in folded]
    for name in untyped[:TOLD]:
        outcome.defect("needs_repair", f"part without a content type: {name}")
    for name in absent[:TOLD]:
        outcome.defect("needs_repair", f"content type of a part that is not there: {name}")


def _check_relations(name: str, root: etree._Element, names: set[str], outcome: Outcome) -> None:
    folder = posixpath.dirname(posixpath.dirname(name))
    folded = {one.casefold() for one in names}
    lost = 0
    for relation in root.iterfind("{*}Relationship"):
        target, kind = relation.get("Target", ""), relation.get("Type", "")
        if relation.get("TargetMode") == "External":
            if not kind.endswith(HARMLESS):
                outcome.note("external_links", f"{kind.rpartition('/')[2]} {target}"[:120])
            continue
        path = target.partition("#")[0]
        whole = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))
        if path and whole.casefold() not in folded and lost < TOLD:
            lost += 1
            outcome.defect("needs_repair", f"{name} leads to {target}, which is not there")
