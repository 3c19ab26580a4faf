"""What a storage root can do by reading its tree alone, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jingui.adapters.stores.root_files import verify_root_files
from jingui.adapters.stores.trees import Tree
from jingui.adapters.stores.verification import Expected, verify_object
from jingui.ports import CopiedVersion, Depth, StoreFinding


class HeldTree:
    """The part of ``HeldObjects`` that verifies."""

    _tree: Tree

    def verify_copy(
        self, version: CopiedVersion, *, depth: Depth, further: Mapping[str, Mapping[str, str]] | None = None
    ) -> Iterator[StoreFinding]:
        """Name what is wrong with an object; see ``HeldObjects``."""
        known = Expected(
            version.contents, version.inventory_sha512, version.older, further or {}, depth, version.number
        )
        return verify_object(self._tree, version.object_id, known)

    def verify_root(self) -> Iterator[StoreFinding]:
        """Name what is wrong with the root's own files; see ``HeldObjects``."""
        return verify_root_files(self._tree)
