"""Checks a package of the city profile whole and reads the case in it. Nothing is unpacked on the disk."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from jingui.formats.digests import new_hasher
from jingui.formats.handover import city_profile as profile
from jingui.formats.handover.base_information import (
    BaseInformation,
    ListedFile,
    case_document,
    closure_document,
    file_document,
    read_base_information,
    read_steps,
)
from jingui.formats.handover.cases import Document, HandedCase, HandedFile
from jingui.formats.handover.documents import DocumentRefusedError, parse_xml, read_document
from jingui.formats.handover.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jingui.domain.errors import Problem
    from jingui.formats.handover.trees import Tree

METADATA = frozenset({profile.BASE_INFORMATION, profile.PROCESS_INFORMATION, profile.MANAGEMENT_INFORMATION})
# What the sheet and the package both say must be the same.
_ON_THE_SHEET = {"electronic_record_code": "document_number", "task_code": "task_code", "region_code": "region_code"}


def read_package(tree: Tree, *, entry: Mapping[str, str], shared: Mapping[str, str] | None = None) -> HandedCase:
    """Read a package that the sheet's ``entry`` speaks of. Every file is read once for its digest.

    ``shared`` has, by SHA-256, files of a theme package around this one; what is listed and lies there is not missing.

    Raises:
        DocumentRefusedError: with everything that is wrong with the package.
    """
    if tree.problems:
        raise DocumentRefusedError(*tree.problems)
    base_path = profile.BASE_INFORMATION
    base = read_base_information(parse_xml(read_document(tree, base_path), base_path))
    faults = [*_differences(base, entry), *_count_faults(base)]
    own = tuple(file for file in base.files if not _is_shared(tree, file, shared or {}))
    places = _places(tree, own, faults)
    files = [handed for listed, path in places if (handed := _file(tree, listed, path, faults))]
    steps = _steps(tree, faults)
    if faults:
        raise DocumentRefusedError(*faults)
    return HandedCase(base.values["project_id"], case_document(base), tuple(files), steps, closure_document(base))


def _is_shared(tree: Tree, file: ListedFile, shared: Mapping[str, str]) -> bool:
    name = PurePosixPath(file.values.get("computer_file_name", "")).name
    is_here = any(PurePosixPath(path).name == name for path in tree.sizes)
    return not is_here and file.values.get("sha256", "").lower() in shared


def _differences(base: BaseInformation, entry: Mapping[str, str]) -> Iterator[Problem]:
    for element, named in _ON_THE_SHEET.items():
        told, expected = base.values.get(element, ""), entry.get(named, "")
        if told and expected and told != expected:
            yield problem("package_differs_from_sheet", element, expected=expected, found=told)


def _count_faults(base: BaseInformation) -> Iterator[Problem]:
    told = base.values.get("total_number", "")
    if told and told != str(len(base.files)):
        yield problem("package_count_wrong", profile.BASE_INFORMATION, expected=told, found=len(base.files))


def _steps(tree: Tree, faults: list[Problem]) -> tuple[Document, ...]:
    if profile.PROCESS_INFORMATION not in tree.sizes:
        return ()
    try:
        path = profile.PROCESS_INFORMATION
        return read_steps(parse_xml(read_document(tree, path), path))
    except DocumentRefusedError as error:
        faults += error.problems
        return ()


def _places(tree: Tree, listed: tuple[ListedFile, ...], faults: list[Problem]) -> list[tuple[ListedFile, str]]:
    """Find each listed file; every file that is there must be listed, once."""
    by_name: dict[str, list[str]] = {}
    for path in tree.sizes.keys() - METADATA:
        by_name.setdefault(PurePosixPath(path).name, []).append(path)
    found: list[tuple[ListedFile, str]] = []
    taken: set[str] = set()
    for file in listed:
        named = file.values.get("computer_file_name", "")
        alike = by_name.get(named, [])
        path = named if named in tree.sizes and named not in METADATA else alike[0] if len(alike) == 1 else ""
        if not path or path in taken:
            faults.append(problem("package_file_missing", named or file.key))
            continue
        taken.add(path)
        found.append((file, path))
    faults += [problem("package_file_unlisted", path) for path in sorted(tree.sizes.keys() - METADATA - taken)]
    return found


def _file(tree: Tree, listed: ListedFile, path: str, faults: list[Problem]) -> HandedFile | None:
    size = tree.sizes[path]
    stated = listed.values.get("computer_file_size", "")
    if stated and stated != str(size):
        faults.append(problem("package_file_size_wrong", path, expected=stated, found=size))
    digests = _digests(tree, path, faults)
    for algorithm, found in digests.items():
        expected = listed.values.get(algorithm, "").lower()
        if expected and expected != found:
            code = "package_file_digest_wrong"
            faults.append(problem(code, path, algorithm=algorithm, expected=expected, found=found))
    if not digests:
        return None
    return HandedFile(path, size, digests["sha256"], file_document(listed, PurePosixPath(path).name))


def _digests(tree: Tree, path: str, faults: list[Problem]) -> dict[str, str]:
    hashers = {name: new_hasher(name) for name in profile.DIGEST_ELEMENTS}
    try:
        for block in tree.blocks(path):
            for hasher in hashers.values():
                hasher.update(block)
    except (OSError, ValueError) as error:
        faults.append(problem("package_unreadable", path, detail=error))
        return {}
    return {name: hasher.hexdigest() for name, hasher in hashers.items()}
