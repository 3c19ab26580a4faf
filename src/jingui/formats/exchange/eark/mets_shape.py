"""What METS itself allows: elements inside elements, attributes and their values, as far as packages use them.

A table written from the element dictionary of METS 1.12, in place of its schema; sections that no profile here uses
(behaviour, structural links) are let through as they are.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange.eark.names import CHECKSUMS, METS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

_MD = "ID GROUPID ADMID CREATED STATUS"
_LOCATION = "ID LOCTYPE OTHERLOCTYPE"
_FILE = "MIMETYPE SIZE CREATED CHECKSUM CHECKSUMTYPE"

# element: (children in their order, attributes without a prefix, those of them that must be there)
SHAPE: dict[str, tuple[tuple[str, ...], frozenset[str], frozenset[str]]] = {
    name: (tuple(children.split()), frozenset(attributes.split()), frozenset(required.split()))
    for name, children, attributes, required in (
        ("mets", "metsHdr dmdSec amdSec fileSec structMap structLink behaviorSec", "ID OBJID LABEL TYPE PROFILE", ""),
        ("metsHdr", "agent altRecordID metsDocumentID", "ID ADMID CREATEDATE LASTMODDATE RECORDSTATUS", ""),
        ("agent", "name note", "ID ROLE OTHERROLE TYPE OTHERTYPE", "ROLE"),
        ("name", "", "", ""),
        ("note", "", "", ""),
        ("altRecordID", "", "ID TYPE", ""),
        ("metsDocumentID", "", "ID TYPE", ""),
        ("dmdSec", "mdRef mdWrap", _MD, "ID"),
        ("amdSec", "techMD rightsMD sourceMD digiprovMD", "ID", ""),
        ("techMD", "mdRef mdWrap", _MD, "ID"),
        ("rightsMD", "mdRef mdWrap", _MD, "ID"),
        ("sourceMD", "mdRef mdWrap", _MD, "ID"),
        ("digiprovMD", "mdRef mdWrap", _MD, "ID"),
        (
            "mdRef", "", f"{_LOCATION} MDTYPE OTHERMDTYPE MDTYPEVERSION {_FILE} LABEL XPTR", "LOCTYPE MDTYPE",
        ),
        ("mdWrap", "xmlData binData", f"ID MDTYPE OTHERMDTYPE MDTYPEVERSION {_FILE} LABEL", "MDTYPE"),
        ("fileSec", "fileGrp", "ID", ""),
        ("fileGrp", "fileGrp file", "ID VERSDATE ADMID USE", ""),
        (
            "file", "FLocat FContent stream transformFile file",
            f"ID SEQ {_FILE} OWNERID ADMID DMDID GROUPID USE BEGIN END BETYPE", "ID",
        ),
        ("FLocat", "", f"{_LOCATION} USE", "LOCTYPE"),
        ("structMap", "div", "ID TYPE LABEL", ""),
        ("div", "mptr fptr div", "ID ORDER ORDERLABEL LABEL DMDID ADMID TYPE CONTENTIDS", ""),
        ("mptr", "", f"{_LOCATION} CONTENTIDS", "LOCTYPE"),
        ("fptr", "par seq area", "ID FILEID CONTENTIDS", ""),
    )
}  # fmt: skip
_FREE_ORDER = frozenset({"amdSec", "div", "fileGrp", "mdRef"})  # children in any order, or any number of each
_ONE = {"mets": {"metsHdr", "fileSec", "structLink"}, "structMap": {"div"}, "agent": {"name"}}
_AT_LEAST = {"mets": "structMap", "agent": "name", "structMap": "div", "fileSec": "fileGrp"}
_OPEN = frozenset({
    "xmlData", "binData", "FContent", "structLink", "behaviorSec", "stream", "transformFile", "area", "par", "seq",
})  # fmt: skip

VALUES: dict[str, frozenset[str]] = {
    "LOCTYPE": frozenset({"ARK", "URN", "URL", "PURL", "HANDLE", "DOI", "OTHER"}),
    "MDTYPE": frozenset({
        "MARC", "MODS", "EAD", "DC", "NISOIMG", "LC-AV", "VRA", "TEIHDR", "DDI", "FGDC", "LOM", "PREMIS",
        "PREMIS:OBJECT", "PREMIS:AGENT", "PREMIS:RIGHTS", "PREMIS:EVENT", "TEXTMD", "METSRIGHTS",
        "ISO 19115:2003 NAP", "EAC-CPF", "LIDO", "OTHER",
    }),
    "CHECKSUMTYPE": frozenset({*CHECKSUMS, "Adler-32", "CRC32", "HAVAL", "MNP", "TIGER", "WHIRLPOOL"}),
    "ROLE": frozenset({
        "CREATOR", "EDITOR", "ARCHIVIST", "PRESERVATION", "DISSEMINATOR", "CUSTODIAN", "IPOWNER", "OTHER",
    }),
}  # fmt: skip
_AGENT_TYPES = frozenset({"INDIVIDUAL", "ORGANIZATION", "OTHER"})
_ID = re.compile(r"[^\W\d][\w.\-]*")


def is_moment(text: str) -> bool:
    """Say whether a text is a date and time of XML Schema."""
    try:
        return "T" in text and bool(datetime.fromisoformat(text))
    except ValueError:
        return False


_FORMS: dict[str, Callable[[str], object]] = {
    "CREATED": is_moment,
    "CREATEDATE": is_moment,
    "LASTMODDATE": is_moment,
    "SIZE": lambda text: text.isascii() and text.strip().isdigit(),
    "ID": _ID.fullmatch,
}


def shape_findings(root: etree._Element, path: str) -> Iterator[PackageFinding]:
    """Name what METS does not allow; ``path`` is that of the METS file."""
    seen: set[str] = set()
    for element in _walk(root):
        name = str(element.tag).removeprefix(f"{{{METS}}}")
        if name not in SHAPE:
            yield PackageFinding("mets_element_unknown", path, f"line {element.sourceline}: {element.tag}")
            continue
        yield from _attributes(element, name, path)
        yield from _children(element, name, path)
        identifier = element.get("ID")
        if identifier in seen:
            yield PackageFinding("mets_id_twice", path, str(identifier))
        seen.add(identifier or "")


def _walk(root: etree._Element) -> Iterator[etree._Element]:
    """Yield elements without going into what is free by METS itself."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        inside = [child for child in element.iterchildren("*") if not _is_open(child)]
        waiting.extend(reversed(inside))


