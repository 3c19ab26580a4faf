"""Requirements of the submission profile (SIP 2.x) on more than one attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.formats.exchange.eark.names import attribute, profile_kind
from jingui.formats.exchange.eark.requirements import MAY, MUST, SHOULD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.packaging.packages import FindingLevel
    from jingui.formats.exchange.eark.document import MetsDocument

    Broken = Iterator[tuple[str, FindingLevel, str]]

_AGREEMENTS = (
    ("SUBMISSIONAGREEMENT", "SIP5", 1),
    ("PREVIOUSSUBMISSIONAGREEMENT", "SIP6", 0),
    ("REFERENCECODE", "SIP7", 1),
    ("PREVIOUSREFERENCECODE", "SIP8", 0),
)
"""Kinds of further identifiers, the requirement, and how many there may be (0: any number)."""


def package_type(document: MetsDocument) -> str:
    """Return the kind of package that the header tells, ``""`` if none."""
    headers = document.kinds["metsHdr"]
    return headers[0].get(attribute("csip:OAISPACKAGETYPE"), "") if headers else ""


def is_submission(document: MetsDocument) -> bool:
    """Say whether the package is to be held against the submission profile: by its type, or because it says so."""
    return package_type(document) == "SIP" or profile_kind(document.root.get("PROFILE")) == "SIP"


def submission_requirements(document: MetsDocument) -> Broken:
    """Yield number of requirement and rule, level and detail of each that a submission breaks."""
    if not document.is_package or not is_submission(document):
        return
    yield from _profile(document)
    yield from _type(document)
    yield from _agreements(document)


def _profile(document: MetsDocument) -> Broken:
    """A submission that says to follow the common specification alone is one all the same, and not at fault."""
    told = document.root.get("PROFILE")
    if told is not None and profile_kind(told) != "SIP":
        yield "SIP2/2", SHOULD if profile_kind(told) == "CSIP" else MUST, told


def _type(document: MetsDocument) -> Broken:
    for header in document.kinds["metsHdr"][:1]:
        told = header.get(attribute("csip:OAISPACKAGETYPE"))
        if told is None:
            yield "SIP4/1", MUST, ""
        elif told != "SIP":
            yield "SIP4/2", MUST, told


def _agreements(document: MetsDocument) -> Broken:
    for kind, number, most in _AGREEMENTS:
        found = [each for each in document.kinds["altRecordID"] if each.get("TYPE") == kind]
        if not found:
            yield f"{number}/1", MAY, kind
        if any(not (each.text or "").strip() for each in found):
            yield f"{number}/2", MAY, kind
        if most and len(found) > most:
            yield f"{number}/3", MAY, kind
