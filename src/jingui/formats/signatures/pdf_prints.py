"""Fingerprints of PDF objects with all they lead to, by which two revisions of a file are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pikepdf

MAX_NODES = 200_000
MAX_DEPTH = 60
# What does not change how a page looks, or leads back up.
_SKIPPED = frozenset(
    {"/Parent", "/P", "/StructParent", "/StructParents", "/PieceInfo", "/LastModified", "/Metadata", "/Popup", "/Tabs"}
)
# Dictionaries whose keys are names that the writer chose, so that ``/P`` is no way back to a page in them.
_CHOSEN_NAMES = frozenset(
    {
        "/XObject", "/Font", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/Properties", "/CharProcs",
        "/Colorants", "/N", "/R", "/D",
    }
)  # fmt: skip
# What filling in a field changes of it (ISO 32000-2 §12.7.4): its value, how that looks, when it was done.
FILLED_IN = frozenset({"/V", "/AP", "/AS", "/M", "/I", "/RV", "/MK", "/DA"})
_FILLABLE = frozenset({"/Tx", "/Ch", "/Btn"})
_PUSHED = 1 << 16


class TooManyObjectsError(Exception):
    """The pages hang on more objects than are looked at."""


@dataclass(slots=True)
class Walk:
    """Fingerprints already made of one file; ``pages`` are the places of its pages, which are compared on their own."""

    pages: frozenset[tuple[int, int]] = frozenset()
    known: dict[tuple[tuple[int, int], bool], bytes] = field(default_factory=dict)
    open: set[tuple[int, int]] = field(default_factory=set)
    left: int = MAX_NODES


def walk_of(pdf: pikepdf.Pdf) -> Walk:
    """Return an empty walk through a file."""
    return Walk(frozenset(page.obj.objgen for page in pdf.pages))


def print_of(value: Any, walk: Walk, depth: int = 0, *, has_chosen_names: bool = False) -> bytes:  # noqa: ANN401
    """Return a digest of an object and all it leads to; a cycle counts as its name. Raises TooManyObjectsError."""
    walk.left -= 1
    if walk.left < 0 or depth > MAX_DEPTH:
        raise TooManyObjectsError
    if not isinstance(value, pikepdf.Object):
        return sha256(repr(value).encode()).digest()
    place = value.objgen
    if place == (0, 0):
        return _content(value, walk, depth, has_chosen_names=has_chosen_names)
    if place in walk.open:
        return b"cycle"
    if place in walk.pages:
        # A place to go to.
        return repr(place).encode()
    key = place, has_chosen_names
    if key not in walk.known:
        walk.open.add(place)
        walk.known[key] = _content(value, walk, depth, has_chosen_names=has_chosen_names)
        walk.open.discard(place)
    return walk.known[key]


def _content(value: pikepdf.Object, walk: Walk, depth: int, *, has_chosen_names: bool) -> bytes:
    digest = sha256(type(value).__name__.encode())
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        holder: Any = value
        is_stream = isinstance(value, pikepdf.Stream)
        without = _SKIPPED | {"/Length"} if is_stream or not has_chosen_names else frozenset()
        for name, print_ in _entries(holder, walk, depth, without):
            digest.update(name.encode() + print_)
        if is_stream:
            digest.update(holder.read_raw_bytes())
    elif isinstance(value, pikepdf.Array):
        for item in value:
            digest.update(print_of(item, walk, depth + 1))
    else:
        digest.update(value.unparse())
    return digest.digest()


def _entries(holder: Any, walk: Walk, depth: int, without: frozenset[str]) -> Iterator[tuple[str, bytes]]:  # noqa: ANN401
    for key in sorted(holder.keys()):
        if key not in without:
            yield key, print_of(holder.get(key), walk, depth + 1, has_chosen_names=key in _CHOSEN_NAMES)


def print_without(holder: pikepdf.Dictionary, walk: Walk, names: frozenset[str]) -> bytes:
    """Return a digest of a dictionary but for these entries and those that lead back up."""
    digest = sha256()
    for name, print_ in _entries(holder, walk, 0, _SKIPPED | names):
        digest.update(name.encode() + print_)
    return digest.digest()


def inherited(holder: Any, name: str) -> Any:  # noqa: ANN401 - a PDF object
    """Return an entry of a field, a widget or a page, or of what it hangs on."""
    for _ in range(MAX_DEPTH):
        if not isinstance(holder, pikepdf.Dictionary):
            return None
        if name in holder:
            return holder.get(name)
        holder = holder.get("/Parent")
    return None


def is_signature_field(field_: pikepdf.Dictionary) -> bool:
    """Say whether a field or widget is a place for a signature."""
    return str(inherited(field_, "/FT")) == "/Sig"


def is_fillable(field_: pikepdf.Dictionary) -> bool:
    """Say whether a field or widget is one to be filled in; a push-button has no value."""
    kind, flags = str(inherited(field_, "/FT")), inherited(field_, "/Ff")
    is_pushed = kind == "/Btn" and isinstance(flags, int) and bool(flags & _PUSHED)
    return kind in _FILLABLE and not is_pushed
