"""What a file name claims, and whether content and claim agree."""

from __future__ import annotations

from jingui.domain.records.formats import EXTENSIONS

# Extensions of variants that are identified as their family: templates, shows, documents with macros, forerunners.
VARIANTS: dict[str, tuple[str, ...]] = {
    "docx": ("docm", "dotx", "dotm"),
    "xlsx": ("xlsm", "xltx", "xltm", "xlam"),
    "pptx": ("pptm", "ppsx", "ppsm", "potx", "potm"),
    "odt": ("ott",),
    "ods": ("ots",),
    "odp": ("otp",),
    "mp4": ("m4a",),
    "tiff": ("gtiff",),
    "wav": ("wave",),
    "xml": ("xsd", "xsl", "gml"),
}

# Extensions that claim nothing, since other programs use them too, and that these formats may bear.
SHARED: dict[str, frozenset[str]] = {
    "doc": frozenset(("dot",)),
    "xls": frozenset(("xlt", "xla", "xlr")),
    "ppt": frozenset(("pps", "pot")),
    "pptx": frozenset(("thmx",)),
    "odt": frozenset(("sxw", "stw")),
    "ods": frozenset(("sxc", "stc")),
    "odp": frozenset(("sxi", "sti")),
    "jp2": frozenset(("jpf",)),
    "html": frozenset(("xhtml", "xht", "shtml")),
    "eml": frozenset(("mht", "mhtml")),
    "cms": frozenset(("p7b", "p7c", "pem")),
    "tiff": frozenset(("arw", "cr2", "dng", "nef", "pef", "srw", "3fr", "dcr", "kdc", "erf", "mos", "mef")),
}

# Formats that PRONOM alone knows under extensions known here, as its registry lists them.
TOLD_BY_PRONOM: dict[str, frozenset[str]] = {
    "doc": frozenset(
        (
            "fmt/37", "fmt/38", "fmt/473", "fmt/609", "fmt/754", "fmt/892", "fmt/1282", "fmt/1283", "fmt/1688",
            "x-fmt/42", "x-fmt/43", "x-fmt/44", "x-fmt/131", "x-fmt/274", "x-fmt/275", "x-fmt/276", "x-fmt/329",
            "x-fmt/393", "x-fmt/394",
        )
    ),
    "xls": frozenset(("fmt/55", "fmt/56", "fmt/57")),
    "ppt": frozenset(
        ("x-fmt/88", "fmt/125", "fmt/179", "fmt/181", "fmt/1537", "fmt/1747", "fmt/1748", "fmt/1866", "fmt/1867")
    ),
    "wps": frozenset(("fmt/163", "fmt/233", "fmt/258")),
    "wpt": frozenset(("fmt/1293",)),
    "mp4": frozenset(("fmt/596",)),
    "j2k": frozenset(("fmt/1794",)),
    "p7m": frozenset(("fmt/670",)),
    "p7s": frozenset(("fmt/670",)),
}  # fmt: skip

# A narrower format is also what a broader name claims: JSON in a .txt is still text, and XHTML is XML.
ALSO: dict[str, tuple[str, ...]] = {
    "svg": ("xml", "text"),
    "xml": ("text",),
    "json": ("text",),
    "html": ("text", "xml"),
    "eml": ("text",),
}


# What many other formats are made of: content of these kinds contradicts no name that is unknown here.
GENERIC = frozenset(("", "text", "xml", "json", "zip", "ole2"))


def _table() -> dict[str, frozenset[str]]:
    """Turn format → extensions into extension → formats."""
    found: dict[str, set[str]] = {}
    for source in (EXTENSIONS, VARIANTS):
        for format_name, extensions in source.items():
            for extension in extensions:
                found.setdefault(extension, set()).add(format_name)
    return {extension: frozenset(names) for extension, names in found.items()}


FORMATS_OF_EXTENSION = _table()


def claims(name: str) -> frozenset[str]:
    """Name the formats that the extension of ``name`` stands for; empty if it stands for none known here."""
    return FORMATS_OF_EXTENSION.get(_extension(name), frozenset())


def claims_plainly(name: str, format_name: str) -> bool:
    """Say whether the extension is a usual one of the format itself, not of a variant."""
    return name.rpartition(".")[2].strip().lower() in EXTENSIONS.get(format_name, ())


def extension_fits(name: str, format_name: str) -> bool:
    """Say whether a file of this format may bear this name.

    A name without a known extension fits unknown content and what other formats are commonly made of.
    """
    claimed, extension = claims(name), _extension(name)
    if extension in SHARED.get(format_name, ()) or format_name in TOLD_BY_PRONOM.get(extension, ()):
        return True
    if not claimed:
        return format_name in GENERIC or format_name not in EXTENSIONS
    return format_name in claimed or not claimed.isdisjoint(ALSO.get(format_name, ()))


def _extension(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    return extension.strip().lower() if dot and stem else ""
