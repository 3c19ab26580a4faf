"""Names that a package may have and some systems cannot store: told, so that nobody learns of it while unpacking."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jingui.formats.device_names import is_device_name
from jingui.formats.exchange.reading import warning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jingui.domain.packaging.packages import PackageFinding

# Characters that Windows has no place for in a name; it also cuts off dots and blanks at the end.
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def portability_findings(paths: Iterable[str]) -> Iterator[PackageFinding]:
    """Name every path a part of which Windows cannot store under that name."""
    for path in sorted(paths):
        part = next((part for part in path.split("/") if _is_awkward(part)), None)
        if part is not None:
            yield warning("name_not_portable", path, part)


def _is_awkward(part: str) -> bool:
    return is_device_name(part) or bool(_FORBIDDEN.search(part)) or part.endswith((".", " "))
