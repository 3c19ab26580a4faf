"""The result of an identification, with MIME types and PRONOM identifiers as one table.

PRONOM identifiers (PUIDs) are facts of The National Archives' registry. OFD, UOF and CMS have none there (as of signature
file V125), so their field stays empty rather than borrowing the one of ZIP or XML; what WPS writes as ``.wps`` is Word 97
with a stream of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

OWN_RULES = "jingui 2"


@dataclass(frozen=True, slots=True)
class Identification:
    """A format name of ``domain.records.formats`` (``""``: unknown), its version, MIME type and PUID.

    The version of a text is its character encoding. ``basis`` says by what it was told, ``warnings`` what speaks against
    it or beside it. A format known to PRONOM alone bears its PUID as its name.
    """

    format_name: str = ""
    version: str = ""
    mime: str = "application/octet-stream"
    pronom_id: str = ""
    basis: str = OWN_RULES
    warnings: tuple[str, ...] = ()


UNKNOWN = Identification()

MIMES: dict[str, str] = {
    "pdf": "application/pdf",
    "pdfa": "application/pdf",
    "ofd": "application/ofd",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "jp2": "image/jp2",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "json": "application/json",
    "text": "text/plain",
    "html": "text/html",
    "rtf": "application/rtf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "ole2": "application/x-ole-storage",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "wav": "audio/vnd.wave",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "eml": "message/rfc822",
    "uof": "application/x-uof",
    "cms": "application/pkcs7-signature",
}

# (format, version) → PUID; the empty version is the fallback of its format.
PRONOM_IDS: dict[tuple[str, str], str] = {
    ("pdf", "1.0"): "fmt/14",
    ("pdf", "1.1"): "fmt/15",
    ("pdf", "1.2"): "fmt/16",
    ("pdf", "1.3"): "fmt/17",
    ("pdf", "1.4"): "fmt/18",
    ("pdf", "1.5"): "fmt/19",
    ("pdf", "1.6"): "fmt/20",
    ("pdf", "1.7"): "fmt/276",
    ("pdf", "2.0"): "fmt/1129",
    ("pdfa", "1a"): "fmt/95",
    ("pdfa", "1b"): "fmt/354",
    ("pdfa", "2a"): "fmt/476",
    ("pdfa", "2b"): "fmt/477",
    ("pdfa", "2u"): "fmt/478",
    ("pdfa", "3a"): "fmt/479",
    ("pdfa", "3b"): "fmt/480",
    ("pdfa", "3u"): "fmt/481",
    ("pdfa", "4"): "fmt/1910",
    ("pdfa", "4e"): "fmt/1911",
    ("pdfa", "4f"): "fmt/1912",
    ("jpeg", ""): "fmt/41",
    ("jpeg", "1.00"): "fmt/42",
    ("jpeg", "1.01"): "fmt/43",
    ("jpeg", "1.02"): "fmt/44",
    ("jpeg", "exif 2.0"): "x-fmt/398",
    ("jpeg", "exif 2.1"): "x-fmt/390",
    ("jpeg", "exif 2.2"): "x-fmt/391",
    ("jpeg", "exif 2.21"): "fmt/645",
    ("jpeg", "exif 2.3"): "fmt/1507",
    ("png", "1.0"): "fmt/11",
    ("png", "1.1"): "fmt/12",
    ("png", "1.2"): "fmt/13",
    ("tiff", ""): "fmt/353",
    ("gif", "87a"): "fmt/3",
    ("gif", "89a"): "fmt/4",
    ("bmp", "3"): "fmt/116",
    ("jp2", ""): "x-fmt/392",
    ("svg", "1.0"): "fmt/91",
    ("svg", "1.1"): "fmt/92",
    ("xml", ""): "fmt/101",
    ("json", ""): "fmt/817",
    ("text", ""): "x-fmt/111",
    ("html", ""): "fmt/96",
    ("html", "bookmarks"): "fmt/1132",
    ("docx", ""): "fmt/412",
    ("xlsx", ""): "fmt/214",
    ("pptx", ""): "fmt/215",
    ("docx", "macro"): "fmt/523",
    ("xlsx", "macro"): "fmt/445",
    ("pptx", "macro"): "fmt/487",
    ("odt", "1.0"): "fmt/136",
    ("odt", "1.1"): "fmt/290",
    ("odt", "1.2"): "fmt/291",
    ("ods", "1.0"): "fmt/137",
    ("ods", "1.1"): "fmt/294",
    ("ods", "1.2"): "fmt/295",
    ("odp", "1.0"): "fmt/138",
    ("odp", "1.1"): "fmt/292",
    ("odp", "1.2"): "fmt/293",
    ("doc", "97"): "fmt/40",
    ("doc", "wps"): "fmt/40",
    ("doc", "6"): "fmt/39",
    ("xls", "8"): "fmt/61",
    ("xls", "5"): "fmt/59",
    ("ppt", "97"): "fmt/126",
    ("ole2", ""): "fmt/111",
    ("ole2", "encrypted-ooxml"): "fmt/494",
    ("ole2", "msg"): "x-fmt/430",
    ("zip", ""): "x-fmt/263",
    ("rar", "4"): "x-fmt/264",
    ("rar", "5"): "fmt/613",
    ("7z", ""): "fmt/484",
    ("wav", ""): "fmt/6",
    ("mp3", ""): "fmt/134",
    ("mp4", ""): "fmt/199",
    ("eml", ""): "fmt/278",
}

SPECIAL_MIMES: dict[tuple[str, str], str] = {
    ("ole2", "encrypted-ooxml"): "application/encrypted",
    ("ole2", "msg"): "application/vnd.ms-outlook",
    ("docx", "macro"): "application/vnd.ms-word.document.macroEnabled.12",
    ("xlsx", "macro"): "application/vnd.ms-excel.sheet.macroEnabled.12",
    ("pptx", "macro"): "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
}


def named(format_name: str, version: str = "") -> Identification:
    """Complete a format and version with its MIME type and PUID."""
    key = (format_name, version)
    mime = SPECIAL_MIMES.get(key) or MIMES[format_name]
    return Identification(format_name, version, mime, PRONOM_IDS.get(key) or PRONOM_IDS.get((format_name, ""), ""))
