"""Checks an E-ARK package by itself: folders, METS files, requirements, and every file against what METS says of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.formats.exchange.eark.document import MetsDocument
from jingui.formats.exchange.eark.judging import broken_requirements
from jingui.formats.exchange.eark.mets_shape import shape_findings
from jingui.formats.exchange.eark.names import CHECKSUMS, METS_NAME, mets
from jingui.formats.exchange.eark.requirements import MUST, SHOULD
from jingui.formats.exchange.reading import refusal_findings
from jingui.formats.handover.documents import DocumentRefusedError, parse_xml, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from jingui.formats.exchange.forms import Trust
    from jingui.formats.exchange.views import PackageView

MAX_METS_BYTES = 256 << 20
_BLOCK = 1 << 18
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


def check(view: PackageView, trust: Trust) -> Iterator[PackageFinding]:
    """Check the whole package; every file that METS speaks of is read once."""
    del trust
    yield from _folders(view)
    documents = []
    for path in _mets_paths(view):
        try:
            documents.append(_document(view, path))
        except DocumentRefusedError as refused:
            yield from refusal_findings(refused)
    spoken: set[str] = {METS_NAME}
    for document in documents:
        spoken.add(document.path)
        yield from shape_findings(document.root, document.path)
        for rule, level, detail in broken_requirements(document):
            yield _requirement(document.path, rule, level, detail)
        yield from _metadata_files(view, document)
        yield from _files(view, document, spoken)
    if documents:
        yield from _unspoken(view, spoken)


def _requirement(path: str, rule: str, level: FindingLevel, detail: str) -> PackageFinding:
    return PackageFinding("eark_requirement", path, detail, level, rule)


def _folders(view: PackageView) -> Iterator[PackageFinding]:
    folders = view.folders
    if METS_NAME not in view.paths:
        yield _requirement("", "CSIPSTR4/1", MUST, METS_NAME)
    for folder, rule in (("metadata", "CSIPSTR5/1"), ("representations", "CSIPSTR9/1"), ("schemas", "CSIPSTR15/1")):
        if folder not in folders:
            yield _requirement(folder, rule, SHOULD, "")
    if "documentation" not in {folder.rpartition("/")[2] for folder in folders}:
        yield _requirement("documentation", "CSIPSTR16/1", SHOULD, "")
    for folder in sorted(folders):
        above, _, _ = folder.rpartition("/")
        if above == "representations":
            yield from _representation(view, folder, folders)


def _representation(view: PackageView, folder: str, folders: frozenset[str]) -> Iterator[PackageFinding]:
    for there, rule in (
        (f"{folder}/data" in folders, "CSIPSTR11/1"),
        (f"{folder}/{METS_NAME}" in view.paths, "CSIPSTR12/1"),
        (f"{folder}/metadata" in folders, "CSIPSTR13/1"),
    ):
        if not there:
            yield _requirement(folder, rule, SHOULD, "")


def _mets_paths(view: PackageView) -> list[str]:
    inner = [
        path
        for path in view.paths
        if path.startswith("representations/") and path.count("/") == 2 and path.endswith(f"/{METS_NAME}")  # noqa: PLR2004
    ]
    return [path for path in (METS_NAME, *sorted(inner)) if path in view.paths]


def _document(view: PackageView, path: str) -> MetsDocument:
    root = parse_xml(read_document(view.tree, path, limit=MAX_METS_BYTES), path)
    folder = path.removesuffix(METS_NAME)
    name = folder.rstrip("/").rpartition("/")[2] if folder else _name(view)
    return MetsDocument(root, path, folder, name)


def _name(view: PackageView) -> str:
    """Return the name of the package's folder; a ZIP file without a folder has only its own."""
    return view.name.removesuffix(".zip") if view.is_archive else view.name


def read_mets(view: PackageView) -> MetsDocument:
    """Return the package's own METS file. Raises DocumentRefusedError."""
    return _document(view, METS_NAME)


