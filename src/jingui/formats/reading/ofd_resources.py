"""Resources of an OFD package: fonts that are in it or not, media files that are there (GB/T 33190-2016, 7.9)."""

from __future__ import annotations

import posixpath

from jingui.formats.reading.ofd_package import OfdDocument, OfdPackage
from jingui.formats.reading.source import Outcome
from jingui.formats.reading.xml_safety import XmlRefusedError

TOLD = 8
MAX_RESOURCES = 50


def check_resources(package: OfdPackage, document: OfdDocument, outcome: Outcome) -> None:
    """Note fonts without a file, and tell files of fonts and media that are named and not there."""
    missing: dict[str, None] = {}
    for path in document.resource_paths[:MAX_RESOURCES]:
        try:
            root = package.part(path)
        except (XmlRefusedError, KeyError) as error:
            outcome.defect("needs_repair", f"{path}: {error}")
            continue
        base = root.get("BaseLoc", "")
        for font in root.iter("{*}Font"):
            if not _has_file(package, path, base, font.findtext("{*}FontFile"), outcome):
                missing[(font.get("FontName") or font.get("FamilyName") or "?")[:60]] = None
        for media in root.iter("{*}MultiMedia"):
            _has_file(package, path, base, media.findtext("{*}MediaFile"), outcome)
            if media.get("Type") in ("Audio", "Video"):
                outcome.note("multimedia")
    if missing:
        outcome.note("fonts_not_embedded", ", ".join(list(missing)[:TOLD]))


def _has_file(package: OfdPackage, path: str, base: str, location: str | None, outcome: Outcome) -> bool:
    """Say whether the resource names a file; one that is named and not there is a defect."""
    told = (location or "").strip()
    if not told:
        return False
    if not package.resolve(path, posixpath.join(base, told.lstrip("/")) if base else told) and not package.resolve(
        path, told
    ):
        outcome.defect("needs_repair", f"a resource leads to {told[:80]}, which is not there")
    return True
