"""TIFF 6.0 and BigTIFF: directories walked and checked against the file, then every page decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import TiffImagePlugin

from jingui.formats.reading.pictures import READER, decoding, too_large
from jingui.formats.reading.source import Outcome, Source

WIDTH, HEIGHT, COMPRESSION, THUMBNAIL = 256, 257, 259, 513
OLD_JPEG = 6
DATA_TAGS = {273: 279, 324: 325}  # offsets of strips or tiles → their byte counts
KEPT_TAGS = frozenset((WIDTH, HEIGHT, COMPRESSION, THUMBNAIL, *DATA_TAGS, *DATA_TAGS.values()))
KNOWN_COMPRESSIONS = frozenset(TiffImagePlugin.COMPRESSION_INFO)
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
    if len(pages) > MAX_PAGES:
        outcome.page_count = len(pages)
        return outcome.refuse("damaged_structure", f"more than {MAX_PAGES} directories")
    if not pages:
        return outcome.refuse("no_pages")
    _look_through(dict(enumerate(pages)), source, outcome)
    return outcome


def _look_through(directories: dict[int, dict[int, tuple[int, ...]]], source: Source, outcome: Outcome) -> None:
    pages = {number: tags for number, tags in directories.items() if not _is_preview(tags)}
    outcome.page_count = len(pages) or 1
    for tags in pages.values():
        _check_page(tags, source, outcome)
    if outcome.is_readable is False:
        return
    unknown = {tags[COMPRESSION][0] for tags in pages.values() if tags.get(COMPRESSION)} - KNOWN_COMPRESSIONS
    if unknown or not pages:
        told = f"compression {', '.join(str(one) for one in sorted(unknown))}" if unknown else "previews only"
        outcome.note("structure_only", told)
        return
    _decode(list(pages), source, outcome)


def _is_preview(tags: dict[int, tuple[int, ...]]) -> bool:
    """A JPEG within, whose size stands nowhere else: thumbnails of Exif (table 4) and previews of raw photographs."""
    is_jpeg = THUMBNAIL in tags or tags.get(COMPRESSION) == (OLD_JPEG,)
    return is_jpeg and WIDTH not in tags and HEIGHT not in tags


def _decode(pages: list[int], source: Source, outcome: Outcome) -> None:
    with decoding(source, outcome) as picture:
        for count, number in enumerate(pages):
            if count == source.limits.loaded_pages:
                outcome.note("not_all_pages_loaded", f"{count} of {outcome.page_count}")
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
            if tag in KEPT_TAGS:
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
