"""XMP: where it stands, how it is packed, what it claims, and whether it agrees with the information dictionary."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import islice
from typing import TypeAlias

import pikepdf
from lxml import etree

from jingui.formats.reading.pdfa.claims import LEVELS, Checked, dictionary
from jingui.formats.reading.pdfa.extension_rules import EXTENSION, check_extensions, described_properties
from jingui.formats.reading.pdfa.packets import encoding_of, plain_packet
from jingui.formats.reading.pdfa.xmp_properties import has_type, predefined, properties
from jingui.formats.reading.pdfa.xmp_values import RDF, XML
from jingui.formats.reading.xml_safety import XmlRefusedError, parse

PDFAID = "http://www.aiim.org/pdfa/ns/id/"
MAX_STREAMS = 20
PACKET = re.compile(rb"<\?xpacket\s[^?]*?begin=[^?]*\?>")
YEAR = re.compile(r"\d{4}")
OLD_ATTRIBUTE = re.compile(rb"\b(?:bytes|encoding)\s*=")
DATE = re.compile(r"D?:?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:(Z)[0']*|([+-])(\d\d)'?(\d\d)?'?)?")
# Information dictionary → XMP (ISO 19005-1 6.7.3, table 1).
PAIRS: tuple[tuple[str, str], ...] = (
    ("/Title", "{http://purl.org/dc/elements/1.1/}title"),
    ("/Author", "{http://purl.org/dc/elements/1.1/}creator"),
    ("/Subject", "{http://purl.org/dc/elements/1.1/}description"),
    ("/Keywords", "{http://ns.adobe.com/pdf/1.3/}Keywords"),
    ("/Creator", "{http://ns.adobe.com/xap/1.0/}CreatorTool"),
    ("/Producer", "{http://ns.adobe.com/pdf/1.3/}Producer"),
    ("/CreationDate", "{http://ns.adobe.com/xap/1.0/}CreateDate"),
    ("/ModDate", "{http://ns.adobe.com/xap/1.0/}ModifyDate"),
)
# Namespaces whose properties at the top are part of the frame, or are looked at by rules of their own.
FRAME = frozenset((RDF, XML, EXTENSION, "adobe:ns:meta/"))
Described: TypeAlias = dict[str, dict[str, str]]
INFORMAL = re.compile(r"http://ns\.adobe\.com/xap/1\.0/(?:sType|g|t)/.*")


def check_metadata(checked: Checked) -> None:
    """Check the metadata stream of the document."""
    stream = checked.pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        checked.fault("6.7.2", "6.6.2.1", "no metadata stream")
        return
    _check_packet(checked, stream)
    try:
        checked.tree = parse(checked.xmp.strip(b"\0 \r\n\t"))
    except XmlRefusedError:
        checked.fault("6.7.9", "6.6.2.1", "the metadata are not well-formed")
        return
    _check_claim(checked, checked.tree)
    if checked.claim.is_fourth:
        return  # part 4 has no list of properties and no extension schemas (6.7.2)
    told = described_properties(checked.tree)
    _check_properties(checked, checked.tree, told)
    check_extensions(checked, checked.tree)
    _check_others(checked, told)
    if checked.claim.is_first:
        _check_information(checked, checked.tree)


def _check_packet(checked: Checked, stream: pikepdf.Stream) -> None:
    if "/Filter" in stream:
        checked.fault("6.7.2", "", "the metadata stream is packed")
    if stream.get("/Type") != "/Metadata" or stream.get("/Subtype") != "/XML":
        checked.fault("6.7.2", "6.6.2.1", "a metadata stream that does not say that it is one")
    if encoding_of(stream.read_bytes()[:64]) != "utf-8":
        checked.fault("", "6.6.2.1", "metadata that are not UTF-8")
    packet = PACKET.search(checked.xmp[:1024])
    if packet and OLD_ATTRIBUTE.search(packet[0]):
        checked.fault("6.7.5", "6.6.2.1", "bytes or encoding in the packet header")


def _check_claim(checked: Checked, tree: etree._Element) -> None:
    part, level, revision = (_value(tree, f"{{{PDFAID}}}{name}") for name in ("part", "conformance", "rev"))
    if part is None or part.strip() != str(checked.claim.part):
        checked.fault("6.7.11", "6.6.4", "the part that is claimed is none")
    told = level or ""
    is_told = level is None if checked.claim.is_fourth and not told else told.lower() in LEVELS[checked.claim.part]
    if not is_told or told != told.upper():
        checked.fault("6.7.11", "6.6.4", "the level that is claimed is none of the part")
    if checked.claim.is_fourth and not YEAR.fullmatch(revision or ""):
        checked.fault("", "6.6.4", "the year of the part that is claimed is not told")
    if any(uri == PDFAID and prefix != "pdfaid" for node in tree.iter() for prefix, uri in node.nsmap.items()):
        checked.fault("6.7.11", "6.6.4", "the claim has another namespace prefix than pdfaid")


def _check_properties(checked: Checked, tree: etree._Element, told: Described) -> None:
    """Every property is predefined or described by an extension schema, and its value is of the type of either."""
    known = predefined(is_first=checked.claim.is_first)
    for space, name, value in properties(tree):
        if space in FRAME or (space not in known and INFORMAL.fullmatch(space)):
            continue
        kind = told.get(space, {}).get(name) or known.get(space, {}).get(name)
        if space not in known and space not in told:
            checked.fault("6.7.9", "6.6.2.3.1", f"properties of {space[:60]} that no schema describes")
        elif kind is None and (space in known or told[space]):
            checked.fault("6.7.9", "6.6.2.3.1", f"a property {name[:40]} that its schema does not know")
        elif kind is not None and not has_type(value, kind):
            checked.fault("6.7.9", "6.6.2.3.1", f"a value of {name[:40]} that is not of the type of the property")


def _check_others(checked: Checked, told: Described) -> None:
    """The metadata of pages, pictures and other parts are well-formed and of known properties too."""
    own = checked.pdf.Root.get("/Metadata")
    others = (one for one in checked.pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Type") == "/Metadata")
    for stream in list(islice(others, MAX_STREAMS)):
        if isinstance(own, pikepdf.Stream) and stream.objgen == own.objgen:
            continue
        try:
            tree = parse(plain_packet(stream.read_bytes()).strip(b"\0 \r\n\t"))
        except (XmlRefusedError, pikepdf.PdfError):
            checked.fault("6.7.9", "6.6.2.1", "metadata of a part that are not well-formed")
            continue
        _check_properties(checked, tree, told | described_properties(tree))


def _value(tree: etree._Element, name: str) -> str | None:
    for node in tree.iter(f"{{{RDF}}}Description"):
        if name in node.attrib:
            return str(node.attrib[name])
        child = node.find(name)
        if child is not None:
            listed = [text.text or "" for text in child.iter(f"{{{RDF}}}li")]
            return listed[0] if len(listed) == 1 else "\0".join(listed) if listed else (child.text or "")
    return None


def _check_information(checked: Checked, tree: etree._Element) -> None:
    information = dictionary(checked.pdf.trailer.get("/Info"))
    if information is None:
        return
    for key, name in PAIRS:
        held = information.get(key)
        if held is None:
            continue
        said, told = str(held).rstrip("\0") if isinstance(held, pikepdf.String) else None, _value(tree, name)
        if said is None or told is None or not _agree(key, said, told):
            checked.fault("6.7.3", "", f"{key[1:]} is not the same in the metadata")


def _agree(key: str, said: str, told: str) -> bool:
    if key.endswith("Date"):
        return _moment(said) == _iso(told) if _moment(said) and _iso(told) else not said.strip()
    return said == told or said.rstrip() == told.strip()


def _moment(text: str) -> datetime | None:
    found = DATE.fullmatch(text.strip())
    if not found:
        return None
    numbers = [int(found[at] or default) for at, default in zip(range(1, 7), (0, 1, 1, 0, 0, 0), strict=True)]
    offset = f"{found[8]}{found[9]}:{found[10] or '00'}" if found[8] else "+00:00"
    try:
        written = (
            f"{numbers[0]:04}-{numbers[1]:02}-{numbers[2]:02}T{numbers[3]:02}:{numbers[4]:02}:{numbers[5]:02}{offset}"
        )
        return datetime.fromisoformat(written)
    except ValueError:
        return None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(
            text.strip().split(".")[0] if text.count(".") == 1 and "+" not in text else text.strip()
        )
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).replace(microsecond=0)
