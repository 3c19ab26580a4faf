"""How a package of unknown origin is looked at: files, folders, the name of its root; nothing is unpacked."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jingui.domain.packaging.packages import PackageFinding
from jingui.formats.handover.trees import DEFAULT_LIMITS, Tree, opened_tree, opened_zip_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jingui.domain.errors import Problem
    from jingui.formats.packages.zip_source import ZipLimits

MARKERS = (
    "bagit.txt", "METS.xml", "归档文件目录.xml", "目录文件.XML", "主题信息元数据.xml", "基本信息元数据.xml",
)  # fmt: skip
_ROOT_FOLDERS = frozenset({"metadata", "representations", "schemas", "data"})


@dataclass(frozen=True, slots=True)
class PackageView:
    """One package: ``name`` is that of its root folder, ``is_archive`` says that it came in a ZIP file."""

    tree: Tree
    name: str = ""
    is_archive: bool = False
    empty_folders: frozenset[str] = field(default_factory=frozenset)
    opened: ExitStack = field(default_factory=ExitStack)
    """What was opened inside the package and is closed with it."""

    @property
    def paths(self) -> frozenset[str]:
        """Every file."""
        return frozenset(self.tree.sizes)

    @property
    def folders(self) -> frozenset[str]:
        """Every folder, empty ones among them."""
        above = {path[:place] for path in self.tree.sizes for place, letter in enumerate(path) if letter == "/"}
        return self.empty_folders | above

    def inner(self, folder: str) -> PackageView:
        """Look at one folder as a package of its own."""
        prefix = f"{folder}/"
        sizes = {path.removeprefix(prefix): size for path, size in self.tree.sizes.items() if path.startswith(prefix)}
        empty = frozenset(path.removeprefix(prefix) for path in self.empty_folders if path.startswith(prefix))
        tree = Tree(sizes, lambda path: self.tree.open(prefix + path))
        return PackageView(tree, folder.rpartition("/")[2], self.is_archive, empty, self.opened)

    def single(self, path: str) -> PackageView:
        """Look at one file as a package of its own."""
        tree = Tree({path: self.tree.sizes[path]}, self.tree.open)
        return PackageView(tree, path, self.is_archive, frozenset(), self.opened)

    def spooled(self, path: str) -> PackageView:
        """Look at one file by way of a temporary file, for a reader that goes back and forth in it.

        Raises:
            OSError, ValueError: it is damaged.
        """
        spool = self.opened.enter_context(tempfile.NamedTemporaryFile())  # noqa: SIM115 - closed with the package
        for block in self.tree.blocks(path):
            spool.write(block)
        spool.flush()
        tree = Tree({path: self.tree.sizes[path]}, lambda _: _opened(Path(spool.name)))
        return PackageView(tree, path, self.is_archive, frozenset(), self.opened)

    @property
    def without_problems(self) -> Tree:
        """The files alone, where what was found on opening has been said already."""
        return Tree(self.tree.sizes, self.tree.open)

    def with_tree(self, tree: Tree) -> PackageView:
        """Look at other files in the same place."""
        return replace(self, tree=tree)

    def inner_zip(self, path: str) -> PackageView:
        """Look at a ZIP file inside as a package of its own, by way of a temporary file.

        Raises:
            OSError, ValueError: it is damaged.
        """
        spool = self.opened.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - closed with the package
        for block in self.tree.blocks(path):
            spool.write(block)
        tree = self.opened.enter_context(opened_zip_tree(spool))
        return PackageView(tree, path.rpartition("/")[2], is_archive=True, opened=self.opened)


@contextmanager
def opened_view(path: Path, *, limits: ZipLimits = DEFAULT_LIMITS) -> Iterator[PackageView]:
    """Open a folder, an OCFL object or a ZIP file; one outer folder is looked through.

    Raises:
        OSError: the path itself cannot be listed.
    """
    with opened_tree(path, marker="", limits=limits) as tree, ExitStack() as inside:
        empty = _empty_folders(path, limits)
        view = PackageView(tree, path.name, is_archive=path.is_file(), empty_folders=empty, opened=inside)
        yield _without_outer_folder(view)


def single_file_view(path: Path) -> PackageView:
    """Look at a single file as a package."""
    return PackageView(Tree({path.name: path.stat().st_size}, lambda _: _opened(path)), path.name)


def _opened(path: Path) -> IO[bytes]:
    return path.open("rb")


def problem_finding(problem: Problem) -> PackageFinding:
    """Say a problem of a hand-over as a finding."""
    told = "; ".join(str(value) for value in problem.params.values())
    return PackageFinding(problem.code, problem.location, told, params=tuple(problem.params.items()))


def _without_outer_folder(view: PackageView) -> PackageView:
    tops = {path.partition("/")[0] for path in view.paths | view.empty_folders}
    has_marker = any(marker in view.tree.sizes for marker in MARKERS)
    if has_marker or len(tops) != 1 or tops & (_ROOT_FOLDERS | view.paths):
        return view
    inner = view.inner(tops.pop())
    tree = Tree(inner.tree.sizes, inner.tree.open, view.tree.problems)
    return PackageView(tree, inner.name, view.is_archive, inner.empty_folders, view.opened)


def _empty_folders(path: Path, limits: ZipLimits) -> frozenset[str]:
    """List folders of a folder that hold nothing; a ZIP file need not name them."""
    if not path.is_dir():
        return frozenset()
    found: set[str] = set()
    for count, (folder, folders, files) in enumerate(os.walk(path)):
        if count > limits.entries:
            break
        if not folders and not files and folder != str(path):
            found.add(Path(folder).relative_to(path).as_posix())
    return frozenset(found)
