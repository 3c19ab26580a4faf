"""Comparing a PDF as it was signed with what it is now: pages, fields of its form, catalogue, signature dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import Any

import pikepdf

from jingui.formats.signatures.pdf_dictionaries import SignatureEntry, entries_of
from jingui.formats.signatures.pdf_prints import (
    FILLED_IN,
    TooManyObjectsError,
    Walk,
    inherited,
    is_fillable,
    is_signature_field,
    print_of,
    print_without,
    walk_of,
)

MAX_PAGES = 2_000
MAX_FIELDS = 20_000
MAX_REVISION_BYTES = 200 << 20

# What signing, time-stamping and keeping evidence for long may add to the catalogue.
_SIGNING = frozenset(
    {"/Pages", "/AcroForm", "/DSS", "/Perms", "/Extensions", "/Metadata", "/Version", "/Type", "/StructTreeRoot"}
)
# What signing may change of the form itself; its fields and resources are compared one by one.
_FORM = frozenset({"/Fields", "/SigFlags", "/NeedAppearances", "/DR", "/XFA"})
_BROKEN = (pikepdf.PdfError, TooManyObjectsError, ValueError, RuntimeError, KeyError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True)
class Prints:
    """Fingerprints of a page or field: of all that is seen, and of what filling in fields leaves as it is."""

    whole: bytes
    fixed: bytes


@dataclass(frozen=True, slots=True)
class Places:
    """The widgets of signature fields of a revision by their object, and those of them that were signed."""

    all: frozenset[tuple[int, int]] = frozenset()
    signed: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Revision:
    """Fingerprints of one revision. ``shared`` are those of what the form keeps for all its fields."""

    pages: tuple[Prints, ...]
    entries: dict[str, bytes]
    fields: dict[str, Prints]
    shared: dict[str, bytes]
    places: Places
    dictionaries: dict[tuple[tuple[int, ...], bytes], bytes]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is not as it was in the signed revision.

    ``pages`` by number from 1, ``fields`` by their name, ``entries`` of the catalogue and the form. ``is_filled`` says
    that pages and fields differ by what was filled in alone. ``is_revision`` says that the signed bytes are a file that
    ends where a revision ends, ``has_signature`` that the signature stands there, ``is_said_again`` that it says there
    what it says now.
    """

    pages: tuple[int, ...]
    fields: tuple[str, ...]
    entries: tuple[str, ...]
    is_filled: bool = False
    is_revision: bool = False
    has_signature: bool = True
    is_said_again: bool = True


@dataclass(slots=True)
class Comparison:
    """The newest revision of a file, looked at once for all its signatures."""

    now: pikepdf.Pdf
    _known: dict[Places, Revision] = field(default_factory=dict)

    def since(self, signed: bytes, entry: SignatureEntry) -> Changes | None:
        """Compare with the revision that a signature covers; ``None``: that cannot be said."""
        if len(signed) > MAX_REVISION_BYTES:
            return None
        try:
            with pikepdf.open(BytesIO(signed)) as before:
                # A file that had to be put right to be read does not tell where its revision ends.
                is_revision = not before.get_warnings() and _is_ended(signed)
                old = revision_of(before)
            if old.places not in self._known:
                self._known[old.places] = revision_of(self.now, places=old.places)
            new = self._known[old.places]
            said = old.dictionaries.get((entry.ranges, entry.contents))
            return replace(
                _changes(old, new),
                is_revision=is_revision,
                has_signature=said is not None,
                is_said_again=bool(said) and said == entry.fingerprint,
            )
        except _BROKEN:
            return None


def revision_of(pdf: pikepdf.Pdf, *, places: Places | None = None) -> Revision:
    """Take the fingerprints of a file; ``places``: those of the signed revision it is compared with, if it is not that.

    Raises:
        TooManyObjectsError: it hangs on more objects than are looked at; and what pikepdf raises over a broken file.
    """
    walk = walk_of(pdf)
    if len(pdf.pages) > MAX_PAGES:
        raise TooManyObjectsError
    is_seen = _is_kept if places is None else partial(_is_kept_or_new, places)
    pages = tuple(_page(page, walk, is_seen) for page in pdf.pages)
    form = pdf.Root.get("/AcroForm")
    return Revision(
        pages,
        _catalogue(pdf, walk),
        dict(_fields(form, walk)) if isinstance(form, pikepdf.Dictionary) else {},
        dict(_shared(form, walk)) if isinstance(form, pikepdf.Dictionary) else {},
        _places(pdf) if places is None else places,
        {(entry.ranges, entry.contents): entry.fingerprint for entry in entries_of(pdf)},
    )


def _changes(old: Revision, new: Revision) -> Changes:
    pairs = list(enumerate(zip(old.pages, new.pages, strict=False), 1))
    changed = [number for number, (a, b) in pairs if a.whole != b.whole]
    counts = sorted((len(old.pages), len(new.pages)))
    fields = tuple(_different(old.fields, new.fields))
    is_filled = (
        counts[0] == counts[1]
        and all(a.fixed == b.fixed for _, (a, b) in pairs)
        and all(name in old.fields and name in new.fields for name in fields)
        and all(old.fields[name].fixed == new.fields[name].fixed for name in fields)
    )
    # Later signatures may add to what the form shares; what was there has to stay.
    gone = {name for name, print_ in old.shared.items() if new.shared.get(name) != print_}
    return Changes(
        (*changed, *range(counts[0] + 1, counts[1] + 1)),
        fields,
        tuple(sorted({*_different(old.entries, new.entries), *gone})),
        is_filled=is_filled,
    )


