"""Requirements of CSIP and SIP on more than one attribute: header, metadata sections, file groups, structural map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.exchange.eark.names import CONTENT_CATEGORIES, CONTENT_TYPES, PACKAGE_TYPES, attribute, mets
from jingui.formats.exchange.eark.requirements import CSIP_RULES, MAY, MUST, SHOULD, SIP_RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

    from jingui.domain.packaging.packages import FindingLevel
    from jingui.formats.exchange.eark.document import MetsDocument

_TYPE = attribute("csip:CONTENTINFORMATIONTYPE")
_OTHER_TYPE = attribute("csip:OTHERCONTENTINFORMATIONTYPE")
_NOTE_TYPE = attribute("csip:NOTETYPE")
_CATEGORIES = frozenset(category.lower() for category in CONTENT_CATEGORIES)


def broken_requirements(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    """Yield number of requirement and rule, level and detail of each that does not hold; one of a kind for all places."""
    rules = CSIP_RULES + (SIP_RULES if _package_type(document) == "SIP" else ())
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


def _package_type(document: MetsDocument) -> str:
    headers = document.kinds["metsHdr"]
    return headers[0].get(attribute("csip:OAISPACKAGETYPE"), "") if headers else ""


def _root(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    root, name = document.root, document.name
    identifier, kind = root.get("OBJID", ""), root.get("TYPE")
    if identifier and name and identifier != name:
        yield ("CSIP1/3" if document.is_package else "CSIP1/4"), SHOULD, f"{identifier!r} ≠ {name!r}"
    if kind is not None and kind.lower() not in _CATEGORIES:
        yield "CSIP2/2", MUST, kind
    if (kind or "").lower() == "other" and not root.get(attribute("csip:OTHERTYPE")):
        yield "CSIP3/1", SHOULD, ""
    if root.get(_TYPE) is None:
        yield ("CSIP4/1", SHOULD, "") if document.is_package else ("CSIP4/2", MUST, "")
    yield from _content_type(root, "CSIP4", first=3)


def _content_type(element: etree._Element, number: str, *, first: int) -> Iterator[tuple[str, FindingLevel, str]]:
    kind, other = element.get(_TYPE), element.get(_OTHER_TYPE)
    if kind is not None and kind not in CONTENT_TYPES:
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
    kind = _package_type(document)
    if kind and kind not in PACKAGE_TYPES:
        yield "CSIP9/2", MUST, kind
    agents = list(headers[0].iterchildren(mets("agent")))
    if not agents:
        yield "CSIP10/1", MUST, ""
        return
    if not any(agent.get("ROLE") == "CREATOR" for agent in agents):
        yield "CSIP11/1", MUST, ""
    yield from _software(_software_agent(agents))


def _software_agent(agents: list[etree._Element]) -> etree._Element:
    """Return the agent that tells the software, or the one that comes nearest to it."""

    def nearness(agent: etree._Element) -> int:
        told = (("ROLE", "CREATOR"), ("TYPE", "OTHER"), ("OTHERTYPE", "SOFTWARE"))
        return sum(agent.get(name) == value for name, value in told)

    return max(agents, key=nearness)


def _software(agent: etree._Element) -> Iterator[tuple[str, FindingLevel, str]]:
    if agent.get("TYPE") is None:
        yield "CSIP12/1", MUST, ""
    elif agent.get("TYPE") != "OTHER":
        yield "CSIP12/2", MUST, str(agent.get("TYPE"))
    if agent.get("OTHERTYPE") != "SOFTWARE":
        yield "CSIP13/1", MUST, str(agent.get("OTHERTYPE"))
    if not (agent.findtext(mets("name")) or "").strip():
        yield "CSIP14/1", MUST, ""
    notes = list(agent.iterchildren(mets("note")))
    if not notes:
        yield "CSIP15/1", MUST, ""
        return
    if len(notes) > 1:
        yield "CSIP15/2", MUST, f"{len(notes)}"
    yield from _note(notes[0])


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
        yield "CSIP62/1", MUST, where
    yield from _content_type(group, "CSIP63", first=1)
    other = group.get(_OTHER_TYPE)
    if group.get(_TYPE) == "OTHER" and other in CONTENT_TYPES:
        yield "CSIP63/3", MUST, f"{where}: {other}"
    if other is not None and group.get(_TYPE) != "OTHER":
        yield "CSIP63/4", MUST, where
    files = list(group.iter(mets("file")))
    if not files:
        yield "CSIP66/1", MUST, where
    without = [file for file in files if file.find(mets("FLocat")) is None]
    if without:
        yield "CSIP76/1", MUST, _where(without, "FLocat")


def _map(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    maps = document.kinds["structMap"]
    if maps and not any(each.get("LABEL") == "CSIP" for each in maps):
        yield "CSIP82/1", MUST, ""
    if maps and len(document.divisions) != 1:
        yield "CSIP84/1", MUST, f"{len(document.divisions)}"
    for top in document.divisions[:1]:
        if top.get("LABEL") is None:
            yield "CSIP86/1", MUST, ""
        elif top.get("LABEL") != document.root.get("OBJID"):
            yield "CSIP86/2", MUST, f"{top.get('LABEL')!r} ≠ {document.root.get('OBJID')!r}"
        yield from _labels(document)


def _labels(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    metadata, schemas = document.labelled("Metadata"), document.labelled("Schemas")
    for number in ("CSIP88", "CSIP90"):
        if not metadata:
            yield f"{number}/1", MUST, ""
        if len(metadata) > 1:
            yield f"{number}/2", MUST, f"{len(metadata)}"
    if not schemas:
        yield "CSIP97/1", SHOULD, ""
    if len(schemas) > 1:
        yield "CSIP97/2", MUST, f"{len(schemas)}"
    if document.groups("Documentation") and not document.labelled("Documentation"):
        yield "CSIP93/1", SHOULD, ""
    for division in metadata[:1]:
        yield from _metadata_division(document, division)
    yield from _pointers(document, "Schemas", "CSIP100")
    yield from _pointers(document, "Representations", "CSIP104")
    yield from _pointers(document, "Documentation", "CSIP96")


def _metadata_division(document: MetsDocument, division: etree._Element) -> Iterator[tuple[str, FindingLevel, str]]:
    sections = _ids(document, ("techMD", "rightsMD", "sourceMD", "digiprovMD")) - {""}
    listed = set((division.get("ADMID") or "").split())
    if sections and division.get("ADMID") is None:
        yield "CSIP91/1", MUST, ""
    elif listed != sections and listed != sections | _ids(document, ("amdSec",)):
        yield "CSIP91/2", MUST, " ".join(sorted(listed ^ sections))
    described = _ids(document, ("dmdSec",)) - {""}
    if described - set((division.get("DMDID") or "").split()):
        yield "CSIP92/1", SHOULD, ""


def _pointers(document: MetsDocument, use: str, number: str) -> Iterator[tuple[str, FindingLevel, str]]:
    """Every group of the use is pointed at, and divisions of that label point at nothing else."""
    groups = {group.get("ID", "") for group in document.groups(use)}
    tops = [div for div in document.kinds["div"] if str(div.get("LABEL", "")).partition("/")[0] == use]
    pointed = {pointer.get("FILEID", "") for top in document.kinds["div"] for pointer in top.iterchildren(mets("fptr"))}
    inside = {pointer.get("FILEID", "") for top in tops for pointer in top.iterchildren(mets("fptr"))}
    if groups - pointed:
        yield f"{number}/1", MUST, " ".join(sorted(groups - pointed))
    known = {group.get("ID", "") for group in document.kinds["fileGrp"]}
    labelled = {top.get("LABEL", "") for top in tops}
    if (inside & known) - groups and labelled == {use}:
        yield f"{number}/2", MUST, " ".join(sorted((inside & known) - groups))


_AGREEMENTS = (
    ("SUBMISSIONAGREEMENT", "SIP5"),
    ("PREVIOUSSUBMISSIONAGREEMENT", "SIP6"),
    ("PREVIOUSREFERENCECODE", "SIP8"),
)


def _agreements(document: MetsDocument) -> Iterator[tuple[str, FindingLevel, str]]:
    if _package_type(document) != "SIP":
        return
    for kind, number in _AGREEMENTS:
        found = [each for each in document.kinds["altRecordID"] if each.get("TYPE") == kind]
        if not found:
            yield f"{number}/1", MAY, kind
        if any(not (each.text or "").strip() for each in found):
            yield f"{number}/2", MAY, kind
        if len(found) > 1 and number == "SIP5":
            yield f"{number}/3", MAY, kind


_JUDGES: tuple[Callable[[MetsDocument], Iterator[tuple[str, FindingLevel, str]]], ...] = (
    _root,
    _header,
    _sections,
    _groups,
    _map,
    _agreements,
)
