"""Reading the files of an opened package: documents whole and bounded, content once for its digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jingui.domain.packaging.packages import FindingLevel, PackageFinding
from jingui.formats.digests import ALGORITHMS, new_hasher
from jingui.formats.exchange.described import Found
from jingui.formats.exchange.views import problem_finding
from jingui.formats.handover.documents import DocumentRefusedError, read_document
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jingui.formats.exchange.views import PackageView
    from jingui.formats.handover.trees import Tree

_BLOCK = 1 << 18
MAX_DOCUMENTS = 10_000
MAX_DOCUMENTS_BYTES = 256 << 20


def documents_at(view: PackageView, places: Mapping[str, str]) -> dict[str, bytes]:
    """Return small files whole: ``places`` has the path inside the package by document.

    Raises:
        DocumentRefusedError: one is missing, damaged or too large, or all together are too many.
    """
    total = sum(view.tree.sizes.get(path, 0) for path in places.values())
    if len(places) > MAX_DOCUMENTS or total > MAX_DOCUMENTS_BYTES:
        raise DocumentRefusedError(problem("document_too_large", "", limit=MAX_DOCUMENTS_BYTES))
    return {name: read_document(view.tree, path, limit=MAX_DOCUMENTS_BYTES) for name, path in places.items()}


def measured(tree: Tree, path: str, algorithms: Iterable[str]) -> tuple[int, dict[str, str]]:
    """Read a file once; return its size in bytes and its digests. Raises OSError or ValueError where it is damaged."""
    hashers = {name: new_hasher(name) for name in algorithms if name in ALGORITHMS}
    size = 0
    with tree.open(path) as stream:
        while block := stream.read(_BLOCK):
            size += len(block)
            for hasher in hashers.values():
                hasher.update(block)
    return size, {name: hasher.hexdigest() for name, hasher in hashers.items()}


def found_at(view: PackageView, places: Mapping[str, str], *, algorithms: Iterable[str] = ("sha256",)) -> list[Found]:
    """Read the content files: ``places`` has the path inside the package by the file's path in the record.

    Raises:
        DocumentRefusedError: one is missing or damaged.
    """
    wanted, found = tuple(algorithms), []
    for name, path in places.items():
        if path not in view.tree.sizes:
            raise DocumentRefusedError(problem("package_file_missing", path))
        try:
            size, digests = measured(view.tree, path, wanted)
        except (OSError, ValueError) as error:
            raise DocumentRefusedError(problem("package_unreadable", path, detail=error)) from error
        found.append(Found(name, size, digests))
    return found


def refusal_findings(refused: DocumentRefusedError) -> Iterator[PackageFinding]:
    """Say why a package could not be read."""
    for each in refused.problems:
        yield problem_finding(each)


def warning(code: str, path: str, detail: str = "") -> PackageFinding:
    """Make a finding that is no fault."""
    return PackageFinding(code, path, detail, FindingLevel.WARNING)
