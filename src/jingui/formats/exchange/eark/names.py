"""Names and vocabularies of METS, CSIP and SIP 2.x, as facts."""

from __future__ import annotations

METS = "http://www.loc.gov/METS/"
CSIP = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
SIP = "https://DILCIS.eu/XML/METS/SIPExtensionMETS"
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

METS_NAME = "METS.xml"
CSIP_PROFILE = "https://earkcsip.dilcis.eu/profile/E-ARK-CSIP.xml"
SIP_PROFILE = "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml"

PREFIXES = {"csip": CSIP, "sip": SIP, "xlink": XLINK, "xsi": XSI}

PACKAGE_TYPES = frozenset({"SIP", "AIP", "DIP", "AIU", "AIC"})
STATUSES = frozenset({"SUPERSEDED", "CURRENT"})
CONTENT_CATEGORIES = frozenset({
    "Textual works – Print", "Textual works – Digital", "Textual works – Electronic Serials",
    "Digital Musical Composition (score-based representations)", "Photographs – Print", "Photographs – Digital",
    "Other Graphic Images – Print", "Other Graphic Images – Digital", "Microforms",
    "Audio – On Tangible Medium (digital or analog)", "Audio – Media-independent (digital)",
    "Motion Pictures – Digital and Physical Media", "Video – File-based and Physical Media", "Software", "Datasets",
    "Geospatial Data", "Databases", "Websites", "Collection", "Event", "Interactive resource", "Physical object",
    "Service", "Mixed", "Other",
})  # fmt: skip
# An identifier of the vocabulary carries a version that grows; the name before it does not.
CONTENT_TYPES = frozenset({
    "ERMS", "SIARD1", "SIARD2", "SIARDDK", "GeoData", "citsarchival", "citscarchival_v1_0", "citserms_v2_1",
    "citspremis_v1_0", "citsehpj_v1_0", "citsehcr_v1_0", "citssiard_v1_0", "citsgeospatial_v3_0", "MIXED", "OTHER",
})  # fmt: skip
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
