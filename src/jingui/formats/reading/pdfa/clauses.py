"""Where the rules of ISO 19005-2 stand in ISO 19005-4, and what each part and level allows.

A clause that is not listed has no counterpart in part 4: its rules hold for parts 2 and 3 alone.
"""

from __future__ import annotations

FOURTH: dict[str, str] = {
    "6.1": "6.1", "6.1.2": "6.1.2", "6.1.3": "6.1.3", "6.1.4": "6.1.4", "6.1.6": "6.1.5", "6.1.7.1": "6.1.6.1",
    "6.1.7.2": "6.1.6.2", "6.1.8": "6.1.7", "6.1.9": "6.1.8", "6.1.10": "6.1.9", "6.1.12": "6.1.11", "6.2.2": "6.2.2",
    "6.2.3": "6.2.3", "6.2.4.2": "6.2.4.2", "6.2.4.3": "6.2.4.3", "6.2.4.4": "6.2.4.4", "6.2.5": "6.2.5",
    "6.2.8.1": "6.2.7.1", "6.2.8.3": "6.2.7.3", "6.2.9.1": "6.2.8.1", "6.2.9.2": "6.2.8.2", "6.2.10": "6.2.9",
    "6.2.11.2": "6.2.10.2", "6.2.11.3.1": "6.2.10.3.1", "6.2.11.3.2": "6.2.10.3.2", "6.2.11.3.3": "6.2.10.3.3",
    "6.2.11.4.1": "6.2.10.4.1", "6.2.11.5": "6.2.10.5", "6.2.11.6": "6.2.10.6", "6.2.11.7.2": "6.2.10.7",
    "6.2.11.8": "6.2.10.9", "6.3.1": "6.3.1", "6.3.2": "6.3.2", "6.3.3": "6.3.3", "6.4.1": "6.4.1", "6.4.2": "6.4.2",
    "6.5.1": "6.6.1", "6.6.2.1": "6.7.2.1", "6.6.4": "6.7.3", "6.8": "6.9", "6.9": "6.10", "6.10": "6.11", "6.11": "6.12",
}  # fmt: skip

_ANNOTATIONS_1 = frozenset(
    ("Text", "Link", "FreeText", "Line", "Square", "Circle", "Highlight", "Underline", "Squiggly", "StrikeOut", "Stamp",
     "Ink", "Popup", "Widget", "PrinterMark", "TrapNet")
)  # fmt: skip
_ANNOTATIONS_4 = _ANNOTATIONS_1 | {"Polygon", "PolyLine", "Caret", "Watermark", "Redact", "Projection"}
ANNOTATIONS: dict[str, frozenset[str]] = {
    "1": _ANNOTATIONS_1,
    "2": (_ANNOTATIONS_4 | {"FileAttachment"}) - {"Projection"},
    "4": _ANNOTATIONS_4,
    "4e": _ANNOTATIONS_4 | {"3D", "RichMedia"},
    "4f": _ANNOTATIONS_4 | {"FileAttachment"},
}
_ACTIONS_1 = frozenset(("GoTo", "GoToR", "Thread", "URI", "Named", "SubmitForm"))
_ACTIONS_4 = _ACTIONS_1 | {"GoToE", "JavaScript", "RichMediaExecute", "GoToDp"}
ACTIONS: dict[str, frozenset[str]] = {
    "1": _ACTIONS_1,
    "2": _ACTIONS_1 | {"GoToE"},
    "4": _ACTIONS_4,
    "4e": _ACTIONS_4 | {"SetOCGState", "GoTo3DView"},
    "4f": _ACTIONS_4,
}
TRIGGERS_4 = frozenset(("/E", "/X", "/D", "/U", "/Fo", "/Bl"))
"""What may trigger an action in part 4 (6.6.3), but for fields and their widgets, which any trigger may have."""
