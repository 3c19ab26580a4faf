"""The frame and the page tree of a PDF as they stand, before any library has mended them (ISO 32000-1 §7.5, §7.7.3)."""

from __future__ import annotations

import re
from typing import Any

import pikepdf

from jingui.formats.reading.pdf_names import values_of
from jingui.formats.reading.pdf_opening import opened_pdf
from jingui.formats.reading.source import Outcome, Source

HEADER = re.compile(rb"%PDF-(\d+\.\d+)?")
VERSIONS = frozenset((b"1.0", b"1.1", b"1.2", b"1.3", b"1.4", b"1.5", b"1.6", b"1.7", b"2.0"))
END = re.compile(rb"startxref\s+(\d{1,12})\s+%%EOF")
BLANK = b" \t\r\n\f\0"
MAX_NODES = 20_000
MAX_DEPTH = 50
INHERITED = ("/MediaBox", "/Resources")
RESOURCE_KINDS = ("/XObject", "/Font", "/ExtGState")
MAX_FAULTS = 5


def check_frame(source: Source, outcome: Outcome) -> None:
    """Check header, end of file, and what stands before and behind them."""
    header = HEADER.search(source.head, 0, 1024)
    if header and header[1] not in VERSIONS:
        outcome.defect("needs_repair", f"no such version: {header[0].decode('latin-1')}")
    if header and header.start():
        outcome.note("hidden_data", f"{header.start()} bytes before the header")
    end = source.tail.rfind(b"%%EOF")
    if end < 0:
        return
    behind = source.tail[end + 5 :].strip(BLANK)
    if behind:
        outcome.defect("trailing_data", f"{len(source.tail) - end - 5} bytes behind the end mark")
    if not END.search(source.tail):
        outcome.defect("needs_repair", "no startxref before the end mark")


def check_page_tree(pdf: pikepdf.Pdf, outcome: Outcome) -> None:
    """Walk the page tree once and tell what is not as it must be, the first few faults; references lead somewhere."""
    root: Any = pdf.Root
    if root.get("/Type") != "/Catalog":
        outcome.defect("needs_repair", "the catalogue does not say that it is one")
    walk = _Walk(outcome)
    walk.node(root.get("/Pages"), parent=None, inherited=frozenset(), depth=0)


def borrowing_pages(source: Source) -> frozenset[tuple[int, int]]:
    """Return the pages without resources of their own, in the file as it stands: opened otherwise, each page gets its own."""
    found: set[tuple[int, int]] = set()
    with opened_pdf(source, inherits=False) as pdf:
        waiting = [pdf.Root.get("/Pages")]
        for _ in range(MAX_NODES):
            if not waiting:
                break
            node: Any = waiting.pop()
            kids = node.get("/Kids") if isinstance(node, pikepdf.Dictionary) else None
            if isinstance(kids, pikepdf.Array):
                waiting += list(kids)
            elif isinstance(node, pikepdf.Dictionary) and "/Resources" not in node:
                found.add(node.objgen)
    return frozenset(found)


class _Walk:
    """A walk through the page tree: faults so far, nodes seen, resources already looked through."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.faults = 0
        self.nodes = 0
        self.seen: set[tuple[int, int]] = set()

    def fault(self, what: str) -> None:
        self.faults += 1
        if self.faults <= MAX_FAULTS:
            self.outcome.defect("needs_repair", what)

    def node(self, node: Any, *, parent: Any, inherited: frozenset[str], depth: int) -> int:  # noqa: ANN401 - pikepdf
        """Check a node and return how many pages are below it."""
        self.nodes += 1
        if not isinstance(node, pikepdf.Dictionary) or depth > MAX_DEPTH or self.nodes > MAX_NODES:
            return self._broken(depth)
        if node.is_indirect and node.objgen in self.seen:
            self.fault("the page tree leads back into itself")
            return 0
        self.seen.add(node.objgen)
        kids = node.get("/Kids")
        known = inherited | {key for key in INHERITED if key in node}
        if not isinstance(kids, pikepdf.Array):
            self._page(node, parent, known)
            return 1
        return self._branch(node, kids, known, depth)

    def _broken(self, depth: int) -> int:
        if depth <= MAX_DEPTH and self.nodes <= MAX_NODES:
            self.fault("a reference to a page leads nowhere")
        return 0

    def _branch(self, node: Any, kids: Any, known: frozenset[str], depth: int) -> int:  # noqa: ANN401 - pikepdf
        if node.get("/Type") != "/Pages":
            self.fault("a node of the page tree does not say that it is one")
        count = sum(self.node(kid, parent=node, inherited=known, depth=depth + 1) for kid in kids)
        if node.get("/Count") != count and self.nodes <= MAX_NODES:
            self.fault(f"{node.get('/Count')} pages counted, {count} there")
        return count

    def _page(self, page: Any, parent: Any, known: frozenset[str]) -> None:  # noqa: ANN401 - pikepdf
        if page.get("/Type") != "/Page":
            self.fault("a page does not say that it is one")
        told = page.get("/Parent")
        if parent is not None and (not isinstance(told, pikepdf.Dictionary) or told.objgen != parent.objgen):
            self.fault("a page names another parent")
        for key in INHERITED:
            if key not in known:
                self.fault(f"a page without {key[1:]}")
        box = page.get("/MediaBox")
        if box is not None and (not isinstance(box, pikepdf.Array) or len(box) != 4):  # noqa: PLR2004 - a rectangle
            self.fault("a page whose MediaBox is no rectangle")
        if "/Contents" in page and not isinstance(page.get("/Contents"), pikepdf.Stream | pikepdf.Array):
            self.fault("the content of a page leads nowhere")
        self._resources(page.get("/Resources"))

    def _resources(self, resources: Any) -> None:  # noqa: ANN401 - pikepdf
        if not isinstance(resources, pikepdf.Dictionary):
            return
        if resources.is_indirect:
            if resources.objgen in self.seen:
                return
            self.seen.add(resources.objgen)
        for kind in RESOURCE_KINDS:
            named = resources.get(kind)
            if not isinstance(named, pikepdf.Dictionary):
                continue
            for key, value in values_of(named):
                if not isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
                    self.fault(f"{kind[1:]} {key[:40]} of a page leads nowhere")
