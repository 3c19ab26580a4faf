"""Do two instances hold the same, bit for bit in content? Read from their storage roots alone, by none of our code.

    python bench/same_holdings.py STORE_A STORE_B

Compared, by case number: every captured file (its place without our codes, its bytes by SHA-512), what the source said
of the case, and its steps in order. Left out is what must differ between two instances: our codes, times and keys.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

BASE, PROCESS = "基本信息元数据.xml", "过程信息元数据.xml"
CONTENT_FOLDERS = ("01结果材料", "02过程材料", "03申请材料", "99其他")
# Given by the instance, in the order in which cases came to be archived.
OURS = frozenset({"electronic_record_code", "archival_code", "agency_item_number", "archive_time", "transact_id"})
_MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class Holding:
    """One case as its package tells it. ``files`` counts (folder, SHA-512); ``base`` and ``steps`` are texts of elements."""

    versions: int
    base: tuple[tuple[str, str], ...]
    steps: tuple[tuple[tuple[str, str], ...], ...]
    files: Counter[tuple[str, str]] = field(default_factory=Counter)


def holdings(store: Path) -> dict[str, list[Holding]]:
    """Read a storage root: the holdings of each case number. A case archived twice has two."""
    found: dict[str, list[Holding]] = {}
    for declaration in sorted(store.rglob("0=ocfl_object_*")):
        number, holding = _holding(declaration.parent)
        found.setdefault(number, []).append(holding)
    return found


def differences(one: Mapping[str, list[Holding]], other: Mapping[str, list[Holding]]) -> list[str]:
    """Name each case that the two do not hold alike, and in what."""
    return [
        f"{number}: {what}" for number in sorted({*one, *other}) for what in _unlike(one.get(number), other.get(number))
    ]


def same_holdings(one: Path, other: Path) -> list[str]:
    """Compare two storage roots; an empty list says that they hold the same."""
    return differences(holdings(one), holdings(other))


def _unlike(one: list[Holding] | None, other: list[Holding] | None) -> Iterator[str]:
    if one is None or other is None:
        yield "only in the second" if one is None else "only in the first"
        return
    if len(one) != 1 or len(other) != 1:
        yield f"archived {len(one)} and {len(other)} times"
        return
    for name in ("versions", "base", "steps", "files"):
        first, second = getattr(one[0], name), getattr(other[0], name)
        if first != second:
            yield f"{name}: {_shown(first)} ≠ {_shown(second)}"


def _shown(value: Any) -> str:
    return repr(value)[:400]


def _holding(folder: Path) -> tuple[str, Holding]:
    inventory = json.loads((folder / "inventory.json").read_bytes())
    state = inventory["versions"][inventory["head"]]["state"]
    places = {path: inventory["manifest"][digest][0] for digest, paths in state.items() for path in paths}
    base = _root(folder, places, BASE)
    files = Counter(
        (part, hashlib.sha512((folder / stored).read_bytes()).hexdigest())
        for path, stored in places.items()
        for part in CONTENT_FOLDERS
        if f"/{part}/" in f"/{path}"
    )
    number = base.findtext(".//project_id") or ""
    holding = Holding(len(inventory["versions"]), _texts(base), _steps(_root(folder, places, PROCESS)), files)
    return number, holding


def _root(folder: Path, places: Mapping[str, str], name: str) -> ElementTree.Element:
    (stored,) = (stored for path, stored in places.items() if path.endswith(f"/{name}"))
    return ElementTree.fromstring((folder / stored).read_bytes())


def _texts(element: ElementTree.Element) -> tuple[tuple[str, str], ...]:
    """Return the texts of all elements but those whose value this instance gave."""
    codes = {each.text for each in element.iter() if each.tag in OURS and each.text}
    return tuple((each.tag, _without(each.text or "", codes)) for each in element.iter() if each.tag not in OURS)


def _without(text: str, codes: set[str]) -> str:
    """Take this instance's own codes out of a text, as names of files begin with them."""
    for code in sorted(codes, key=len, reverse=True):
        text = text.replace(code, "CODE")
    return re.sub(r"\s+", " ", text).strip()


def _steps(process: ElementTree.Element) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(_texts(parent) for parent in process.iter() if parent.find("step_key") is not None)


def main() -> int:
    """Compare the two roots of the command line; 0: the same, 1: not."""
    one, other = (holdings(Path(path)) for path in sys.argv[1:3])
    found = differences(one, other)
    print(f"{len(one)} and {len(other)} cases, {len(found)} differences", *found[:_MOST_NAMED], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