def _is_open(element: etree._Element) -> bool:
    return str(element.tag).removeprefix(f"{{{METS}}}") in _OPEN


def _attributes(element: etree._Element, name: str, path: str) -> Iterator[PackageFinding]:
    _, allowed, required = SHAPE[name]
    where = f"line {element.sourceline}: {name}"
    for missing in sorted(required - set(element.keys())):
        yield PackageFinding("mets_attribute_missing", path, f"{where} @{missing}")
    for key, value in element.items():
        if str(key).startswith("{"):
            continue
        if str(key) not in allowed:
            yield PackageFinding("mets_attribute_unknown", path, f"{where} @{key!s}")
        elif not _is_valid(name, str(key), str(value)):
            yield PackageFinding("mets_value_malformed", path, f"{where} @{key!s}={str(value)[:80]!r}")


def _is_valid(name: str, key: str, value: str) -> bool:
    if name == "agent" and key == "TYPE":
        return value in _AGENT_TYPES
    if key in VALUES:
        return value in VALUES[key]
    return key not in _FORMS or bool(_FORMS[key](value))


def _children(element: etree._Element, name: str, path: str) -> Iterator[PackageFinding]:
    order, _, _ = SHAPE[name]
    found = [str(child.tag).removeprefix(f"{{{METS}}}") for child in element.iterchildren("*")]
    where, last = f"line {element.sourceline}: {name}", 0
    for child in found:
        if child not in order or (name not in _FREE_ORDER and order.index(child) < last):
            yield PackageFinding("mets_element_misplaced", path, f"{where}/{child}")
        else:
            last = order.index(child)
    for once in sorted(_ONE.get(name, set())):
        if found.count(once) > 1:
            yield PackageFinding("mets_element_misplaced", path, f"{where}/{once} × {found.count(once)}")
    if name in _AT_LEAST and _AT_LEAST[name] not in found:
        yield PackageFinding("mets_element_missing", path, f"{where}/{_AT_LEAST[name]}")
