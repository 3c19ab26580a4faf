"""Requirements of CSIP on more than one attribute: root, header, metadata sections, file groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.exchange.eark.names import (
    PACKAGE_TYPES,
    STRUCTURE_LABELS,
    attribute,
    is_content_category,
    is_content_type,
    mets,
)
from jingui.formats.exchange.eark.requirements import CSIP_RULES, MUST, SHOULD, SIP_RULES
from jingui.formats.exchange.eark.structural_map import map_requirements
from jingui.formats.exchange.eark.submission import is_submission, package_type, submission_requirements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

    from jingui.domain.packaging.packages import FindingLevel
    from jingui.formats.exchange.eark.document import MetsDocument

_TYPE = attribute("csip:CONTENTINFORMATIONTYPE")
_OTHER_TYPE = attribute("csip:OTHERCONTENTINFORMATIONTYPE")
_NOTE_TYPE = attribute("csip:NOTETYPE")
_OTHER_CATEGORY = attribute("csip:OTHERTYPE")


def broken_requirements(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    """Yield number of requirement and rule, level and detail of each that does not hold; one of a kind for all places."""
    rules = CSIP_RULES + (SIP_RULES if document.is_package and is_submission(document) else ())
    for rule in rules:
        elements = document.kinds[rule.element] if rule.element != "mets" else [document.root]
        wrong = [element for element in elements if not rule.holds(element.get(rule.attribute))]
        if wrong:
            yield rule.rule, rule.level, _where(wrong, rule.attribute)
    for judge in _JUDGES:
        yield from judge(document)


def _where(elements: list[etree._Element], name: str) -> str:
    lines = ", ".join(str(element.sourceline) for element in elements[:10])
    return f"@{name.rpartition('}')[2]}: {len(elements)} × (line {lines})"


def _root(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    root, name = document.root, document.name
    identifier, kind = root.get("OBJID", ""), root.get("TYPE")
    if identifier and name and identifier != name:
        yield ("CSIP1/3" if document.is_package else "CSIP1/4"), SHOULD, f"{identifier!r} ≠ {name!r}"
    if kind is not None and not is_content_category(kind):
        yield "CSIP2/2", MUST, kind
    yield from _other_category(kind, root.get(_OTHER_CATEGORY))
    if root.get(_TYPE) is None:
        yield ("CSIP4/1", SHOULD, "") if document.is_package else ("CSIP4/2", MUST, "")
    yield from _content_type(root, "CSIP4", first=3)


def _other_category(kind: str | None, other: str | None) -> Iterator[tuple[str, FindingLevel, str]]:
    """Where the category is another, it must be told (CSIP3); the rest of the wording is advice."""
    is_other = (kind or "").casefold() == "other"
    if is_other and other is None:
        yield "CSIP2/3", MUST, ""
    elif is_other and not (other or "").strip():
        yield "CSIP2/4", MUST, ""
    elif is_other and is_content_category(other or "") and (other or "").casefold() != "other":
        yield "CSIP3/1", SHOULD, other or ""
    elif other is not None and not is_other:
        yield "CSIP3/2", SHOULD, other


def _content_type(element: etree._Element, number: str, *, first: int) -> Iterator[tuple[str, FindingLevel, str]]:
    kind, other = element.get(_TYPE), element.get(_OTHER_TYPE)
    if kind is not None and not is_content_type(kind):
        yield f"{number}/{first}" if number == "CSIP4" else "CSIP62/2", MUST, kind
    step = first + 1 if number == "CSIP4" else first
    if kind == "OTHER" and other is None:
        yield f"{number}/{step}", MUST, ""
    if kind == "OTHER" and other is not None and not other.strip():
        yield f"{number}/{step + 1}", MUST, ""


def _header(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    headers = document.kinds["metsHdr"]
    if not headers:
        yield "CSIP117/1", MUST, ""
        return
    kind = package_type(document)
    if kind and kind not in PACKAGE_TYPES:
        yield "CSIP9/2", MUST, kind
    agents = list(headers[0].iterchildren(mets("agent")))
    if not document.is_package:
        return  # the software is told once, in the METS file of the package
    if not agents:
        yield "CSIP10/1", MUST, ""
        return
    yield from _software(_software_agent(agents))


def _software_agent(agents: list[etree._Element]) -> etree._Element:
    """Return the agent that tells the software, or the one that comes nearest to it."""

    def nearness(agent: etree._Element) -> int:
        told = (("ROLE", "CREATOR", 1), ("TYPE", "OTHER", 2), ("OTHERTYPE", "SOFTWARE", 4))
        return sum(weight for name, value, weight in told if agent.get(name) == value)

    return max(agents, key=nearness)


def _software(agent: etree._Element) -> Iterator[tuple[str, FindingLevel, str]]:
    yield from _kind_of_agent(agent)
    if not (agent.findtext(mets("name")) or "").strip():
        yield "CSIP14/1", MUST, ""
    notes = list(agent.iterchildren(mets("note")))
    if not notes:
        yield "CSIP15/1", MUST, ""
        return
    if len(notes) > 1:
        yield "CSIP15/2", MUST, f"{len(notes)}"
    yield from _note(notes[0])


def _kind_of_agent(agent: etree._Element) -> Iterator[tuple[str, FindingLevel, str]]:
    if agent.get("ROLE") != "CREATOR":
        yield "CSIP11/1", MUST, str(agent.get("ROLE"))
    if agent.get("TYPE") is None:
        yield "CSIP12/1", MUST, ""
    elif agent.get("TYPE") != "OTHER":
        yield "CSIP12/2", MUST, str(agent.get("TYPE"))
    if agent.get("OTHERTYPE") is None:
        yield "CSIP13/1", MUST, ""
    elif agent.get("OTHERTYPE") != "SOFTWARE":
        yield "CSIP13/2", MUST, str(agent.get("OTHERTYPE"))


def _note(note: etree._Element) -> Iterator[tuple[str, FindingLevel, str]]:
    if not (note.text or "").strip():
        yield "CSIP15/3", MUST, ""
    if note.get(_NOTE_TYPE) is None:
        yield "CSIP16/1", MUST, ""
    elif note.get(_NOTE_TYPE) != "SOFTWARE VERSION":
        yield "CSIP16/2", MUST, str(note.get(_NOTE_TYPE))


def _sections(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    kinds = document.kinds
    for present, rule in (
        ("dmdSec", "CSIP17/1"),
        ("amdSec", "CSIP31/1"),
        ("digiprovMD", "CSIP32/1"),
        ("fileSec", "CSIP58/1"),
    ):
        if not kinds[present]:
            yield rule, SHOULD, present
    if not kinds["structMap"]:
        yield "CSIP80/1", MUST, ""
    for name, rule in (("dmdSec", "CSIP21/1"), ("digiprovMD", "CSIP35/1"), ("rightsMD", "CSIP48/1")):
        if len(kinds[f"{name}/mdRef"]) < len(kinds[name]):
            yield rule, SHOULD, f"{len(kinds[name]) - len(kinds[f'{name}/mdRef'])} ×"


def _groups(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    if document.kinds["fileSec"]:
        if document.is_package and not document.groups("Documentation"):
            yield "CSIP60/1", SHOULD, ""
        if document.is_package and not document.groups("Schemas"):
            yield "CSIP113/1", SHOULD, ""
        if not document.groups("Representations"):
            yield "CSIP114/1", SHOULD, ""
    uses = [str(group.get("USE")) for group in document.kinds["fileGrp"] if group.get("USE") is not None]
    strange = sorted({use for use in uses if not use.startswith(STRUCTURE_LABELS)})
    if strange and document.is_package:
        yield "CSIP64/2", SHOULD, ", ".join(strange[:10])
    administrative = _ids(document, ("techMD", "rightsMD", "sourceMD", "digiprovMD", "amdSec"))
    for group in document.kinds["fileGrp"]:
        yield from _group(group, administrative, is_mixed=document.root.get(_TYPE) == "MIXED")


def _ids(document: MetsDocument, names: Iterable[str]) -> set[str]:
    return {element.get("ID", "") for name in names for element in document.kinds[name]}


def _group(group: etree._Element, known: set[str], *, is_mixed: bool) -> Iterator[tuple[str, FindingLevel, str]]:
    where = f"line {group.sourceline}"
    unknown = set((group.get("ADMID") or "").split()) - known
    if unknown or group.get("ADMID") == "":
        yield "CSIP61/1", SHOULD, f"{where}: {' '.join(sorted(unknown))}"
    if str(group.get("USE", "")).startswith("Representations") and group.get(_TYPE) is None and not is_mixed:
        yield "CSIP62/1", SHOULD, where
    yield from _content_type(group, "CSIP63", first=1)
    other = group.get(_OTHER_TYPE)
    if group.get(_TYPE) == "OTHER" and is_content_type(other):
        yield "CSIP63/3", SHOULD, f"{where}: {other}"
    if other is not None and group.get(_TYPE) != "OTHER":
        yield "CSIP63/4", SHOULD, where
    if next(group.iter(mets("file")), None) is None:
        yield "CSIP66/1", MUST, where
    yield from _locations(list(group.iterchildren(mets("file"))))


def _locations(files: list[etree._Element]) -> Iterator[tuple[str, FindingLevel, str]]:
    """Each file has one place (CSIP76, cardinality 1..1)."""
    counts = [(file, sum(1 for _ in file.iterchildren(mets("FLocat")))) for file in files]
    without = [file for file, count in counts if not count]
    doubled = [file for file, count in counts if count > 1]
    if without:
        yield "CSIP76/1", MUST, _where(without, "FLocat")
    if doubled:
        yield "CSIP76/2", MUST, _where(doubled, "FLocat")


_JUDGES: tuple[Callable[[MetsDocument], Iterator[tuple[str, FindingLevel, str]]], ...] = (
    _root,
    _header,
    _sections,
    _groups,
    map_requirements,
    submission_requirements,
)