def _metadata_files(view: PackageView, document: MetsDocument) -> Iterator[PackageFinding]:
    """Sections without files, and files without sections."""
    for folder, section, rules in (
        ("metadata/descriptive", "dmdSec", ("CSIP17/2", "CSIP17/3")),
        ("metadata/preservation", "digiprovMD", ("CSIP32/2", "CSIP32/3")),
    ):
        prefix = f"{document.folder}{folder}/"
        files = {path for path in view.paths if path.startswith(prefix)}
        files = {path for path in files if path.rpartition("/")[2] not in _PLACEHOLDERS}
        sections = document.kinds[section]
        if sections and not files:
            yield _requirement(document.path, rules[0], SHOULD, folder)
        kinds = ("dmdSec/mdRef", "digiprovMD/mdRef", "rightsMD/mdRef", "techMD/mdRef", "sourceMD/mdRef")
        named = {document.place(element) for kind in kinds for element in document.kinds[kind]}
        if files - named:
            yield _requirement(document.path, rules[1], MUST, ", ".join(sorted(files - named)[:5]))


def _files(view: PackageView, document: MetsDocument, spoken: set[str]) -> Iterator[PackageFinding]:
    for kind, rules in _SPOKEN.items():
        for element in document.kinds[kind]:
            locations = element.iterchildren(mets("FLocat")) if kind == "file" else [element]
            for location in locations:
                path = document.place(location)
                if path is None:
                    continue
                spoken.add(path)
                yield from _spoken(view, element, path, rules)
    for element in document.kinds["mptr"]:
        path = document.place(element)
        if path is not None and path not in view.paths:
            yield _requirement(path, "CSIP110/2", MUST, "")


def _spoken(
    view: PackageView, element: etree._Element, path: str, rules: tuple[str, str, str]
) -> Iterator[PackageFinding]:
    """Compare a file with its size and digest as they are told."""
    at, of_size, of_digest = rules
    actual = path if path in view.paths else _in_other_case(view, path)
    if actual is None:
        yield _requirement(path, at, MUST, "not there")
        return
    if actual != path:
        yield _requirement(path, at, SHOULD, f"there as {actual!r}")
    algorithm = CHECKSUMS.get(element.get("CHECKSUMTYPE", ""))
    size, digest = element.get("SIZE"), element.get("CHECKSUM")
    try:
        found_size, found = _measured(view, actual, algorithm)
    except (OSError, ValueError) as error:
        yield PackageFinding("unreadable", path, str(error))
        return
    if size is not None and size.strip() != str(found_size):
        yield _requirement(path, of_size, MUST, f"{size} said, {found_size} found")
    if digest is not None and algorithm and digest.strip().lower() != found:
        yield _requirement(path, of_digest, MUST, f"{digest} said, {found} found")
    if digest is not None and not algorithm:
        yield PackageFinding("digest_not_checked", path, element.get("CHECKSUMTYPE", ""), FindingLevel.WARNING)


def _in_other_case(view: PackageView, path: str) -> str | None:
    return next((other for other in view.paths if other.casefold() == path.casefold()), None)


def _measured(view: PackageView, path: str, algorithm: str | None) -> tuple[int, str]:
    hasher = hashlib.new(algorithm, usedforsecurity=False) if algorithm else None
    size = 0
    with view.tree.open(path) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            if hasher:
                hasher.update(block)
    return size, hasher.hexdigest() if hasher else ""


def _unspoken(view: PackageView, spoken: set[str]) -> Iterator[PackageFinding]:
    """Name files that no METS file speaks of: they are in the package and nothing vouches for them."""
    folded = {path.casefold() for path in spoken}
    for path in sorted(view.paths):
        if path.casefold() not in folded and path.rpartition("/")[2] not in _PLACEHOLDERS:
            yield PackageFinding("eark_file_unlisted", path, "", FindingLevel.WARNING)
