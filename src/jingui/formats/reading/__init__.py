"""Opening files to see whether they can be read, and taking the text of born-digital ones.

These readers meet hostile bytes: run them in another process (``adapters.examination``) wherever the files
come from outside.
"""

from __future__ import annotations

from jingui.formats.reading.defects import DEFECTS, NOTES, Defect, Severity, blocking_defects
from jingui.formats.reading.limits import DEFAULT_LIMITS, Limits
from jingui.formats.reading.opening import READERS, Pronom, failed_reading, read

__all__ = [
    "DEFAULT_LIMITS",
    "DEFECTS",
    "NOTES",
    "READERS",
    "Defect",
    "Limits",
    "Pronom",
    "Severity",
    "blocking_defects",
    "failed_reading",
    "read",
]
