"""Names that Windows keeps for devices: in any case, with whatever extension, in whatever folder."""

from __future__ import annotations

import re

# Microsoft, "Naming Files, Paths, and Namespaces": the superscripts of Latin-1 are digits to Windows. The console's two
# are opened like the others. Blanks before the extension are cut off.
_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[1-9¹²³]|lpt[1-9¹²³]) *(?:\..*)?", re.IGNORECASE | re.DOTALL
)


def is_device_name(part: str) -> bool:
    """Say whether one part of a path is the name of a device."""
    return _DEVICE.fullmatch(part) is not None
