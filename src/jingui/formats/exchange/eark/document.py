"""One METS file of a package, opened up: elements by kind, groups and divisions by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jingui.formats.exchange.eark.names import METS

if TYPE_CHECKING:
    from lxml import etree


@dataclass(frozen=True)
class MetsDocument:
    """``path``: where the file lies; ``folder``: what its references start from, ``""`` for the package itself.

    ``name`` is that of the folder it describes.
    """

    root: etree._Element
    path: str
    folder: str
    name: str

    @property
    def is_package(self) -> bool:
        """Whether it describes the package and not one of its representations."""
        return not self.folder

    @cached_property
    def kinds(self) -> dict[str, list[etree._Element]]:
        """Elements by name, and references to metadata by name and parent."""
        found: dict[str, list[etree._Element]] = defaultdict(list)
        for element in self.root.iter(f"{{{METS}}}*"):
            name = str(element.tag).removeprefix(f"{{{METS}}}")
            found[name].append(element)
            if name == "mdRef":
                parent = element.getparent()
                holder = str(parent.tag).removeprefix(f"{{{METS}}}") if parent is not None else ""
                found[f"{holder}/mdRef"].append(element)
        return found

    @cached_property
    def divisions(self) -> list[etree._Element]:
        """The main divisions of the structural map that CSIP asks for."""
        maps = [element for element in self.kinds["structMap"] if element.get("LABEL") == "CSIP"]
        maps = maps or self.kinds["structMap"]
        return [child for each in maps for child in each.iterchildren(f"{{{METS}}}div")]

    def labelled(self, label: str) -> list[etree._Element]:
        """Return the divisions of a label (upper and lower case apart) under the main one."""
        inside = (child for top in self.divisions for child in top.iterchildren(f"{{{METS}}}div"))
        return [child for child in inside if child.get("LABEL") == label]

    def groups(self, use: str) -> list[etree._Element]:
        """Return the file groups of a use; a use may go on with a path."""
        return [
            group
            for group in self.kinds["fileGrp"]
            if group.get("USE") == use or str(group.get("USE", "")).startswith(f"{use}/")
        ]
