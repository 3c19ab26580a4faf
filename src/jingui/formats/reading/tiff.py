"""TIFF 6.0 and BigTIFF: directories walked and checked against the file, then every page decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from jingui.formats.reading.pictures import READER, decoding, too_large
from jingui.formats.reading.source import Outcome, Source

WIDTH, HEIGHT = 256, 257
DATA_TAGS = {273: 279, 324: 325}  # offsets of strips or tiles → their byte counts
TYPE_CODES = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
BIG_MARK = 43
MAX_PAGES = 20_000
MAX_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class _Layout:
    """Byte order and widths of the classic or the big form."""

    order: str
    is_big: bool

    @property
    def word(self) -> str:
        return self.order + ("Q" if self.is_big else "I")


def read_tiff(source: Source) -> Outcome:
    """Walk the directories, then decode the pages within the pixel limit."""
    outcome = Outcome(READER)
    try:
        pages = list(_directories(source))
    except struct.error:
        return outcome.refuse("truncated", "a directory lies past the end")
    outcome.page_count = len(pages)
    if len(pages) > MAX_PAGES:
        return outcome.refuse("damaged_structure", f"more than {MAX_PAGES} directories")
    if not pages:
        return outcome.refuse("no_pages")
    for tags in pages:
        _check_page(tags, source, outcome)
    if outcome.is_readable is False:
        return outcome
    _decode(source, outcome)
    return outcome


def _decode(source: Source, outcome: Outcome) -> None:
    with decoding(source, outcome) as picture:
        for number in range(outcome.page_count or 0):
            if number == source.limits.loaded_pages:
                outcome.note("not_all_pages_loaded", f"{number} of {outcome.page_count}")
                break
            picture.seek(number)
            picture.load()
    outcome.is_readable = True


def _directories(source: Source) -> Iterator[dict[int, tuple[int, ...]]]:
    """Yield the tags of each directory that matter here. Raises struct.error past the end of the file."""
    order = "<" if source.head[:2] == b"II" else ">"
    layout = _Layout(order, struct.unpack_from(f"{order}H", source.head, 2)[0] == BIG_MARK)
    with source.mapped() as data:
        offset = struct.unpack_from(layout.word, data, 8 if layout.is_big else 4)[0]
        seen: set[int] = set()
        while offset and offset not in seen and len(seen) <= MAX_PAGES:
            seen.add(offset)
            tags, offset = _directory(data, layout, offset)
            yield tags


def _directory(data: object, layout: _Layout, offset: int) -> tuple[dict[int, tuple[int, ...]], int]:
    buffer = memoryview(data)  # type: ignore[arg-type]
    with buffer:
        count_format = layout.order + ("Q" if layout.is_big else "H")
        count = struct.unpack_from(count_format, buffer, offset)[0]
        position = offset + struct.calcsize(count_format)
        entry_bytes = 20 if layout.is_big else 12
        tags: dict[int, tuple[int, ...]] = {}
        for _ in range(min(count, 4_096)):
            tag, kind = struct.unpack_from(f"{layout.order}HH", buffer, position)
            if tag in (WIDTH, HEIGHT) or tag in DATA_TAGS or tag in DATA_TAGS.values():
                tags[tag] = _values(buffer, layout, position + 4, TYPE_CODES.get(kind, "I"))
            position += entry_bytes
        return tags, struct.unpack_from(layout.word, buffer, position)[0]


def _values(buffer: memoryview, layout: _Layout, position: int, code: str) -> tuple[int, ...]:
    count = min(struct.unpack_from(layout.word, buffer, position)[0], MAX_VALUES)
    position += struct.calcsize(layout.word)
    values_format = f"{layout.order}{count}{code}"
    if struct.calcsize(values_format) > struct.calcsize(layout.word):
        position = struct.unpack_from(layout.word, buffer, position)[0]
    return struct.unpack_from(values_format, buffer, position)


def _check_page(tags: dict[int, tuple[int, ...]], source: Source, outcome: Outcome) -> None:
    size = (tags.get(WIDTH) or (0,))[0], (tags.get(HEIGHT) or (0,))[0]
    if too_large(size, source, outcome):
        return
    for offsets, counts in DATA_TAGS.items():
        for start, length in zip(tags.get(offsets, ()), tags.get(counts, ()), strict=False):
            if start + length > source.size:
                outcome.refuse("truncated", "picture data lie past the end")
                return
