"""Where a package to be checked lies: a folder, an OCFL object (its newest version), or a ZIP file.

All three become one thing: paths with sizes, and a way to open each as a stream. Nothing is unpacked, links are
not followed, and what could not be taken is a finding.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.ocfl.inventory import load_json
from jingui.formats.packages.zip_source import ZipLimits, is_safe_name, open_zip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_INVENTORY_BYTES = 64 * 1024 * 1024
_OCFL_DECLARATION = "0=ocfl_object_"


@dataclass(frozen=True, slots=True)
class PackageSource:
    """What is there: ``sizes`` in bytes by logical path. ``open`` raises OSError or ValueError for damaged bytes."""

    sizes: dict[str, int]
    open: Callable[[str], IO[bytes]]
    findings: tuple[PackageFinding, ...] = ()


@dataclass(slots=True)
class _Tree:
    places: dict[str, Path] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    findings: list[PackageFinding] = field(default_factory=list)

    def add(self, logical_path: str, place: Path) -> None:
        try:
            status = place.lstat()
        except OSError as error:
            self.findings.append(PackageFinding("unreadable", logical_path, type(error).__name__))
            return
        if not stat.S_ISREG(status.st_mode):
            self.findings.append(PackageFinding("link_not_allowed", logical_path))
            return
        self.places[logical_path] = place
        self.sizes[logical_path] = status.st_size

    def source(self) -> PackageSource:
        return PackageSource(self.sizes, lambda path: self.places[path].open("rb"), tuple(self.findings))


@contextmanager
def opened(path: Path, *, marker: str, limits: ZipLimits) -> Iterator[PackageSource]:
    """Open what lies at the path. If all lies in one folder that holds ``marker``, that folder is the package."""
    if path.is_dir():
        is_object = any(child.name.startswith(_OCFL_DECLARATION) for child in path.iterdir())
        yield _without_outer_folder((_ocfl_object(path) if is_object else _folder(path)).source(), marker)
    elif path.is_file():
        with open_zip(path, limits=limits) as (sizes, opener, findings):
            yield _without_outer_folder(PackageSource(sizes, opener, findings), marker)
    else:
        yield _nothing("not_a_package", str(path))


def _folder(root: Path) -> _Tree:
    tree = _Tree()

    def note(error: OSError) -> None:
        tree.findings.append(PackageFinding("unreadable", os.path.relpath(error.filename, root), type(error).__name__))

    for folder, folders, names in os.walk(root, onerror=note):
        for name in [name for name in folders if (Path(folder) / name).is_symlink()]:
            folders.remove(name)
            names.append(name)
        for name in sorted(names):
            place = Path(folder) / name
            tree.add(place.relative_to(root).as_posix(), place)
    return tree


def _ocfl_object(root: Path) -> _Tree:
    tree = _Tree()
    try:
        places = dict(_head_state(root))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        tree.findings.append(PackageFinding("inventory_unreadable", "inventory.json", type(error).__name__))
        return tree
    for logical_path, content_path in places.items():
        if is_safe_name(logical_path) and is_safe_name(content_path) and _is_inside(root, content_path):
            tree.add(logical_path, root / content_path)
        else:
            tree.findings.append(PackageFinding("path_unsafe", logical_path, content_path))
    return tree


def _head_state(root: Path) -> Iterator[tuple[str, str]]:
    """List logical path and content path of the newest version."""
    with (root / "inventory.json").open("rb") as file:
        inventory = load_json(file.read(MAX_INVENTORY_BYTES))
    manifest = {digest.lower(): paths[0] for digest, paths in inventory["manifest"].items()}
    for digest, logical_paths in inventory["versions"][inventory["head"]]["state"].items():
        for logical_path in logical_paths:
            yield str(logical_path), str(manifest[digest.lower()])


def _is_inside(root: Path, content_path: str) -> bool:
    return (root / content_path).parent.resolve().is_relative_to(root.resolve())


def _without_outer_folder(source: PackageSource, marker: str) -> PackageSource:
    first_parts = {path.partition("/")[0] for path in source.sizes}
    if marker in source.sizes or len(first_parts) != 1:
        return source
    prefix = f"{first_parts.pop()}/"
    if prefix + marker not in source.sizes:
        return source
    sizes = {path.removeprefix(prefix): size for path, size in source.sizes.items()}
    return PackageSource(sizes, lambda path: source.open(prefix + path), source.findings)


def _nothing(code: str, detail: str) -> PackageSource:
    def refuse(path: str) -> IO[bytes]:
        raise FileNotFoundError(path)

    return PackageSource({}, refuse, (PackageFinding(code, "", detail),))
