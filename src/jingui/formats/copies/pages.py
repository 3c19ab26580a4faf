"""Puts the stamp on the pages of a PDF.

The copy is a new document into which only the look of each page is taken, as a form of its own: scripts, attachments,
links, form fields, signatures, names, metadata and the structure tree stay behind because nothing brings them
along. The page keeps its size; its picture is made a little smaller so that the strip covers none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf
from pikepdf import Array, Dictionary, Name

from jingui.domain.errors import PermanentFailure
from jingui.formats.copies.stamp import CopyStamp, PageSize, draw_stamp

MAX_PAGES = 5000
MAX_SIZES = 16
A4 = (0.0, 0.0, 595.276, 841.89)
_MAX_DEPTH = 64
_COARSE_STEP = 36.0
_LEAST_SIDE, _GREATEST_SIDE = 3.0, 14400.0
# What a form or an image may carry that points outside, holds files or tells more than its look.
_LEFT_BEHIND = frozenset(
    {
        "/AF",
        "/Alternates",
        "/LastModified",
        "/Metadata",
        "/OPI",
        "/PieceInfo",
        "/PS",
        "/Ref",
        "/StructParent",
        "/StructParents",
    }
)


@dataclass(frozen=True, slots=True)
class PagePlan:
    """Where a page's picture goes: its visible box in its own space, its turn, and its size as looked at."""

    box: tuple[float, float, float, float]
    turn: int
    size: PageSize

    @property
    def upright(self) -> tuple[float, float, float, float, float, float]:
        """The matrix from the page's own space to its size as looked at, lower left corner at 0, 0."""
        left, bottom, right, top = self.box
        return {
            0: (1, 0, 0, 1, -left, -bottom),
            90: (0, -1, 1, 0, -bottom, right),
            180: (-1, 0, 0, -1, right, top),
            270: (0, 1, -1, 0, top, -left),
        }[self.turn]

    @property
    def placement(self) -> tuple[float, float, float]:
        """Scale and shift (x, y) of the upright picture above the strip."""
        scale = (self.size.height - self.size.strip) / self.size.height
        return scale, self.size.width * (1 - scale) / 2, self.size.strip


@contextmanager
def reading_pdf(source: Path | BinaryIO) -> Iterator[pikepdf.Pdf]:
    """Open a PDF to copy from.

    Raises:
        PermanentFailure: ``copy_source_encrypted`` or ``copy_source_broken``.
    """
    try:
        with pikepdf.open(source, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise PermanentFailure("copy_source_encrypted")
            _check_page_count(pdf)
            yield pdf
    except pikepdf.PasswordError as error:
        raise PermanentFailure("copy_source_encrypted") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError) as error:
        # A document for certain readers' keys (public-key security) is not even opened.
        is_locked = "(encryption dictionary" in str(error)
        code = "copy_source_encrypted" if is_locked else "copy_source_broken"
        raise PermanentFailure(code, f"{type(error).__name__}: {error}") from error


def write_stamped(source: pikepdf.Pdf, *, stamp: CopyStamp, out: BinaryIO) -> int:
    """Write the stamped pages of ``source`` and return how many there are."""
    _flatten(source)
    plans = [_plan(page) for page in source.pages]
    drawn = _drawn_sizes({plan.size for plan in plans})
    sizes = tuple(sorted(set(drawn.values())))
    with pikepdf.new() as copy, pikepdf.open(BytesIO(draw_stamp(stamp, sizes))) as stamps:
        marks = {
            size: copy.copy_foreign(page.as_form_xobject()) for size, page in zip(sizes, stamps.pages, strict=True)
        }
        for page, plan in zip(source.pages, plans, strict=True):
            size = drawn[plan.size]
            _add_page(copy, copy.copy_foreign(_picture(page, plan)), plan=plan, mark=marks[size], mark_size=size)
        _keep_layers(source, copy)
        _clean(copy)
        _describe(copy, stamp)
        copy.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return len(plans)


def _check_page_count(pdf: pikepdf.Pdf) -> None:
    count, declared = len(pdf.pages), pdf.Root.Pages.get("/Count")
    # A rebuilt document that lost pages would make a copy that looks whole and is not.
    if not count or (isinstance(declared, int) and declared != count):
        raise PermanentFailure("copy_source_broken", f"{count} pages found, {declared} declared")
    if count > MAX_PAGES:
        raise PermanentFailure("copy_source_too_large", f"{count} pages")


def _flatten(source: pikepdf.Pdf) -> None:
    """Draw what annotations, form fields and seals show into the pages; nothing that acts is copied."""
    if not any("/Annots" in page.obj for page in source.pages):
        return
    form = source.Root.get("/AcroForm")
    if isinstance(form, Dictionary) and form.get("/NeedAppearances"):
        source.generate_appearance_streams()
    source.flatten_annotations("all")


