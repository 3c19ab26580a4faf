"""Comparing the pages of a PDF as it was signed with those it has now: content, resources and annotations as objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf

MAX_NODES = 60_000
MAX_DEPTH = 60
MAX_PAGES = 2_000
MAX_REVISION_BYTES = 200 << 20
# What does not change how a page looks, or leads back up.
_SKIPPED = frozenset(
    {"/Parent", "/P", "/StructParent", "/StructParents", "/PieceInfo", "/LastModified", "/Metadata", "/Popup", "/Tabs"}
)

# What signing, time-stamping and keeping evidence for long may add to the catalogue.
_SIGNING = frozenset(
    {"/Pages", "/AcroForm", "/DSS", "/Perms", "/Extensions", "/Metadata", "/Version", "/Type", "/StructTreeRoot"}
)


class TooManyObjectsError(Exception):
    """The pages hang on more objects than are looked at."""


@dataclass(slots=True)
class _Walk:
    known: dict[tuple[int, int], bytes] = field(default_factory=dict)
    open: set[tuple[int, int]] = field(default_factory=set)
    left: int = MAX_NODES


def page_prints(pdf: pikepdf.Pdf) -> list[str]:
    """Return one fingerprint per page. Raises TooManyObjectsError, and what pikepdf raises over a broken file."""
    walk = _Walk()
    if len(pdf.pages) > MAX_PAGES:
        raise TooManyObjectsError
    return [_page(page, walk).hex() for page in pdf.pages]


def _page(page: pikepdf.Page, walk: _Walk) -> bytes:
    digest = sha256()
    for name in ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit"):
        digest.update(name.encode() + _print(page.obj.get(name), walk, 0))
    digest.update(_contents(page))
    digest.update(_print(page.obj.get("/Resources") or _inherited(page, "/Resources"), walk, 0))
    for annotation in _annotations(page.obj.get("/Annots")):
        digest.update(_print(annotation, walk, 0))
    return digest.digest()


def _contents(page: pikepdf.Page) -> bytes:
    given = page.obj.get("/Contents")
    streams: Iterable[Any] = list(given) if isinstance(given, pikepdf.Array) else [given]
    digest = sha256()
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            digest.update(stream.read_raw_bytes())
    return digest.digest()


def _inherited(page: pikepdf.Page, name: str) -> Any:  # noqa: ANN401 - a PDF object
    holder = page.obj.get("/Parent")
    for _ in range(MAX_DEPTH):
        if not isinstance(holder, pikepdf.Dictionary):
            return None
        if name in holder:
            return holder.get(name)
        holder = holder.get("/Parent")
    return None


def _annotations(given: object) -> list[pikepdf.Dictionary]:
    """Return the annotations of a page but for the places of signatures, which every later signature adds."""
    found = [one for one in given if isinstance(one, pikepdf.Dictionary)] if isinstance(given, pikepdf.Array) else []
    return [one for one in found if not _is_signature_field(one)]


def _is_signature_field(annotation: pikepdf.Dictionary) -> bool:
    holder: Any = annotation
    for _ in range(8):
        if not isinstance(holder, pikepdf.Dictionary):
            return False
        if "/FT" in holder:
            return str(holder.get("/FT")) == "/Sig"
        holder = holder.get("/Parent")
    return False


def _print(value: Any, walk: _Walk, depth: int) -> bytes:  # noqa: ANN401 - a PDF object
    """Return a digest of an object and all it leads to; a cycle counts as its name."""
    walk.left -= 1
    if walk.left < 0 or depth > MAX_DEPTH:
        raise TooManyObjectsError
    if not isinstance(value, pikepdf.Object):
        return sha256(repr(value).encode()).digest()
    place = value.objgen
    if place == (0, 0):
        return _content(value, walk, depth)
    if place in walk.open:
        return b"cycle"
    if isinstance(value, pikepdf.Dictionary) and str(value.get("/Type", "")) == "/Page":
        # A place to go to: pages are compared on their own.
        return repr(place).encode()
    if place not in walk.known:
        walk.open.add(place)
        walk.known[place] = _content(value, walk, depth)
        walk.open.discard(place)
    return walk.known[place]


def _content(value: pikepdf.Object, walk: _Walk, depth: int) -> bytes:
    digest = sha256(type(value).__name__.encode())
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        holder: Any = value
        for key in sorted(holder.keys()):
            if key not in _SKIPPED and key != "/Length":
                digest.update(key.encode() + _print(holder.get(key), walk, depth + 1))
        if isinstance(value, pikepdf.Stream):
            digest.update(value.read_raw_bytes())
    elif isinstance(value, pikepdf.Array):
        for item in value:
            digest.update(_print(item, walk, depth + 1))
    else:
        digest.update(value.unparse())
    return digest.digest()


def catalogue_prints(pdf: pikepdf.Pdf) -> dict[str, str]:
    """Return one fingerprint per entry of the catalogue that is neither pages nor what signing adds."""
    walk = _Walk()
    root: Any = pdf.Root
    prints = {key: _print(root.get(key), walk, 0).hex() for key in sorted(root.keys()) if key not in _SIGNING}
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        prints["/XFA"] = _print(form.get("/XFA"), walk, 0).hex()
    return prints


@dataclass(frozen=True, slots=True)
class Changes:
    """What is not as it was in the signed revision: pages by number (from 1), and entries of the catalogue."""

    pages: tuple[int, ...]
    entries: tuple[str, ...]


def changes_since(signed: bytes, now: pikepdf.Pdf) -> Changes | None:
    """Compare a PDF with its signed revision; ``None``: that cannot be said."""
    if len(signed) > MAX_REVISION_BYTES:
        return None
    try:
        with pikepdf.open(BytesIO(signed)) as before:
            old, old_entries = page_prints(before), catalogue_prints(before)
        new, new_entries = page_prints(now), catalogue_prints(now)
    except (pikepdf.PdfError, TooManyObjectsError, ValueError, RuntimeError, KeyError, AttributeError, TypeError):
        return None
    changed = [number for number, (a, b) in enumerate(zip(old, new, strict=False), 1) if a != b]
    changed += range(min(len(old), len(new)) + 1, max(len(old), len(new)) + 1)
    names = sorted(old_entries.keys() | new_entries.keys())
    return Changes(tuple(changed), tuple(name for name in names if old_entries.get(name) != new_entries.get(name)))
