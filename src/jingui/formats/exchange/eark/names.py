"""Names and vocabularies of METS, CSIP and SIP 2.x, as facts."""

from __future__ import annotations

import re

METS = "http://www.loc.gov/METS/"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

METS_NAME = "METS.xml"
CSIP_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
SIP_PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"
# From 2.1 on the address of a profile tells the version: ``E-ARK-SIP-v2-2-0.xml``.
_PROFILE = re.compile(r"https?://eark(csip|sip)\.dilcis\.eu/profile/E-ARK-(CSIP|SIP)(?:-v\d+-\d+-\d+)?\.xml", re.ASCII)

PREFIXES = {"csip": CSIP, "sip": SIP, "xlink": XLINK, "xsi": XSI}

PACKAGE_TYPES = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
STATUSES = frozenset({"SUPERSEDED", "CURRENT"})
# Every version of the vocabulary together; it has grown and lost nothing.
CONTENT_CATEGORIES = frozenset({
    "Textual works – Print", "Textual works – Digital", "Textual works – Electronic Serials",
    "Digital Musical Composition (score-based representations)", "Musical Scores - Print", "Musical Scores - Digital",
    "Photographs – Print", "Photographs – Digital", "Other Graphic Images – Print", "Other Graphic Images – Digital",
    "Microforms", "Audio – On Tangible Medium (digital or analog)", "Audio – Media-independent (digital)",
    "Motion Pictures – Digital and Physical Media", "Video – File-based and Physical Media", "Software",
    "Software and Video Games", "Email", "Datasets", "Geospatial Data",
    "Geographic Information System (GIS) - Vector Data", "GIS Raster and Georeferenced Images",
    "GIS Vector and Raster Combined", "Non-GIS Cartographic", "2D and 3D Computer Aided Design",
    "Design (schematics, architectural drawings) - Print", "Scanned 3D Objects (output from photogrammetry scanning)",
    "Databases", "Websites", "Web Archives", "Collection", "Event", "Image", "Interactive resource", "Moving image",
    "Sound", "Still image", "Text", "Physical object", "Service", "Mixed", "Other",
})  # fmt: skip
_CONTENT_TYPES = frozenset({"ERMS", "SIARD1", "SIARD2", "SIARDDK", "GeoData", "citsarchival", "MIXED", "OTHER"})
# The identifier of a specification carries a version; specifications and versions are added every year.
_SPECIFIED_TYPE = re.compile(r"(?:cits|cs)[a-z0-9]+_v\d+(?:_\d+)*", re.ASCII)
RECORD_STATUSES = frozenset({"NEW", "SUPPLEMENT", "REPLACEMENT", "TEST", "VERSION", "DELETE", "OTHER"})
STRUCTURE_LABELS = ("Documentation", "Schemas", "Representations", "Metadata")
MEDIA_TREES = frozenset({
    "application", "audio", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video",
})  # fmt: skip

CHECKSUMS = {
    "MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512",
}  # fmt: skip


def mets(name: str) -> str:
    """Return the qualified name of a METS element."""
    return f"{{{METS}}}{name}"


def attribute(name: str) -> str:
    """Return the qualified name of an attribute written with one of the usual prefixes."""
    prefix, colon, local = name.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}" if colon else name


def profile_kind(address: str | None) -> str:
    """Return ``CSIP`` or ``SIP`` for the address of a profile of that specification, of any version, else ``""``."""
    found = _PROFILE.fullmatch((address or "").strip())
    return found[2] if found and found[1].upper() == found[2] else ""


def is_content_category(text: str) -> bool:
    """Say whether a text is of the vocabulary, however its dashes and letter case are written."""
    return _plain(text) in _CATEGORIES


def is_content_type(text: str | None) -> bool:
    """Say whether a text names a content information type of the vocabulary, in whatever version."""
    return text is not None and (text in _CONTENT_TYPES or bool(_SPECIFIED_TYPE.fullmatch(text)))


def _plain(text: str) -> str:
    return " ".join(text.replace("–", "-").replace("—", "-").split()).casefold()


_CATEGORIES = frozenset(map(_plain, CONTENT_CATEGORIES))