def _plan(page: pikepdf.Page) -> PagePlan:
    media = _rectangle(_inherited(page, "/MediaBox")) or A4
    crop = _rectangle(_inherited(page, "/CropBox")) or media
    box = _common(media, crop) or media
    turn = _inherited(page, "/Rotate")
    turn = int(turn) % 360 // 90 * 90 if isinstance(turn, int) else 0
    width, height = box[2] - box[0], box[3] - box[1]
    if turn in {90, 270}:
        width, height = height, width
    return PagePlan(box, turn, PageSize(round(width, 2), round(height, 2)))


def _inherited(page: pikepdf.Page, key: str) -> object:
    node: pikepdf.Object | None = page.obj
    for _ in range(_MAX_DEPTH):
        if not isinstance(node, Dictionary):
            return None
        if key in node:
            return node[key]
        node = node.get("/Parent")
    return None


def _rectangle(value: object) -> tuple[float, float, float, float] | None:
    """Read a box with its corners in any order; nothing if it is none or of no sensible size."""
    try:
        numbers = [float(number) for number in value] if isinstance(value, Array) else []
        x1, y1, x2, y2 = numbers
    except (TypeError, ValueError):
        return None
    box = (min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    sides = (box[2] - box[0], box[3] - box[1])
    return box if all(_LEAST_SIDE <= side <= _GREATEST_SIDE for side in sides) else None


def _common(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float] | None:
    box = (max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3]))
    return box if box[2] - box[0] >= _LEAST_SIDE and box[3] - box[1] >= _LEAST_SIDE else None


def _drawn_sizes(sizes: set[PageSize]) -> dict[PageSize, PageSize]:
    """Say in which size the stamp is drawn for each page size.

    Scans differ by a few points from page to page; many sizes share coarse ones, and their stamp is stretched a little.
    """
    drawn, step = {size: size for size in sizes}, _COARSE_STEP
    while len(set(drawn.values())) > MAX_SIZES:
        drawn = {size: PageSize(_rounded(size.width, step), _rounded(size.height, step)) for size in sizes}
        step *= 2
    return drawn


def _rounded(side: float, step: float) -> float:
    return max(step, round(side / step) * step)


def _picture(page: pikepdf.Page, plan: PagePlan) -> pikepdf.Object:
    """Make a form of the page that shows its visible box and nothing beyond."""
    form = page.as_form_xobject(handle_transformations=False)
    form.BBox = Array(list(plan.box))
    return form


def _add_page(
    copy: pikepdf.Pdf, picture: pikepdf.Object, *, plan: PagePlan, mark: pikepdf.Object, mark_size: PageSize
) -> None:
    scale, x, y = plan.placement
    width, height = plan.size.width, plan.size.height
    content = (
        f"q {scale:.6f} 0 0 {scale:.6f} {x:.4f} {y:.4f} cm {' '.join(f'{number:.4f}' for number in plan.upright)} cm /P Do Q "
        f"q {width / mark_size.width:.6f} 0 0 {height / mark_size.height:.6f} 0 0 cm /S Do Q"
    )
    page = Dictionary(
        Type=Name.Page,
        MediaBox=[0, 0, width, height],
        Resources=Dictionary(XObject=Dictionary(P=picture, S=mark)),
        Contents=copy.make_stream(content.encode("ascii")),
    )
    copy.pages.append(pikepdf.Page(copy.make_indirect(page)))


def _keep_layers(source: pikepdf.Pdf, copy: pikepdf.Pdf) -> None:
    """Carry over which layers are hidden, or the copy would show what the original does not."""
    layers = source.Root.get("/OCProperties")
    if isinstance(layers, Dictionary):
        owned = layers if layers.is_indirect else source.make_indirect(layers)
        copy.Root.OCProperties = copy.copy_foreign(owned)


def _clean(copy: pikepdf.Pdf) -> None:
    for thing in copy.objects:
        if isinstance(thing, pikepdf.Stream):  # a plain dictionary may be one of resources, where any name is a name
            for key in _LEFT_BEHIND.intersection(thing.keys()):
                del thing[key]


def _describe(copy: pikepdf.Pdf, stamp: CopyStamp) -> None:
    day = datetime(stamp.issued_on.year, stamp.issued_on.month, stamp.issued_on.day)  # noqa: DTZ001 -- a date, printed as one
    copy.docinfo["/Title"] = stamp.copy_number
    copy.docinfo["/Producer"] = "Jingui"
    copy.docinfo["/CreationDate"] = day.strftime("D:%Y%m%d")
