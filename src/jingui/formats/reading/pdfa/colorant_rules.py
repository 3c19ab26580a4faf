"""Spot colours: names that are text, all colorants described, and one name one colour (ISO 19005-2 6.1.8 and 6.2.4.4)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pikepdf

from jingui.formats.reading.pdf_names import values_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, is_text, name_of

PROCESS = frozenset(("Cyan", "Magenta", "Yellow", "Black", "None", "All"))
MAX_DEPTH = 5


@dataclass(slots=True)
class Colorants:
    """The separations met so far by name, each as its alternate space and tint transform were written."""

    known: dict[str, bytes] = field(default_factory=dict)


def check_colorants(checked: Checked, space: object, resources: Node, seen: Colorants) -> None:
    """Check the separations that a colour space is, stands on, or describes."""
    if isinstance(space, pikepdf.Name):
        spaces = dictionary(resources.get("/ColorSpace")) if resources is not None else None
        space = spaces.get(str(space)) if spaces is not None and name_of(space).isascii() else None
    _look_into(checked, space, seen, depth=0)


def _look_into(checked: Checked, space: object, seen: Colorants, *, depth: int) -> None:
    if not isinstance(space, pikepdf.Array) or len(space) < 2 or depth > MAX_DEPTH:  # noqa: PLR2004 - kind and more
        return
    kind = name_of(space[0])
    if kind in ("Indexed", "I", "Pattern"):
        _look_into(checked, space[1], seen, depth=depth + 1)
    elif kind == "Separation" and len(space) > 3:  # noqa: PLR2004 - name, alternate, transform
        _check_separation(checked, space, seen)
    elif kind == "DeviceN" and len(space) > 3:  # noqa: PLR2004
        _check_many(checked, space, seen, depth)


def _check_separation(checked: Checked, space: pikepdf.Array, seen: Colorants) -> None:
    if not is_text(space[1]):
        checked.fault("", "6.1.8", "the name of a colorant is not UTF-8")
        return
    name = name_of(space[1])
    written = space[2].unparse(resolved=True) + _transform(space[3])
    if name in PROCESS:
        return
    if seen.known.setdefault(name, written) != written:
        checked.fault("", "6.2.4.4", "one spot colour with two meanings")


def _transform(function: Node) -> bytes:
    """Write a tint transform so that two that are alike are written alike."""
    if not isinstance(function, pikepdf.Stream):
        return bytes(function.unparse(resolved=True)) if isinstance(function, pikepdf.Object) else b""
    told = [function.get(key) for key in ("/FunctionType", "/Domain", "/Range", "/Size", "/BitsPerSample")]
    return repr([str(one) for one in told]).encode() + bytes(function.read_bytes())


def _check_many(checked: Checked, space: pikepdf.Array, seen: Colorants, depth: int) -> None:
    names = list(space[1]) if isinstance(space[1], pikepdf.Array) else []
    if not all(is_text(name) for name in names):
        checked.fault("", "6.1.8", "the name of a colorant is not UTF-8")
        return
    attributes = dictionary(space[4]) if len(space) > 4 else None  # noqa: PLR2004 - the attributes
    described = dictionary(attributes.get("/Colorants")) if attributes is not None else None
    process = dictionary(attributes.get("/Process")) if attributes is not None else None
    components = process.get("/Components") if process is not None else None
    told = {name_of(one) for one in components} if isinstance(components, pikepdf.Array) else set()
    told |= {key for key, _ in values_of(described)} if described is not None else set()
    if {name_of(name) for name in names} - PROCESS - told:
        checked.fault("", "6.2.4.4", "a spot colour of several that is not described")
    for _, one in values_of(described) if described is not None else ():
        _look_into(checked, one, seen, depth=depth + 1)