def _different(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    return (name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))


def _is_ended(data: bytes) -> bool:
    return data.rstrip(b" \t\r\n\0\f").endswith(b"%%EOF")


def _page(page: pikepdf.Page, walk: Walk, is_seen: Callable[[pikepdf.Dictionary], bool]) -> Prints:
    digest = sha256()
    for name in ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit"):
        digest.update(name.encode() + print_of(page.obj.get(name), walk))
    digest.update(_contents(page))
    digest.update(print_of(inherited(page.obj, "/Resources"), walk))
    fixed = digest.copy()
    for annotation in filter(is_seen, _dictionaries(page.obj.get("/Annots"))):
        prints = _prints(annotation, walk)
        digest.update(prints.whole)
        fixed.update(prints.fixed)
    return Prints(digest.digest(), fixed.digest())


def _prints(one: pikepdf.Dictionary, walk: Walk) -> Prints:
    """Return the fingerprints of an annotation or a field, without the widgets that hang on it."""
    # A signature's dictionary is compared on its own; it leads to all of the document.
    apart = frozenset({"/Kids", "/V"}) if is_signature_field(one) else frozenset({"/Kids"})
    whole = print_without(one, walk, apart)
    return Prints(whole, print_without(one, walk, apart | FILLED_IN) if is_fillable(one) else whole)


def _contents(page: pikepdf.Page) -> bytes:
    given = page.obj.get("/Contents")
    streams: Iterable[Any] = list(given) if isinstance(given, pikepdf.Array) else [given]
    digest = sha256()
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            digest.update(stream.read_raw_bytes())
    return digest.digest()


def _is_kept(annotation: pikepdf.Dictionary) -> bool:
    """Say whether an annotation of the signed revision has to stay: all but places nobody had signed by then."""
    return not is_signature_field(annotation) or _is_signed(annotation)


def _is_kept_or_new(before: Places, annotation: pikepdf.Dictionary) -> bool:
    """Say whether an annotation of a later revision is looked at.

    A place for a signature that is new and not signed, and shows something all the same, is no place for a signature.
    """
    if not is_signature_field(annotation):
        return True
    place = annotation.objgen
    return place in before.signed or (place not in before.all and "/AP" in annotation and not _is_signed(annotation))


def _is_signed(annotation: pikepdf.Dictionary) -> bool:
    return annotation.objgen != (0, 0) and isinstance(inherited(annotation, "/V"), pikepdf.Dictionary)


def _places(pdf: pikepdf.Pdf) -> Places:
    annotations = (one for page in pdf.pages for one in _dictionaries(page.obj.get("/Annots")))
    widgets = [one for one in annotations if is_signature_field(one)]
    return Places(frozenset(one.objgen for one in widgets), frozenset(one.objgen for one in widgets if _is_signed(one)))


def _dictionaries(given: object) -> list[pikepdf.Dictionary]:
    return [one for one in given if isinstance(one, pikepdf.Dictionary)] if isinstance(given, pikepdf.Array) else []


def _fields(form: pikepdf.Dictionary, walk: Walk) -> Iterator[tuple[str, Prints]]:
    """Yield the fields of a form by their full name, but for the places of signatures."""
    waiting = [("", one) for one in _dictionaries(form.get("/Fields"))]
    for _ in range(MAX_FIELDS):
        if not waiting:
            return
        prefix, one = waiting.pop()
        title = one.get("/T")
        name = f"{prefix}.{title}".strip(".") if isinstance(title, pikepdf.String) else prefix
        if is_signature_field(one):
            continue
        yield name if title is not None else f"{name}#{one.objgen[0]}", _prints(one, walk)
        waiting += [(name, kid) for kid in _dictionaries(one.get("/Kids"))]
    raise TooManyObjectsError


def _shared(form: pikepdf.Dictionary, walk: Walk) -> Iterator[tuple[str, bytes]]:
    """Yield what a form keeps for all its fields: its fonts one by one, and its other entries."""
    for key, value in form.items():
        if key not in _FORM:
            yield f"/AcroForm{key}", print_of(value, walk)
    resources = form.get("/DR")
    # Of its resources only fonts are named by the appearance of fields; the rest is scratch paper of writers.
    fonts = resources.get("/Font") if isinstance(resources, pikepdf.Dictionary) else None
    for name, value in fonts.items() if isinstance(fonts, pikepdf.Dictionary) else ():
        yield f"/DR{name}", print_of(value, walk)


def _catalogue(pdf: pikepdf.Pdf, walk: Walk) -> dict[str, bytes]:
    """Return one fingerprint per entry of the catalogue that signing does not change."""
    root: Any = pdf.Root
    prints = {key: print_of(value, walk) for key, value in root.items() if key not in _SIGNING}
    form = root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        prints["/XFA"] = print_of(form.get("/XFA"), walk)
    return prints
