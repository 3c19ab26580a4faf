"""Output intents, ICC profiles, and colour spaces against them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

import pikepdf

from jingui.formats.reading.pdfa.claims import Checked, Node, dictionary, name_of, names_of

CHANNELS = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4, b"Lab ": 3}
SPACES_OF_OUTPUT = frozenset((b"GRAY", b"RGB ", b"CMYK"))
# Conditions of the registry of characterisation data (www.color.org), by the shape of their names.
REGISTERED = re.compile(
    r"(?:CGATS ?TR ?\d{3}|CGATS21(?:-\d)?-CRPC\d|FOGRA\d{1,2}L?|JC[A-Z]?\d{4,6}|JCN\d{4}|JCW\d{4}|IFRA\d{2}|PSR\w+|EUROSB\d+|"
    r"EUROSC\w*|SWOP\w*|OFCOM\w*|CUSTOM_?RGB|sRGB.*)",
    re.IGNORECASE,
)
CLASSES_OF_OUTPUT = (b"prtr", b"mntr")
DEVICE = {"DeviceRGB": "RGB ", "RGB": "RGB ", "DeviceCMYK": "CMYK", "CMYK": "CMYK", "DeviceGray": "", "G": ""}
FAMILIES = DEVICE.keys() | {"Pattern"}
DEFAULTS = {"RGB ": "/DefaultRGB", "CMYK": "/DefaultCMYK", "": "/DefaultGray"}


@dataclass(frozen=True, slots=True)
class Output:
    """The colour space of the output intent for PDF/A; ``None``: there is none that counts.

    ``blending``: that of the transparency group around, if it does not depend on a device, which part 4 lets stand in for the
    output intent; ``profiles``: what the CMYK profiles of both are known by.
    """

    space: str | None
    blending: str | None = None
    profiles: frozenset[bytes] = frozenset()

    @staticmethod
    def of(checked: Checked, holder: Node) -> Output:
        """Check the output intents of the catalogue or of a page and return what they give."""
        intents = holder.get("/OutputIntents")
        found = [dictionary(one) for one in intents] if isinstance(intents, pikepdf.Array) else []
        profiles = [one.get("/DestOutputProfile") for one in found if one is not None]
        if len({profile.objgen for profile in profiles if isinstance(profile, pikepdf.Stream)}) > 1:
            checked.fault("6.2.2", "6.2.3", "output intents with different profiles")
        if any(
            "/DestOutputProfileRef" in one and (checked.claim.is_fourth or name_of(one.get("/S")) == "GTS_PDFX")
            for one in found
            if one is not None
        ):
            checked.fault("", "6.2.3", "an output intent whose profile lies elsewhere")
        own = [one for one in found if one is not None and name_of(one.get("/S")) == "GTS_PDFA1"]
        space = _profile_space(checked, own[0]) if own else None
        is_held = checked.claim.is_fourth and space == "CMYK"
        return Output(
            space, profiles=frozenset((identity(own[0].get("/DestOutputProfile")),)) if is_held else frozenset()
        )

    def within(self, space: object) -> Output:
        """Return what counts inside a transparency group that blends in a colour space (part 4, 6.2.4.3)."""
        if not isinstance(space, pikepdf.Array) or not len(space):
            return self
        kind, profile = name_of(space[0]), space[1] if len(space) > 1 else None
        if kind == "CalRGB":
            return replace(self, blending="RGB ")
        if kind != "ICCBased" or not isinstance(profile, pikepdf.Stream):
            return self
        told = profile.read_bytes()[16:20].decode("latin-1")
        return replace(self, blending=told, profiles=self.profiles | ({identity(profile)} if told == "CMYK" else set()))


def identity(profile: pikepdf.Stream) -> bytes:
    """Return what a profile is known by: the identifier in its header, or the digest that it would be (ICC.1 7.2.18)."""
    data = bytearray(profile.read_bytes())
    told = bytes(data[84:100])
    if any(told):
        return told
    for start, end in ((44, 48), (64, 68), (84, 100)):
        data[start:end] = bytes(end - start)
    return hashlib.md5(data, usedforsecurity=False).digest()


def _profile_space(checked: Checked, intent: Node) -> str | None:
    profile = intent.get("/DestOutputProfile")
    if not isinstance(profile, pikepdf.Stream):
        if not REGISTERED.fullmatch(str(intent.get("/OutputConditionIdentifier", "")).strip()):
            checked.fault("6.2.2", "6.2.3", "an output intent without a profile or the name of a registered condition")
        return None
    header = profile.read_bytes()[:128]
    space = header[16:20]
    if header[36:40] != b"acsp" or header[12:16] not in CLASSES_OF_OUTPUT or space not in SPACES_OF_OUTPUT:
        checked.fault("6.2.2", "6.2.3", "an output profile that is none for printers or screens")
        return None
    if header[8] > (2 if checked.claim.is_first else 4):
        checked.fault("6.2.2", "6.2.3", "an output profile of too new a version")
    if profile.get("/N") != CHANNELS[space]:
        checked.fault("6.2.2", "6.2.3", "an output profile with another number of colours than told")
    return space.decode()


def check_space(checked: Checked, space: object, resources: Node, output: Output) -> None:
    """Look a colour space up and through: Indexed and Pattern to what they stand on, Separation to its alternate."""
    for _ in range(6):
        if isinstance(space, pikepdf.Name):
            name = name_of(space)
            if name in DEVICE:
                check_device(checked, DEVICE[name], resources, output)
                return
            spaces = dictionary(resources.get("/ColorSpace")) if resources is not None else None
            space = spaces.get(f"/{name}") if spaces is not None else None
        elif isinstance(space, pikepdf.Array) and len(space):
            space = _below(checked, space, output)
        else:
            return


def _below(checked: Checked, array: Node, output: Output) -> Node:
    """Check a colour space and return the one it stands on, if any."""
    kind, size = name_of(array[0]), len(array)
    if kind in ("Indexed", "I", "Pattern") and size > 1:
        return array[1]
    if kind == "ICCBased" and size > 1 and isinstance(array[1], pikepdf.Stream):
        _check_icc(checked, array[1], output)
    if kind == "DeviceN" and size > 1 and len(array[1]) > (8 if checked.claim.is_first else 32):
        checked.fault("6.1.12", "6.1.13", "too many colorants")
    return array[2] if kind in ("Separation", "DeviceN") and size > 2 else None  # noqa: PLR2004 - the alternate


def _check_icc(checked: Checked, profile: Node, output: Output) -> None:
    if output.profiles and profile.get("/N") == CHANNELS[b"CMYK"] and identity(profile) in output.profiles:
        checked.fault(
            "", "", "a CMYK colour space with the profile of the output or of the group around", fourth="6.2.4.2"
        )
    header = profile.read_bytes()[:128]
    space = header[16:20]
    if header[36:40] != b"acsp" or space not in CHANNELS or header[12:16] not in (*CLASSES_OF_OUTPUT, b"scnr", b"spac"):
        checked.fault("6.2.3.2", "6.2.4.2", "an ICC profile that is none")
    elif profile.get("/N") != CHANNELS[space]:
        checked.fault("6.2.3.2", "6.2.4.2", "an ICC profile with another number of colours than told")
    elif header[8] > (2 if checked.claim.is_first else 4):
        checked.fault("6.2.3.2", "6.2.4.2", "an ICC profile of too new a version")


def check_device(checked: Checked, wanted: str, resources: Node, output: Output) -> None:
    """A device colour needs a default colour space or the output intent for it."""
    spaces = dictionary(resources.get("/ColorSpace")) if resources is not None else None
    if spaces is not None and DEFAULTS[wanted] in spaces:
        return
    if wanted and wanted == output.blending:
        return
    if output.space is None or (wanted and wanted != output.space):
        checked.fault(
            "6.2.3.3", "6.2.4.3", f"device colours ({wanted.strip() or 'gray'}) without an output intent for them"
        )


def is_transparent(state: Node) -> bool:
    """Say whether a graphics state makes what is painted with it transparent."""
    if set(names_of(state.get("/BM"))) - {"Normal", "Compatible"}:
        return True
    if "/SMask" in state and name_of(state.get("/SMask")) != "None":
        return True
    return any(key in state and state.get(key) != 1 for key in ("/CA", "/ca"))


def is_icc_cmyk(space: object) -> bool:
    """Say whether a colour space is ICCBased with four channels."""
    if not isinstance(space, pikepdf.Array) or len(space) < 2 or name_of(space[0]) != "ICCBased":  # noqa: PLR2004
        return False
    return isinstance(space[1], pikepdf.Stream) and space[1].get("/N") == 4  # noqa: PLR2004 - cyan to black


def check_annotation_colours(checked: Checked, page: Node, output: Output) -> None:
    """Colours of annotations are those of an RGB output intent (part 1, 6.5.3)."""
    annotations = page.get("/Annots")
    for one in annotations if isinstance(annotations, pikepdf.Array) else ():
        found = dictionary(one)
        if found is None:
            continue
        if ("/C" in found or "/IC" in found) and output.space != "RGB ":
            checked.fault("6.5.3", "", "colours of an annotation without an RGB output intent")
        artwork = dictionary(found.get("/3DD"))
        if checked.claim.is_fourth and artwork is not None:
            check_space(checked, artwork.get("/ColorSpace"), None, output)
