"""Whose certificates are believed when a source is reached over TLS: the system's authorities, or one's own instead.

Own authorities take the place of the system's: a source inside a government network that has its own authority is then
believed for no other reason, and whoever holds a certificate of a public authority cannot stand in for it.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jingui.domain.errors import PermanentFailure
from jingui.domain.metadata.fields import FieldReader

NAME = "ca_file"


def read_trust(fields: FieldReader) -> None:
    """Read the name of a file with the certificates of own authorities (PEM); problems are kept in ``fields``."""
    path = fields.text(NAME, limit=1000)
    if path and _context(path) is None:
        fields.fault(NAME, "ca_file_unusable", path=path)


def trust_of(configuration: Mapping[str, Any]) -> ssl.SSLContext:
    """Return what checks certificates and names.

    Raises:
        PermanentFailure: ``ca_file_unusable``, the file has gone or holds no certificate of an authority.
    """
    path = str(configuration.get(NAME) or "")
    context = _context(path)
    if context is None:
        raise PermanentFailure("ca_file_unusable", path)
    return context


def _context(path: str) -> ssl.SSLContext | None:
    try:
        context = ssl.create_default_context(cafile=str(Path(path)) if path else None)
    except (OSError, ValueError):
        return None
    return context if not path or context.get_ca_certs() else None
