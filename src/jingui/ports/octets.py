"""A name for the type of bytes."""

from __future__ import annotations

Octets = bytes  # where a field is called ``bytes`` (a size), the type needs another name
