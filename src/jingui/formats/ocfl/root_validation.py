"""Validation of an OCFL storage root with all its objects, one after the other (OCFL 1.1 §4)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jingui.formats.ocfl.declaration import OBJECT_PREFIX, PREFIX, ROOT_PREFIX, SPEC_VERSIONS, declaration_bytes
from jingui.formats.ocfl.findings import BadInventory, OcflFinding
from jingui.formats.ocfl.inventory import load_json
from jingui.formats.ocfl.layout import LAYOUT_FILE
from jingui.formats.ocfl.object_validation import REGISTERED_EXTENSIONS, extension_findings, validate_object
from jingui.formats.ocfl.walking import Kind, entries


def validate_root(folder: Path, *, check_digests: bool = True) -> Iterator[OcflFinding]:
    """List what is wrong with a storage root and every object in it. Memory does not grow with the objects.

    Paths of findings are below ``folder``. Links are never followed. Raises OSError if a file cannot be read.
    """
    names = entries(folder)
    declared = [name for name, _ in names if name.startswith(PREFIX)]
    yield from _declarations(folder, declared)
    if (LAYOUT_FILE, Kind.FILE) in names:
        yield from _layout(folder)
    spec_version = max((name.removeprefix(ROOT_PREFIX) for name in declared), default=SPEC_VERSIONS[-1])
    for name, kind in names:
        if kind is Kind.OTHER:
            yield OcflFinding("E090", name, "neither file nor folder")
        elif name == "extensions" and kind is Kind.FOLDER:
            yield from extension_findings(folder / name, codes=("E112", "W016"))
        elif kind is Kind.FOLDER:
            for path in _objects(folder, name):
                yield from path if isinstance(path, list) else _object(folder, path, spec_version, check_digests)


def _declarations(folder: Path, declared: list[str]) -> Iterator[OcflFinding]:
    if not declared:
        yield OcflFinding("E069", "", "no declaration")
    if len(declared) > 1:
        yield OcflFinding("E076", "", f"{len(declared)} declarations")
    for name in declared:
        if name.removeprefix(ROOT_PREFIX) not in SPEC_VERSIONS:
            yield OcflFinding("E079", name, "unknown declaration")
        elif (folder / name).read_bytes() != declaration_bytes(name):
            yield OcflFinding("E080", name, "its text is not its name")


def _layout(folder: Path) -> Iterator[OcflFinding]:
    try:
        layout = load_json((folder / LAYOUT_FILE).read_bytes())
    except BadInventory as bad:
        yield from (OcflFinding("E070", LAYOUT_FILE, finding.detail) for finding in bad.findings)
        return
    if not {"extension", "description"} <= layout.keys():
        yield OcflFinding("E070", LAYOUT_FILE, "extension or description is missing")
    elif not isinstance(layout["extension"], str) or layout["extension"] not in REGISTERED_EXTENSIONS:
        yield OcflFinding("E071", LAYOUT_FILE, str(layout["extension"]))


def _objects(root: Path, path: str) -> Iterator[str | list[OcflFinding]]:
    """List the objects below a folder, and in between what should not be there."""
    names = entries(root / path)
    if not names:
        yield [OcflFinding("E073", path, "empty folder")]
    if any(name.startswith(PREFIX) and kind is Kind.FILE for name, kind in names):
        yield path
        return
    yield [OcflFinding("E072", f"{path}/{name}", "file of no object") for name, kind in names if kind is Kind.FILE]
    yield [OcflFinding("E090", f"{path}/{name}", "neither") for name, kind in names if kind is Kind.OTHER]
    for name, kind in names:
        if kind is Kind.FOLDER and not _is_part_of_object(names):
            yield from _objects(root, f"{path}/{name}")


def _is_part_of_object(names: list[tuple[str, Kind]]) -> bool:
    """A folder with files is not a way to further objects; its own finding says enough."""
    return any(kind is Kind.FILE for _, kind in names)


def _object(root: Path, path: str, spec_version: str, check_digests: bool) -> Iterator[OcflFinding]:  # noqa: FBT001
    for name, _ in entries(root / path):
        if name.startswith(OBJECT_PREFIX) and name.removeprefix(OBJECT_PREFIX) > spec_version:
            yield OcflFinding("E081", f"{path}/{name}", f"newer than the root's {spec_version}")
    for finding in validate_object(root / path, check_digests=check_digests):
        where = f"{path}/{finding.path}".rstrip("/")
        yield OcflFinding(finding.code, where, finding.detail)
