"""Requirements on single attributes of CSIP 2.x and SIP 2.x, as one table; those on more than one stand in ``judging``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import FindingLevel
from jingui.formats.exchange.eark.names import MEDIA_TREES, RECORD_STATUSES, STATUSES, attribute

if TYPE_CHECKING:
    from collections.abc import Callable

MUST, SHOULD, MAY = FindingLevel.ERROR, FindingLevel.WARNING, FindingLevel.NOTE
_LONGEST_MEDIA_TYPE = 256


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """A requirement on an attribute of every element of a kind: its number with the rule's, its level, and the test.

    ``holds`` gets the value, ``None`` where the attribute is not there.
    """

    rule: str
    level: FindingLevel
    element: str
    attribute: str
    holds: Callable[[str | None], bool]


def _there(value: str | None) -> bool:
    return value is not None


def _told(value: str | None) -> bool:
    return value is None or bool(value.strip())


def _is(expected: str) -> Callable[[str | None], bool]:
    return lambda value: value == expected


def _if_there_is(expected: str) -> Callable[[str | None], bool]:
    return lambda value: value is None or value == expected


def _status(value: str | None) -> bool:
    return value is None or value in STATUSES


def _record_status(value: str | None) -> bool:
    return value is None or value in RECORD_STATUSES


def _media_type(value: str | None) -> bool:
    """Whether the type lies in a registered tree; the list of subtypes grows daily and is not carried along."""
    tree, slash, subtype = (value or "x/x").partition("/")
    return value is None or (bool(slash) and tree.lower() in MEDIA_TREES and subtype.isascii() and bool(subtype))


def _media_length(value: str | None) -> bool:
    return value is None or len(value) <= _LONGEST_MEDIA_TYPE


def _reference(element: str, first: int) -> tuple[AttributeRule, ...]:
    """Return the nine requirements that every reference to a metadata file has, numbered one after the other."""
    number = [f"CSIP{first + step}" for step in range(9)]
    return (
        AttributeRule(f"{number[0]}/1", MUST, element, "LOCTYPE", _is("URL")),
        AttributeRule(f"{number[1]}/1", MUST, element, attribute("xlink:type"), _is("simple")),
        AttributeRule(f"{number[2]}/1", MUST, element, attribute("xlink:href"), _there),
        AttributeRule(f"{number[3]}/1", MUST, element, "MDTYPE", _there),
        AttributeRule(f"{number[4]}/1", MUST, element, "MIMETYPE", _there),
        AttributeRule(f"{number[4]}/2", MUST, element, "MIMETYPE", _media_type),
        AttributeRule(f"{number[4]}/3", SHOULD, element, "MIMETYPE", _media_length),
        AttributeRule(f"{number[5]}/1", MUST, element, "SIZE", _there),
        AttributeRule(f"{number[6]}/1", MUST, element, "CREATED", _there),
        AttributeRule(f"{number[7]}/1", MUST, element, "CHECKSUM", _there),
        AttributeRule(f"{number[8]}/1", MUST, element, "CHECKSUMTYPE", _there),
    )


def _section(element: str, first: int) -> tuple[AttributeRule, ...]:
    return (
        AttributeRule(f"CSIP{first}/1", MUST, element, "ID", _there),
        AttributeRule(f"CSIP{first + 1}/1", SHOULD, element, "STATUS", _there),
        AttributeRule(f"CSIP{first + 1}/2", MUST, element, "STATUS", _status),
    )


CSIP_RULES: tuple[AttributeRule, ...] = (
    AttributeRule("CSIP1/1", MUST, "mets", "OBJID", _there),
    AttributeRule("CSIP1/2", MUST, "mets", "OBJID", _told),
    AttributeRule("CSIP2/1", MUST, "mets", "TYPE", _there),
    AttributeRule("CSIP6/1", MUST, "mets", "PROFILE", _there),
    AttributeRule("CSIP7/1", MUST, "metsHdr", "CREATEDATE", _there),
    AttributeRule("CSIP9/1", MUST, "metsHdr", attribute("csip:OAISPACKAGETYPE"), _there),
    AttributeRule("CSIP18/1", MUST, "dmdSec", "ID", _there),
    AttributeRule("CSIP19/1", MUST, "dmdSec", "CREATED", _there),
    AttributeRule("CSIP20/1", SHOULD, "dmdSec", "STATUS", _there),
    AttributeRule("CSIP20/2", MUST, "dmdSec", "STATUS", _status),
    *_reference("dmdSec/mdRef", 22),
    *_section("digiprovMD", 33),
    *_reference("digiprovMD/mdRef", 36),
    *_section("rightsMD", 46),
    *_reference("rightsMD/mdRef", 49),
    AttributeRule("CSIP59/1", MUST, "fileSec", "ID", _there),
    AttributeRule("CSIP64/1", MUST, "fileGrp", "USE", _there),
    AttributeRule("CSIP65/1", MUST, "fileGrp", "ID", _there),
    AttributeRule("CSIP67/1", MUST, "file", "ID", _there),
    AttributeRule("CSIP68/1", MUST, "file", "MIMETYPE", _there),
    AttributeRule("CSIP68/2", MUST, "file", "MIMETYPE", _media_type),
    AttributeRule("CSIP68/3", SHOULD, "file", "MIMETYPE", _media_length),
    AttributeRule("CSIP69/1", MUST, "file", "SIZE", _there),
    AttributeRule("CSIP70/1", MUST, "file", "CREATED", _there),
    AttributeRule("CSIP71/1", MUST, "file", "CHECKSUM", _there),
    AttributeRule("CSIP72/1", MUST, "file", "CHECKSUMTYPE", _there),
    AttributeRule("CSIP77/1", MUST, "FLocat", "LOCTYPE", _is("URL")),
    AttributeRule("CSIP78/1", MUST, "FLocat", attribute("xlink:type"), _is("simple")),
    AttributeRule("CSIP79/1", MUST, "FLocat", attribute("xlink:href"), _there),
    AttributeRule("CSIP81/1", MUST, "structMap", "TYPE", _there),
    AttributeRule("CSIP81/2", MUST, "structMap", "TYPE", _if_there_is("PHYSICAL")),
    AttributeRule("CSIP83/1", MUST, "structMap", "ID", _there),
    AttributeRule("CSIP85/1", MUST, "div", "ID", _there),
    AttributeRule("CSIP110/1", MUST, "mptr", attribute("xlink:href"), _there),
    AttributeRule("CSIP111/1", MUST, "mptr", attribute("xlink:type"), _is("simple")),
    AttributeRule("CSIP112/1", MUST, "mptr", "LOCTYPE", _is("URL")),
)

SIP_RULES: tuple[AttributeRule, ...] = (
    AttributeRule("SIP1/1", MAY, "mets", "LABEL", _there),
    AttributeRule("SIP1/2", MAY, "mets", "LABEL", _told),
    AttributeRule("SIP2/1", MUST, "mets", "PROFILE", _there),
    AttributeRule("SIP3/1", MAY, "metsHdr", "RECORDSTATUS", _there),
    AttributeRule("SIP3/2", MAY, "metsHdr", "RECORDSTATUS", _record_status),
    AttributeRule("SIP32/1", MAY, "file", attribute("sip:FILEFORMATNAME"), _there),
    AttributeRule("SIP32/2", SHOULD, "file", attribute("sip:FILEFORMATNAME"), _told),
    AttributeRule("SIP33/1", MAY, "file", attribute("sip:FILEFORMATVERSION"), _there),
    AttributeRule("SIP33/2", SHOULD, "file", attribute("sip:FILEFORMATVERSION"), _told),
    AttributeRule("SIP34/1", MAY, "file", attribute("sip:FILEFORMATREGISTRY"), _there),
    AttributeRule("SIP34/2", SHOULD, "file", attribute("sip:FILEFORMATREGISTRY"), _told),
    AttributeRule("SIP35/1", MAY, "file", attribute("sip:FILEFORMATKEY"), _there),
    AttributeRule("SIP35/2", SHOULD, "file", attribute("sip:FILEFORMATKEY"), _told),
)
