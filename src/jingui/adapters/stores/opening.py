"""Opening storage roots by what an administrator chose for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

from jingui.adapters.stores.folder_copies import FolderCopies
from jingui.adapters.stores.trees import FolderTree, Tree
from jingui.domain.errors import PermanentFailure
from jingui.domain.preservation.roots import RootKind
from jingui.ports import CopyRoot

S3_PACKAGE = "obstore"


def open_copy_tree(kind: RootKind, configuration: Mapping[str, Any], *, secret: Callable[[str], str]) -> Tree:
    """Open the files of a root, to be read. Raises what ``open_copy_root`` raises."""
    if kind is RootKind.FOLDER:
        return FolderTree(Path(str(configuration["folder"])) / "store")
    root: Any = open_copy_root(kind, configuration, secret=secret)
    return cast("Tree", root.tree)


def open_copy_root(kind: RootKind, configuration: Mapping[str, Any], *, secret: Callable[[str], str]) -> CopyRoot:
    """Open a root; nothing is asked of it yet. ``secret`` returns a secret by its name.

    Raises:
        PermanentFailure: ``s3_not_installed``, the packages for S3 are a set of their own; or what ``secret`` raises.
    """
    if kind is RootKind.FOLDER:
        return FolderCopies(Path(str(configuration["folder"])))
    if find_spec(S3_PACKAGE) is None:
        raise PermanentFailure("s3_not_installed", S3_PACKAGE)
    # Loaded when first needed: the client takes longer to load than most commands take to run.
    module = import_module("jingui.adapters.stores.s3_copies")
    return cast("CopyRoot", module.open_bucket(configuration, secret(str(configuration["secret"]))))
