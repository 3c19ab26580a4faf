"""Files that METS speaks of against the files that are there: place, size, digest, and what nobody speaks of."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.formats.exchange.eark.names import CHECKSUMS, METS_NAME, mets
from jingui.formats.exchange.eark.places import Places, Reference
from jingui.formats.exchange.eark.requirements import MUST, SHOULD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from jingui.formats.exchange.eark.document import MetsDocument
    from jingui.formats.exchange.views import PackageView

_PLACEHOLDERS = frozenset({".gitkeep", ".gitignore", ".keep"})
# Who speaks of a file: the requirements on its place, its size and its digest.
_SPOKEN = {
    "dmdSec/mdRef": ("CSIP24/2", "CSIP27/2", "CSIP29/2"),
    "digiprovMD/mdRef": ("CSIP38/2", "CSIP41/2", "CSIP43/2"),
    "rightsMD/mdRef": ("CSIP51/2", "CSIP54/2", "CSIP56/2"),
    "techMD/mdRef": ("CSIP/techMD", "CSIP/techMD", "CSIP/techMD"),
    "sourceMD/mdRef": ("CSIP/sourceMD", "CSIP/sourceMD", "CSIP/sourceMD"),
    "file": ("CSIP79/2", "CSIP69/2", "CSIP71/2"),
}
_METADATA = (
    ("metadata/descriptive", "dmdSec", "CSIP17/2", "CSIP17/3"),
    ("metadata/preservation", "digiprovMD", "CSIP32/2", "CSIP32/3"),
)
"""A folder, the sections on its files, and the rules on sections without files and on files without sections."""


def requirement(path: str, rule: str, level: FindingLevel, detail: str) -> PackageFinding:
    """Say that a rule of a requirement is broken."""
    return PackageFinding("eark_requirement", path, detail, level, rule)


class SpokenOf:
    """What the METS files of one package say of its files; each file is read once for each digest that is told of it."""

    def __init__(self, view: PackageView) -> None:
        """Take the files."""
        self._tree, self._folders = view.tree, view.folders
        self._places = Places(view.tree.sizes)
        self._spoken = {METS_NAME}
        self._measured: dict[tuple[str, str | None], tuple[int, str]] = {}

    def compared(self, document: MetsDocument) -> Iterator[PackageFinding]:
        """Compare what one METS file says of files and folders with what is there."""
        self._spoken.add(document.path)
        yield from self._metadata(document)
        yield from self._uses(document)
        for kind, rules in _SPOKEN.items():
            for element in document.kinds[kind]:
                yield from self._file(document, element, kind, rules)
        for element in document.kinds["mptr"]:
            found = self._places.referred(element, document.folder)
            if found and found.actual is None:
                yield _nowhere(found, "CSIP110/2")

    def unlisted(self) -> Iterator[PackageFinding]:
        """Name files that no METS file speaks of: they are in the package and nothing vouches for them."""
        for path in sorted(self._tree.sizes):
            if path not in self._spoken and path.rpartition("/")[2] not in _PLACEHOLDERS:
                yield PackageFinding("eark_file_unlisted", path, "", FindingLevel.WARNING)

    def _metadata(self, document: MetsDocument) -> Iterator[PackageFinding]:
        """Sections without files, and files without sections."""
        references = (self._places.referred(each, document.folder) for each in document.kinds["mdRef"])
        named = {found.actual for found in references if found}
        for folder, section, without_files, without_sections in _METADATA:
            files = self._below(f"{document.folder}{folder}/")
            if document.kinds[section] and not files:
                yield requirement(document.path, without_files, SHOULD, folder)
            if files - named:
                yield requirement(document.path, without_sections, MUST, ", ".join(sorted(files - named)[:5]))
        yield from self._administrative(document)

    def _administrative(self, document: MetsDocument) -> Iterator[PackageFinding]:
        files = self._below(f"{document.folder}metadata/preservation/")
        sections = document.kinds["amdSec"]
        if sections and not files:
            yield requirement(document.path, "CSIP31/2", SHOULD, "metadata/preservation")
        if files and not sections:
            yield requirement(document.path, "CSIP31/3", MUST, ", ".join(sorted(files)[:5]))

    def _below(self, prefix: str) -> set[str]:
        inside = (path for path in self._tree.sizes if path.startswith(prefix))
        return {path for path in inside if path.rpartition("/")[2] not in _PLACEHOLDERS}

    def _uses(self, document: MetsDocument) -> Iterator[PackageFinding]:
        """The use of a group of a package is the name of a folder, in whatever letter case (CSIP64)."""
        if not document.is_package:
            return
        folders = {folder.casefold() for folder in self._folders}
        for use in sorted({group.get("USE", "") for group in document.kinds["fileGrp"]} - {""}):
            if use.casefold().rstrip("/") not in folders:
                yield requirement(document.path, "CSIP64/3", SHOULD, use)

    def _file(
        self, document: MetsDocument, element: etree._Element, kind: str, rules: tuple[str, str, str]
    ) -> Iterator[PackageFinding]:
        locations = element.iterchildren(mets("FLocat")) if kind == "file" else [element]
        for location in locations:
            found = self._places.referred(location, document.folder)
            if found is None:
                continue
            if found.actual is None:
                yield _nowhere(found, rules[0])
                continue
            self._spoken.add(found.actual)
            if found.actual != found.told:
                yield requirement(found.told, rules[0], SHOULD, f"there as {found.actual!r}")
            yield from self._content(element, found.told, found.actual, rules)

    def _content(
        self, element: etree._Element, told: str, actual: str, rules: tuple[str, str, str]
    ) -> Iterator[PackageFinding]:
        """Compare a file with its size and digest as they are told."""
        algorithm = CHECKSUMS.get(element.get("CHECKSUMTYPE", ""))
        size, digest = element.get("SIZE"), element.get("CHECKSUM")
        try:
            found_size, found = self._measure(actual, algorithm)
        except (OSError, ValueError) as error:
            yield PackageFinding("unreadable", told, str(error))
            return
        if size is not None and size.strip().lstrip("0") != str(found_size).lstrip("0"):
            yield requirement(told, rules[1], MUST, f"{size} said, {found_size} found")
        if digest is not None and algorithm and digest.strip().lower() != found:
            yield requirement(told, rules[2], MUST, f"{digest} said, {found} found")
        if digest is not None and not algorithm:
            yield PackageFinding("digest_not_checked", told, element.get("CHECKSUMTYPE", ""), FindingLevel.WARNING)

    def _measure(self, path: str, algorithm: str | None) -> tuple[int, str]:
        """Read a file, once however many times it is spoken of."""
        if (path, algorithm) not in self._measured:
            hasher = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
            size = 0
            for block in self._tree.blocks(path):
                size += len(block)
                if hasher:
                    hasher.update(block)
            self._measured[path, algorithm] = size, hasher.hexdigest() if hasher else ""
        return self._measured[path, algorithm]


def _nowhere(found: Reference, rule: str) -> PackageFinding:
    """Say that a file is not in the package; one that is told to be elsewhere cannot be vouched for, and may be right.

    An address is demanded of metadata, and that it is not empty is advised; a file without a place is none.
    """
    if found.is_elsewhere:
        return requirement(found.told, rule, SHOULD, "not in the package, not looked at")
    if not found.told:
        return requirement("", rule, MUST if rule == _SPOKEN["file"][0] else SHOULD, "empty")
    return requirement(found.told, rule, MUST, "leads out of the package" if found.is_outside else "not there")
