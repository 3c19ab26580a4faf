"""Types of XMP values: how simple ones are written, what arrays and structures hold (XMP Specification of 2004 and 2005)."""

from __future__ import annotations

import re

from jingui.formats.reading.pdfa.xmp_values import Listed, Simple, Structure, Value

CHOICE = re.compile(r"(?:open |closed )?(?:choice |choice$)(?:of )?")
ARRAYS = ("bag", "seq", "alt")
REAL = r"[+-]?(?:\d+\.?\d*|\.\d+)"
# A time with several zones is none; a date may end at the year, the month, the day, the minute or the second.
DATE = r"(?:\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?)?)?)?"
SIMPLE: dict[str, re.Pattern[str]] = {
    name: re.compile(form, re.DOTALL)
    for name, form in {
        "boolean": r"True|False",
        "integer": r"[+-]?\d+",
        "real": REAL,
        "date": DATE,
        "mimetype": r"[-\w+.]+/[-\w+.]+",
        "gpscoordinate": r"\d{1,3},\d{1,2}(?:,\d{1,2}|\.\d+)[NSEW]",
        **dict.fromkeys(
            ("text", "locale", "propername", "agentname", "rational", "renditionclass", "uri", "url", "xpath"), r".*"
        ),
    }.items()
}


def _fields(told: str) -> dict[str, str]:
    """Read ``type: name name; type: name`` into the type of every field."""
    pairs = [part.split(":") for part in told.split(";")]
    return {name: kind.strip() for kind, names in pairs for name in names.split()}


STRUCTURES: dict[str, dict[str, str]] = {
    "dimensions": _fields("real: w h; text: unit"),
    "thumbnail": _fields("integer: height width; text: image format"),
    "resourceevent": _fields("text: action instanceID parameters softwareAgent; date: when"),
    "resourceref": _fields(
        "text: instanceID documentID versionID renditionClass renditionParams manager managerVariant manageTo manageUI"
    ),
    "version": _fields("text: comments modifier version; resourceevent: event; date: modifyDate"),
    "job": _fields("text: name id url"),
    "flash": _fields("boolean: Fired Function RedEyeMode; text: Return Mode"),
    "oecf/sfr": _fields("integer: Columns Rows; seq text: Names; seq rational: Values"),
    "cfapattern": _fields("integer: Columns Rows; seq integer: Values"),
    "devicesettings": _fields("integer: Columns Rows; seq text: Settings"),
    "colorant": _fields("text: swatchName mode type; real: cyan magenta yellow black L; integer: red green blue A B"),
    "font": _fields(
        "text: fontName fontFamily fontFace fontType versionString fontFileName; boolean: composite; "
        "seq text: childFontFiles"
    ),
    "beatsplicestretch": _fields("boolean: useFileBeatsMarker; real: riseInDecibel; time: riseInTimeDuration"),
    "marker": _fields("text: comment name location target type"),
    "media": _fields("text: path track webStatement; time: startTime duration; boolean: managed"),
    "projectlink": _fields("text: path type"),
    "resamplestretch": _fields("text: quality"),
    "time": _fields("integer: value; rational: scale"),
    "timecode": _fields("text: timeValue timeFormat"),
    "timescalestretch": _fields("real: frameSize frameOverlappingPercentage; text: quality"),
}
"""Structures by the types of their fields; a field that is not listed may hold anything."""


def plain_type(told: str) -> str:
    """Return the name of a type in lower case without the words that say whether it is a choice."""
    kind = CHOICE.sub("", " ".join(told.lower().split())).strip()
    return kind or "text"


def is_of(value: Value, kind: str) -> bool:
    """Say whether a value is of a type, which is written as in the tables here; unknown types hold anything."""
    if kind == "lang alt":
        return isinstance(value, Listed) and value.kind == "alt" and value.is_by_language
    array, _, inner = kind.partition(" ")
    if array in ARRAYS and isinstance(value, Listed) and not value.items:
        return True  # of what kind an array is that holds nothing makes no difference
    if array in ARRAYS:
        return (
            isinstance(value, Listed)
            and value.kind == array
            and all(is_of(one, inner or "text") for one in value.items)
        )
    if kind in SIMPLE:
        return isinstance(value, Simple) and SIMPLE[kind].fullmatch(value.text.strip()) is not None
    if kind in STRUCTURES:
        return isinstance(value, Structure) and _holds(value, STRUCTURES[kind])
    return True


def _holds(value: Structure, known: dict[str, str]) -> bool:
    return all(is_of(one, known.get(name, "any")) for _, name, one in value.fields)
