"""Rules that hold for every object wherever it stands: limits, filters, states, pictures, forms, actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import pikepdf

from jingui.formats.reading.pdf_names import ESCAPED, keys_of, values_of
from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, is_text, name_of, names_of
from jingui.formats.reading.pdfa.clauses import ACTIONS
from jingui.formats.reading.pdfa.jpeg2000 import faults_of
from jingui.formats.reading.pdfa.private_characters import has_private

MAX_OBJECTS = 50_000
SMALLEST = Decimal("1.175e-38")
MAX_DEPTH = 60
OPAQUE = Decimal("0.000001")
INTENTS = frozenset(("RelativeColorimetric", "AbsoluteColorimetric", "Perceptual", "Saturation"))
BLENDS_1 = frozenset(("Normal", "Compatible"))
BLENDS_2 = BLENDS_1 | frozenset(
    ("Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn", "HardLight", "SoftLight",
     "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity")
)  # fmt: skip
FILTERS = frozenset(
    ("ASCIIHexDecode", "ASCII85Decode", "FlateDecode", "RunLengthDecode", "CCITTFaxDecode", "JBIG2Decode", "DCTDecode",
     "JPXDecode", "AHx", "A85", "Fl", "RL", "CCF", "DCT")
)  # fmt: skip
INLINE_FILTERS = FILTERS - {"JBIG2Decode", "JPXDecode"}
BOXES = ("/MediaBox", "/CropBox", "/TrimBox", "/ArtBox", "/BleedBox")
NAMED_ACTIONS = frozenset(("NextPage", "PrevPage", "FirstPage", "LastPage"))
PROCESS = frozenset(("Cyan", "Magenta", "Yellow", "Black"))
ACTION_KEYS = frozenset(("/A", "/OpenAction", "/Next"))


def check_objects(checked: Checked) -> None:
    """Visit every object once, its direct parts with it."""
    rules = RULES_4 if checked.claim.is_fourth else RULES
    for number, one in enumerate(checked.pdf.objects):
        if number > MAX_OBJECTS:
            return
        for part in _parts(checked, one):
            for rule in rules:
                rule(checked, part)


def _parts(checked: Checked, root: object) -> Iterator[Node]:
    """Yield the object and the dictionaries directly inside it; numbers and texts are checked on the way."""
    waiting: list[tuple[object, int]] = [(root, 0)]
    while waiting:
        value, depth = waiting.pop()
        _check_limits(checked, value)
        if depth > MAX_DEPTH:
            continue
        found = dictionary(value)
        if found is not None:
            yield found
            waiting += [(found.get(key), depth + 1) for key in keys_of(found) if not _is_indirect(found.get(key))]
        elif isinstance(value, pikepdf.Array):
            waiting += [(one, depth + 1) for one in value if not _is_indirect(one)]


def _check_names(checked: Checked, part: Node) -> None:
    """Names of fonts and of structure types are text; the boxes of a page are neither tiny nor gigantic."""
    kind = name_of(part.get("/Type"))
    if _is_garbled(part.get("/BaseFont")):
        checked.fault("", "6.1.8", "the name of a font is not UTF-8")
    if kind in ("StructElem", "") and _is_garbled(part.get("/S")):
        checked.fault("", "6.1.8", "the name of a structure type is not UTF-8")
    if kind == "StructTreeRoot":
        roles = dictionary(part.get("/RoleMap"))
        names = roles.keys() if roles is not None else ()
        if any(not _is_utf8(key) or _is_garbled(roles.get(key)) for key in names):
            checked.fault("", "6.1.8", "the name of a structure type is not UTF-8")
    if kind == "Page":
        for key in BOXES:
            box = part.get(key)
            if isinstance(box, pikepdf.Array) and len(box) == 4 and not _is_fitting(box):  # noqa: PLR2004 - a rectangle
                checked.fault("", "6.1.13", f"{key[1:]} is smaller than 3 or larger than 14400 units")


def _is_garbled(name: object) -> bool:
    return isinstance(name, pikepdf.Name) and not is_text(name)


def _is_utf8(key: str) -> bool:
    """Bytes of a key that are not UTF-8 are told as halves of characters."""
    return key.isascii() or key == key.encode("utf-8", "ignore").decode()


def _is_fitting(box: pikepdf.Array) -> bool:
    left, bottom, right, top = (float(number) for number in box)
    return all(3 <= abs(side) <= 14_400 for side in (right - left, top - bottom))  # noqa: PLR2004 - as the clause says


def _is_indirect(value: object) -> bool:
    return isinstance(value, pikepdf.Object) and value.is_indirect


def _check_limits(checked: Checked, value: object) -> None:
    if isinstance(value, bool):
        return
    limit = next((told for kind, told in LIMITS if isinstance(value, kind)), None)
    if isinstance(value, Decimal) and value and abs(value) < SMALLEST:
        checked.fault("", "6.1.13", "a real number too close to zero")
    if limit is not None and limit.is_beyond(value, checked.claim.is_first):
        checked.fault("6.1.12", limit.later, limit.what)


@dataclass(frozen=True, slots=True)
class _Limit:
    """A limit of ISO 19005-1 6.1.12 and of the later parts' 6.1.13 (``later`` empty: part 1 alone)."""

    measure: Callable[[Node], int | Decimal]
    first: int | Decimal
    then: int | Decimal
    what: str
    later: str = "6.1.13"

    def is_beyond(self, value: object, is_first: bool) -> bool:  # noqa: FBT001 - the part
        return self.measure(value) > (self.first if is_first else self.then)


