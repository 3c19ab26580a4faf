"""Where the references of METS files lead inside a package: found as written, or as somebody meant them."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jingui.formats.exchange.eark.names import attribute
from jingui.formats.handover.trees import folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_HREF = attribute("xlink:href")


@dataclass(frozen=True, slots=True)
class Reference:
    """``told``: the path inside the package as the reference has it; ``actual``: the file meant, ``None`` if none is.

    ``is_elsewhere``: it is an address on a network or another computer; then ``told`` is that address.
    """

    told: str
    actual: str | None
    is_elsewhere: bool = False

    @property
    def is_outside(self) -> bool:
        """Whether it leads out of the package."""
        return self.told.startswith(("../", "/")) or self.told == ".."


class Places:
    """The files of a package, to be looked up by reference. Nothing is opened."""

    def __init__(self, paths: Iterable[str]) -> None:
        """Take the files."""
        self._paths = frozenset(paths)
        self._folded = {folded(path): path for path in sorted(self._paths, reverse=True)}

    def referred(self, element: etree._Element, folder: str) -> Reference | None:
        """Follow a reference from a METS file in ``folder``; ``None`` if it has none at all."""
        href = element.get(_HREF)
        if href is None:
            return None
        href = href.strip()
        if not href:
            return Reference("", None)
        path = _path_of(href)
        if path is None:
            return Reference(href, None, is_elsewhere=True)
        told = _resolved(folder, unquote(path))
        if told in self._paths:
            return Reference(told, told)
        # Addresses that were never encoded, and ones that were encoded as the fields of a form are.
        others = (_resolved(folder, href), _resolved(folder, unquote(path.replace("+", " "))))
        return Reference(told, self._actual(told, others))

    def _actual(self, told: str, others: Iterable[str]) -> str | None:
        found = (path for path in others if path in self._paths)
        return next(found, None) or self._folded.get(folded(told))


def _path_of(href: str) -> str | None:
    """Return the path that an address has inside the package; what is no address is taken to be a path."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return href
    if len(parts.scheme) == 1:
        return href  # the letter of a drive
    if parts.scheme not in {"", "file"} or parts.netloc not in {"", "."}:
        return None
    return parts.path.removeprefix("/") if parts.scheme else parts.path


def _resolved(folder: str, path: str) -> str:
    """Follow ``.`` and ``..`` of a path that starts from a folder."""
    return posixpath.normpath(posixpath.join(folder, path)) if path else folder
