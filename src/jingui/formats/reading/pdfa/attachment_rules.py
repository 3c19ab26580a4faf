"""Embedded files (ISO 19005-1 6.1.11, ISO 19005-2 and -3 6.8) and layers (6.9)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf

from jingui.formats.identification import pdfa_claim
from jingui.formats.reading.pdfa.claims import Checked, Claim, Node, claim_of, dictionary, name_of
from jingui.formats.reading.pdfa.packets import plain_packet

MIME = re.compile(r"[-\w+.]+/[-\w+.]+")
MAX_EMBEDDED_BYTES = 16 * 1024**2
MAX_HELD = 8
MAX_NODES = 20_000
RELATED = (3, 4)
ARCHIVAL: dict[tuple[int, str], tuple[int, ...]] = {(2, "2"): (1, 2), (4, "4"): (1, 2, 4)}
"""The parts that an embedded file must be of: in PDF/A-2 and in PDF/A-4 without a level; PDF/A-3 allows all files."""
Again = Callable[[pikepdf.Pdf, bytes, Claim, bytes], bool]


def check_files(checked: Checked, *, again: Again) -> None:
    """Check file specifications with embedded files; ``again`` says whether an embedded PDF keeps a claim of its own."""
    held = 0
    associated = _associated(checked) if checked.claim.part == 3 else set()  # noqa: PLR2004 - PDF/A-3 alone
    is_related, held_against = checked.claim.part in RELATED, ARCHIVAL.get((checked.claim.part, checked.claim.kind), ())
    names = dictionary(checked.pdf.Root.get("/Names"))
    if checked.claim.kind == "4f" and (names is None or "/EmbeddedFiles" not in names):
        checked.fault("", "", "no embedded files", fourth="6.9")
    for one in checked.pdf.objects:
        found = dictionary(one)
        if found is None or "/EF" not in found:
            continue
        checked.fault("6.1.11", "", "an embedded file")
        if "/F" not in found or "/UF" not in found:
            checked.fault("", "6.8", "an embedded file without both names")
        stream = _stream(found)
        if is_related:
            _check_relation(checked, found, stream, associated)
        if held_against and stream is not None and held < MAX_HELD:
            held += 1
            if not _is_archival(stream, held_against, again):
                checked.fault("", "6.8", "an embedded file that is no PDF/A of a part that may be embedded")


def _stream(specification: Node) -> pikepdf.Stream | None:
    files = dictionary(specification.get("/EF"))
    stream = (files.get("/F") or files.get("/UF")) if files is not None else None
    return stream if isinstance(stream, pikepdf.Stream) else None


def _associated(checked: Checked) -> set[tuple[int, int]]:
    """Return the objects that some AF array names."""
    found: set[tuple[int, int]] = set()
    for one in checked.pdf.objects:
        holder = dictionary(one)
        told = holder.get("/AF") if holder is not None else None
        if isinstance(told, pikepdf.Array):
            found |= {specification.objgen for specification in told if isinstance(specification, pikepdf.Dictionary)}
    return found


def _check_relation(
    checked: Checked, specification: Node, stream: pikepdf.Stream | None, associated: set[tuple[int, int]]
) -> None:
    if not isinstance(specification.get("/AFRelationship"), pikepdf.Name):
        checked.fault("", "6.8", "an embedded file without AFRelationship")
    if specification.is_indirect and specification.objgen not in associated:
        checked.fault("", "6.8", "an embedded file that nothing in the document is associated with", fourth="")
    if stream is not None and not MIME.fullmatch(name_of(stream.get("/Subtype")).replace("#2F", "/")):
        checked.fault("", "6.8", "an embedded file without a MIME type")


def _is_archival(stream: pikepdf.Stream, parts: tuple[int, ...], again: Again) -> bool:
    """An embedded PDF is looked at as any other; one that is too large or cannot be unpacked is left untold."""
    try:
        data = stream.read_bytes()
    except pikepdf.PdfError:
        return False
    if len(data) > MAX_EMBEDDED_BYTES:
        return True
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            metadata = pdf.Root.get("/Metadata")
            xmp = plain_packet(metadata.read_bytes()) if isinstance(metadata, pikepdf.Stream) else b""
            claim = claim_of(pdfa_claim(xmp))
            return claim is not None and claim.part in parts and again(pdf, data, claim, xmp)
    except pikepdf.PdfError:
        return False


def check_layers(checked: Checked) -> None:
    """Check the configurations of optional content."""
    properties = dictionary(checked.pdf.Root.get("/OCProperties"))
    if "/OCProperties" in checked.pdf.Root:
        checked.fault("6.1.13", "", "optional content")
    if properties is None:
        return
    configurations = [dictionary(properties.get("/D"))]
    more = properties.get("/Configs")
    if isinstance(more, pikepdf.Array):
        configurations += [dictionary(one) for one in more]
    known = [one for one in configurations if one is not None]
    names = [str(one.get("/Name", "")) for one in known]
    is_named = all("/Name" in one for one in known) if checked.claim.is_fourth else "" not in names
    if not is_named or len(set(names)) != len(names):
        checked.fault("", "6.9", "a configuration of optional content without a name of its own")
    if any("/AS" in one for one in known):
        checked.fault("", "6.9", "optional content that switches by itself", fourth="")
    groups = properties.get("/OCGs")
    wanted = {one.objgen for one in groups if one.is_indirect} if isinstance(groups, pikepdf.Array) else set()
    if any("/Order" in one and wanted - _ordered(one.get("/Order")) for one in known):
        checked.fault("", "6.9", "an order of layers that leaves layers out")


def _ordered(order: object) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    waiting = [order]
    for _ in range(MAX_NODES):
        if not waiting:
            break
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += list(one)
        elif isinstance(one, pikepdf.Dictionary):
            found.add(one.objgen)
    return found