def _size_of_name(name: pikepdf.Name) -> int:
    """Return the bytes of a name without its slash, whether they are UTF-8 or not."""
    try:
        return len(str(name).encode()) - 1
    except UnicodeDecodeError:
        return len(ESCAPED.sub(b"x", name.unparse())) - 1


LIMITS: tuple[tuple[type, _Limit], ...] = (
    (
        int,
        _Limit(
            lambda number: number if number >= 0 else -number - 1, 2**31 - 1, 2**31 - 1, "an integer beyond 32 bits"
        ),
    ),
    (Decimal, _Limit(abs, Decimal(32767), Decimal("3.403e38"), "a real number beyond the limit")),
    (pikepdf.Name, _Limit(_size_of_name, 127, 127, "a name longer than 127 bytes")),
    (pikepdf.String, _Limit(lambda text: len(bytes(text)), 65535, 32767, "a string beyond the limit")),
    (pikepdf.Array, _Limit(len, 8191, 2**31, "an array of more than 8191 elements", "")),
    (pikepdf.Dictionary, _Limit(len, 4095, 2**31, "a dictionary of more than 4095 entries", "")),
)


def _check_stream(checked: Checked, part: Node) -> None:
    for key in keys_of(part):
        if len(key.encode()) > 128:  # noqa: PLR2004 - 127 and the slash
            checked.fault("6.1.12", "6.1.13", "a name longer than 127 bytes")
    if not isinstance(part, pikepdf.Stream):
        return
    if any(key in part for key in ("/F", "/FFilter", "/FDecodeParms")):
        checked.fault("6.1.7", "6.1.7.1", "a stream outside the file")
    filters = names_of(part.get("/Filter"))
    if {"LZWDecode", "LZW"} & set(filters):
        checked.fault("6.1.10", "6.1.7.2", "LZW compression")
    if set(filters) - FILTERS - {"LZWDecode", "LZW", "Crypt"}:
        checked.fault("", "6.1.7.2", "a filter that is not standard")
    if "Crypt" in filters and not _is_identity(part.get("/DecodeParms"), filters.index("Crypt")):
        checked.fault("", "6.1.7.2", "a Crypt filter that encrypts")


def _is_identity(parameters: object, at: int) -> bool:
    """A Crypt filter may stand that does nothing: its name is Identity, as it is if none is told."""
    one = parameters[at] if isinstance(parameters, pikepdf.Array) and at < len(parameters) else parameters
    found = dictionary(one)
    return found is not None and name_of(found.get("/Name")) == "Identity"


def check_picture(checked: Checked, part: Node) -> None:
    """Check a picture that is painted."""
    for key in ("/Alternates", "/OPI"):
        if key in part:
            checked.fault("6.2.4", "6.2.8.1", f"a picture with {key[1:]}")
    if bool(part.get("/Interpolate", False)):
        checked.fault("6.2.4", "6.2.8.1", "a picture with Interpolate")
    if name_of(part.get("/Intent")) not in INTENTS | {""}:
        checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")
    if dictionary(part.get("/SMask")) is not None:
        checked.fault("6.4", "", "a picture with a soft mask")
    _check_depth(checked, part)
    if "JPXDecode" in names_of(part.get("/Filter")):
        checked.fault("6.1.10", "", "JPEG 2000")
        for what in faults_of(part.read_raw_bytes(), has_space="/ColorSpace" in part):
            checked.fault("", "6.2.8.3", what)


def _check_depth(checked: Checked, part: Node) -> None:
    depth = part.get("/BitsPerComponent")
    if bool(part.get("/ImageMask", False)):
        if depth is not None and depth != 1:
            checked.fault("6.2.4", "6.2.8.1", "a mask of more than one bit")
    elif depth is not None and depth not in ((1, 2, 4, 8) if checked.claim.is_first else (1, 2, 4, 8, 16)):
        checked.fault("6.2.4", "6.2.8.1", "a picture with a depth that there is not")


