"""Content streams: their operators one after the other, and the resources that they stand among."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

from jingui.formats.reading.pdfa.claims import Node, dictionary
from jingui.formats.reading.pdfa.literals import check_content
from jingui.formats.reading.pdfa.walking import Walk

MAX_STREAM_BYTES = 4 * 1024**2
INLINE = re.compile(rb"\bID\s.*?\sEI\b", re.DOTALL)
_OPERATORS = (
    "b B b* B* BDC BI BMC BT BX c cm CS cs d d0 d1 Do DP EI EMC ET EX f F f* G g gs h i ID j J K k l m M MP n q Q re RG "
    "rg ri s S SC sc SCN scn sh T* Tc Td TD Tf Tj TJ TL Tm Tr Ts Tw Tz v w W W* y ' \""
)
OPERATORS = frozenset(_OPERATORS.split()) | {"INLINE IMAGE"}


def instructions(walk: Walk, holder: Node) -> Iterator[tuple[str, list[Node]]]:
    """Yield the operators of a page or a stream with their operands, until what cannot be followed."""
    content = holder if isinstance(holder, pikepdf.Stream) else holder.get("/Contents")
    streams = (
        [one for one in content if isinstance(one, pikepdf.Stream)] if isinstance(content, pikepdf.Array) else [content]
    )
    if not all(isinstance(one, pikepdf.Stream) for one in streams) or not streams:
        return
    try:
        whole = b"\n".join(one.read_bytes() for one in streams)
        if len(whole) > MAX_STREAM_BYTES:
            return
        check_content(walk.checked, INLINE.sub(b"", whole))
        for found in pikepdf.parse_content_stream(holder if not isinstance(holder, pikepdf.Stream) else content):
            operator = str(found.operator)
            picture: Node = getattr(found, "iimage", None)
            yield operator, [picture] if operator == "INLINE IMAGE" else list(found.operands)
    except (pikepdf.PdfError, TypeError, ValueError):
        return


def resources_of(page: Node) -> tuple[Node, bool]:
    """Return the resources of a page, and whether they are those of what it hangs on."""
    node = page
    for depth in range(50):
        if node is None:
            break
        if "/Resources" in node:
            return dictionary(node.get("/Resources")), depth > 0
        node = dictionary(node.get("/Parent"))
    return None, False
