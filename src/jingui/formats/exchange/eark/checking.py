"""Checks an E-ARK package by itself: folders, METS files, requirements, and every file against what METS says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.exchange.eark.document import MetsDocument
from jingui.formats.exchange.eark.files import SpokenOf, requirement
from jingui.formats.exchange.eark.judging import broken_requirements
from jingui.formats.exchange.eark.mets_shape import shape_findings
from jingui.formats.exchange.eark.names import METS_NAME
from jingui.formats.exchange.eark.requirements import MUST, SHOULD
from jingui.formats.exchange.reading import refusal_findings
from jingui.formats.handover.documents import DocumentRefusedError, parse_xml, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.formats.exchange.forms import Trust
    from jingui.formats.exchange.views import PackageView

MAX_METS_BYTES = 256 << 20


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
    spoken = SpokenOf(view)
    for document in documents:
        yield from shape_findings(document.root, document.path)
        for rule, level, detail in broken_requirements(document):
            yield requirement(document.path, rule, level, detail)
        yield from spoken.compared(document)
    if documents:
        yield from spoken.unlisted()


def _folders(view: PackageView) -> Iterator[PackageFinding]:
    folders = view.folders
    if METS_NAME not in view.tree.sizes:
        yield requirement("", "CSIPSTR4/1", MUST, METS_NAME)
    for folder, rule in (("metadata", "CSIPSTR5/1"), ("representations", "CSIPSTR9/1"), ("schemas", "CSIPSTR15/1")):
        if folder not in folders:
            yield requirement(folder, rule, SHOULD, "")
    if "documentation" not in {folder.rpartition("/")[2] for folder in folders}:
        yield requirement("documentation", "CSIPSTR16/1", SHOULD, "")
    for folder in sorted(folders):
        above, _, _ = folder.rpartition("/")
        if above == "representations":
            yield from _representation(view, folder, folders)


def _representation(view: PackageView, folder: str, folders: frozenset[str]) -> Iterator[PackageFinding]:
    for there, rule in (
        (f"{folder}/data" in folders, "CSIPSTR11/1"),
        (f"{folder}/{METS_NAME}" in view.tree.sizes, "CSIPSTR12/1"),
        (f"{folder}/metadata" in folders, "CSIPSTR13/1"),
    ):
        if not there:
            yield requirement(folder, rule, SHOULD, "")


def _mets_paths(view: PackageView) -> list[str]:
    inner = [
        path
        for path in view.paths
        if path.startswith("representations/") and path.count("/") == 2 and path.endswith(f"/{METS_NAME}")  # noqa: PLR2004
    ]
    return [path for path in (METS_NAME, *sorted(inner)) if path in view.tree.sizes]


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
