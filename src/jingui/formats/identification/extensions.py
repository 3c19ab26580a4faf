"""What a file name claims, and whether content and claim agree."""

from __future__ import annotations

from jingui.domain.records.formats import EXTENSIONS

# Extensions of variants that are identified as their family.
VARIANTS: dict[str, tuple[str, ...]] = {
    "docx": ("docm", "dotx"),
    "xlsx": ("xlsm", "xltx"),
    "pptx": ("pptm", "ppsx"),
    "mp4": ("m4a",),
    "tiff": ("gtiff",),
    "wav": ("wave",),
    "xml": ("xsd", "xsl", "gml"),
}

# A narrower format is also what a broader name claims: JSON in a .txt is still text.
ALSO: dict[str, tuple[str, ...]] = {
    "svg": ("xml", "text"),
    "xml": ("text",),
    "json": ("text",),
    "html": ("text",),
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
    stem, dot, extension = name.rpartition(".")
    return FORMATS_OF_EXTENSION.get(extension.strip().lower(), frozenset()) if dot and stem else frozenset()


def claims_plainly(name: str, format_name: str) -> bool:
    """Say whether the extension is a usual one of the format itself, not of a variant."""
    return name.rpartition(".")[2].strip().lower() in EXTENSIONS.get(format_name, ())


def extension_fits(name: str, format_name: str) -> bool:
    """Say whether a file of this format may bear this name.

    A name without a known extension fits unknown content and what other formats are commonly made of.
    """
    claimed = claims(name)
    if not claimed:
        return format_name in GENERIC or format_name not in EXTENSIONS
    return format_name in claimed or not claimed.isdisjoint(ALSO.get(format_name, ()))
