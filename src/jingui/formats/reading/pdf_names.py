"""Names in PDFs: bytes that ought to be UTF-8 and, in files made by Chinese programs, often are GBK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pikepdf

ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def name_text(name: object) -> str:
    """Return a name without its slash in whatever encoding it decodes; ``""`` for anything but a name."""
    if not isinstance(name, pikepdf.Name):
        return ""
    try:
        return str(name)[1:]
    except UnicodeDecodeError:
        raw = ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), name.unparse())
        return raw[1:].decode("gb18030", "replace")


def keys_of(dictionary: Any) -> list[str]:  # noqa: ANN401 - pikepdf
    """Return the keys that can be asked for, those that are UTF-8, in the same order in every process."""
    try:
        keys = sorted(dictionary.keys())
    except UnicodeDecodeError:
        return []
    return [key for key in keys if key.isascii() or key == key.encode("utf-8", "ignore").decode()]


def values_of(dictionary: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - pikepdf
    """Yield keys without their slashes and values."""
    for key in keys_of(dictionary):
        yield key[1:], dictionary.get(key)
