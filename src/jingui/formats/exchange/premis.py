"""PREMIS 3: what a record consists of, and what happened to it in the archives.

Element names are those of the PREMIS 3 data dictionary; agents are named by what the journal calls them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lxml import etree

from jingui.domain.packaging.transfer import TransferEvent
from jingui.formats.handover.documents import parse_xml
from jingui.formats.packages.elements import xml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jingui.domain.packaging.transfer import TransferFile, TransferRecord

NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMED = uuid.UUID("5f0f2d4e-3e6c-5f0a-9a53-9d9f7a0f9d11")  # names objects that have no identity of their own
_ALGORITHMS = {"sha256": "SHA-256", "sha512": "SHA-512", "sm3": "SM3", "sha1": "SHA-1", "md5": "MD5"}


def write(record: TransferRecord) -> bytes:
    """Write objects, events and agents of a record."""
    root = etree.Element(_q("premis"), nsmap={"premis": NAMESPACE, "xsi": XSI}, attrib={"version": "3.0"})
    entity = _object(root, "intellectualEntity", f"urn:jingui:record:{record.code}")
    _text(entity, "originalName", record.title)
    for file in record.files:
        _add_file(root, record, file)
    for event in record.events:
        _add_event(root, event, record)
    for agent in sorted({event.agent for event in record.events if event.agent}):
        _add_agent(root, agent)
    data: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return data


def read_events(data: bytes) -> tuple[TransferEvent, ...]:
    """Read the events of a PREMIS document.

    Raises:
        DocumentRefusedError: it is not well-formed, or not safe.
    """
    root = parse_xml(data, "PREMIS")
    return tuple(_event(element) for element in root.iter(_q("event")))


def file_identifier(record: TransferRecord, file: TransferFile) -> str:
    """Return the stable identifier of a file object."""
    return f"urn:uuid:{uuid.uuid5(_NAMED, f'{record.code}/{file.path}')}"


def _event(element: etree._Element) -> TransferEvent:
    def said(*path: str) -> str:
        return (element.findtext("/".join(_q(name) for name in path)) or "").strip()

    return TransferEvent(
        identifier=said("eventIdentifier", "eventIdentifierValue"),
        kind=said("eventType"),
        at=said("eventDateTime"),
        agent=said("linkingAgentIdentifier", "linkingAgentIdentifierValue"),
        detail=said("eventDetailInformation", "eventDetail"),
        outcome=said("eventOutcomeInformation", "eventOutcome"),
    )


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _text(parent: etree._Element, name: str, value: str) -> None:
    etree.SubElement(parent, _q(name)).text = xml_text(value)


def _group(parent: etree._Element, name: str, pairs: Iterable[tuple[str, str]]) -> etree._Element:
    group = etree.SubElement(parent, _q(name))
    for child, value in pairs:
        _text(group, child, value)
    return group


def _object(root: etree._Element, kind: str, identifier: str) -> etree._Element:
    element = etree.SubElement(root, _q("object"), {f"{{{XSI}}}type": f"premis:{kind}"})
    _group(element, "objectIdentifier", [("objectIdentifierType", "URI"), ("objectIdentifierValue", identifier)])
    return element


def _add_file(root: etree._Element, record: TransferRecord, file: TransferFile) -> None:
    element = _object(root, "file", file_identifier(record, file))
    characteristics = etree.SubElement(element, _q("objectCharacteristics"))
    for algorithm, digest in sorted(file.digests.items()):
        pairs = [("messageDigestAlgorithm", _ALGORITHMS.get(algorithm, algorithm)), ("messageDigest", digest)]
        _group(characteristics, "fixity", pairs)
    _text(characteristics, "size", str(file.bytes))
    form = etree.SubElement(characteristics, _q("format"))
    _group(form, "formatDesignation", [("formatName", file.values.get("format_information") or "unknown")])
    if file.values.get("format_registry"):
        key = file.values["format_registry"]
        _group(form, "formatRegistry", [("formatRegistryName", "PRONOM"), ("formatRegistryKey", key)])
    _text(element, "originalName", file.values.get("original_file_name") or file.path)


def _add_event(root: etree._Element, event: TransferEvent, record: TransferRecord) -> None:
    element = etree.SubElement(root, _q("event"))
    _group(element, "eventIdentifier", [("eventIdentifierType", "URI"), ("eventIdentifierValue", event.identifier)])
    _text(element, "eventType", event.kind)
    _text(element, "eventDateTime", event.at)
    if event.detail:
        _group(element, "eventDetailInformation", [("eventDetail", event.detail)])
    if event.outcome:
        _group(element, "eventOutcomeInformation", [("eventOutcome", event.outcome)])
    if event.agent:
        pairs = [("linkingAgentIdentifierType", "local"), ("linkingAgentIdentifierValue", event.agent)]
        _group(element, "linkingAgentIdentifier", pairs)
    pairs = [
        ("linkingObjectIdentifierType", "URI"),
        ("linkingObjectIdentifierValue", f"urn:jingui:record:{record.code}"),
    ]
    _group(element, "linkingObjectIdentifier", pairs)


def _add_agent(root: etree._Element, name: str) -> None:
    element = etree.SubElement(root, _q("agent"))
    _group(element, "agentIdentifier", [("agentIdentifierType", "local"), ("agentIdentifierValue", name)])
    _text(element, "agentName", name)
    _text(element, "agentType", "software" if name.startswith("system:") else "person")