def check_form(checked: Checked, part: Node) -> None:
    """Check a form, or another XObject that is no picture, that is painted."""
    kind = name_of(part.get("/Subtype"))
    if kind == "PS":
        checked.fault("6.2.7", "6.2.9.3", "a PostScript XObject")
    if "/OPI" in part:
        checked.fault("6.2.5", "6.2.9.1", "a form XObject with OPI")
    if "/PS" in part or name_of(part.get("/Subtype2")) == "PS":
        checked.fault("6.2.5", "6.2.9.1", "a form XObject with PostScript", fourth="")
    if "/Ref" in part:
        checked.fault("6.2.6", "6.2.9.2", "a reference XObject")


def check_group(checked: Checked, part: Node) -> None:
    """Check the group of a page or form."""
    group = dictionary(part.get("/Group"))
    if group is not None and name_of(group.get("/S")) == "Transparency":
        checked.fault("6.4", "", "a transparency group")


def check_state(checked: Checked, state: Node) -> None:
    """Check a graphics state that is used."""
    if "/TR" in state:
        checked.fault("6.2.8", "6.2.5", "TR in a graphics state")
    if "/TR2" in state and name_of(state.get("/TR2")) != "Default":
        checked.fault("6.2.8", "6.2.5", "TR2 other than Default")
    if "/HTP" in state:
        checked.fault("", "6.2.5", "HTP in a graphics state", fourth="")
    if "/HTO" in state:
        checked.fault("", "", "HTO in a graphics state", fourth="6.2.5")
    if "/RI" in state and name_of(state.get("/RI")) not in INTENTS:
        checked.fault("6.2.9", "6.2.6", "an unknown rendering intent")
    _check_halftone(checked, dictionary(state.get("/HT")))
    _check_blending(checked, state)


def _check_blending(checked: Checked, state: Node) -> None:
    if "/SMask" in state and name_of(state.get("/SMask")) != "None":
        checked.fault("6.4", "", "a soft mask in a graphics state")
    blends = names_of(state.get("/BM"))
    if checked.claim.is_first and set(blends) - BLENDS_1:
        checked.fault("6.4", "", "a blend mode other than Normal")
    if set(blends) - BLENDS_2:
        checked.fault("", "6.2.10", "an unknown blend mode")
    for key in ("/CA", "/ca"):
        value = state.get(key)
        if isinstance(value, int | Decimal) and abs(Decimal(value) - 1) >= OPAQUE:
            checked.fault("6.4", "", "an opacity below 1")


def _check_halftone(checked: Checked, halftone: Node) -> None:
    if halftone is None:
        return
    if halftone.get("/HalftoneType") not in (1, 5):
        checked.fault("", "6.2.5", "a halftone of another type than 1 or 5")
    if "/HalftoneName" in halftone:
        checked.fault("", "6.2.5", "a halftone with a name")
    if halftone.get("/HalftoneType") != 5:  # noqa: PLR2004 - several in one
        if "/TransferFunction" in halftone:
            checked.fault("", "6.2.5", "a halftone with a transfer function")
        return
    for key, one in values_of(halftone):
        part = dictionary(one)
        is_process = key in PROCESS
        if part is not None and key != "Default" and is_process == ("/TransferFunction" in part):
            checked.fault("", "6.2.5", "a halftone whose transfer function is not where it must be")


def _check_action(checked: Checked, part: Node) -> None:
    found = [dictionary(part.get(key)) for key in ACTION_KEYS if key in part]
    if name_of(part.get("/Type")) == "Action":
        found.append(part)
    more = dictionary(part.get("/AA"))
    if more is not None:
        found += [dictionary(more.get(key)) for key in keys_of(more)]
    allowed = ACTIONS[checked.claim.kind]
    for action in found:
        kind = name_of(action.get("/S")) if action is not None else ""
        if kind and kind not in allowed:
            checked.fault("6.6.1", "6.5.1", f"an action {kind[:30]}")
        if kind == "Named" and action is not None and name_of(action.get("/N")) not in NAMED_ACTIONS:
            checked.fault("6.6.1", "6.5.1", "an unknown named action")


def _check_private(checked: Checked, part: Node) -> None:
    """Part 4: replacement text holds no private characters (6.2.10.8); 3D artwork is U3D or PRC (6.1.6.1)."""
    if has_private(part.get("/ActualText")):
        checked.fault("", "", "ActualText with private characters", fourth="6.2.10.8")
    if name_of(part.get("/Type")) == "3D" and name_of(part.get("/Subtype")) not in ("U3D", "PRC"):
        checked.fault("", "", "3D artwork that is neither U3D nor PRC", fourth="6.1.6.1")


RULES = (_check_stream, _check_action, _check_names)
RULES_4 = (*RULES, _check_private)
