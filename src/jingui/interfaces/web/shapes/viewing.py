"""What the viewer shows: which file, which page, how large, turned how, or why it cannot be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from jingui.db.queries.records import Record
from jingui.interfaces.web.addresses import page_number
from jingui.interfaces.web.shapes.inventories import FileLine, file_lines

PICTURED = frozenset({"pdf", "pdfa", "ofd", "jpeg", "png", "tiff", "gif", "bmp"})
PLAIN = frozenset({"text", "xml", "json", "html", "svg"})
ZOOMS = (100, 150, 200, 300)
TURNS = (0, 90, 180, 270)
SHEET_WIDTH = 900  # pixels of a page image at 100 %
_THUMBS_AROUND = 12


@dataclass(frozen=True, slots=True)
class ViewerState:
    """The viewer of one record. ``way`` is ``image``, ``text`` or ``none``; ``page`` counts from 1."""

    file: FileLine
    way: str
    page: int
    pages: int
    zoom: int
    turn: int
    position: int
    count: int
    previous_key: str
    next_key: str
    is_encrypted: bool

    @property
    def width(self) -> int:
        """Pixels of the page image at this zoom; renderers go up to 2,000."""
        return min(2000, SHEET_WIDTH * self.zoom // 100)

    @property
    def thumbs(self) -> range:
        """The pages whose small images are shown: those around the present one."""
        first = max(1, self.page - _THUMBS_AROUND)
        return range(first, min(self.pages, first + 2 * _THUMBS_AROUND) + 1)

    @property
    def larger(self) -> int | None:
        """The next larger zoom."""
        return next((zoom for zoom in ZOOMS if zoom > self.zoom), None)

    @property
    def smaller(self) -> int | None:
        """The next smaller zoom."""
        return next((zoom for zoom in reversed(ZOOMS) if zoom < self.zoom), None)

    @property
    def previous_page(self) -> int:
        """The page before."""
        return self.page - 1

    @property
    def next_page(self) -> int:
        """The page after."""
        return self.page + 1

    @property
    def turned(self) -> int:
        """The turn after this one, in degrees."""
        return (self.turn + 90) % 360


def viewer_state(record: Record, query: QueryDict) -> ViewerState | None:
    """Return what the viewer shows for this address; nothing if the record has no file."""
    lines = file_lines(record)
    order = _order(record, lines)
    if not order:
        return None
    key = query.get("file", "")
    chosen = key if key in lines else order[0]
    place = order.index(chosen) if chosen in order else -1
    file = lines[chosen]
    pages = max(1, file.pages or 1)
    return ViewerState(
        file=file,
        way=_way(file, record),
        page=min(page_number(query, "p"), pages),
        pages=pages,
        zoom=_choice(query.get("zoom", ""), ZOOMS),
        turn=_choice(query.get("turn", ""), TURNS),
        position=place + 1,
        count=len(order),
        previous_key=order[place - 1] if place > 0 else "",
        next_key=order[place + 1] if 0 <= place < len(order) - 1 else "",
        is_encrypted=bool(record.reading(chosen).get("is_encrypted")),
    )


def _order(record: Record, lines: Mapping[str, FileLine]) -> list[str]:
    """Return the files as the inventory lists them, then the others."""
    listed = [key for line in record.inventory.lines for key in line.file_keys]
    others = [row.file_key for row in record.files if row.file_key not in set(listed)]
    made = [row.file_key for row in record.made]
    return list(dict.fromkeys(key for key in (*listed, *others, *made) if key in lines))


def _way(file: FileLine, record: Record) -> str:
    if record.reading(file.key).get("is_encrypted"):
        return "none"
    if file.format_name in PICTURED:
        return "image"
    return "text" if file.format_name in PLAIN or record.reading(file.key).get("is_readable") else "none"


def _choice(text: str, allowed: tuple[int, ...]) -> int:
    return int(text) if text in map(str, allowed) else allowed[0]
