"""Secrets: of source keys, derived from the master key, and those that a configuration names."""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from jingui.domain.errors import PermanentFailure


def source_secret(key_id: str) -> str:
    """Return the secret of a source key: derived from the master key, so that no table holds it."""
    return _derived_secret(settings.JINGUI.master_key, key_id)


@lru_cache(maxsize=1000)
def _derived_secret(master: str, key_id: str) -> str:
    return hmac.new(master.encode(), f"source-key:{key_id}".encode(), hashlib.sha256).hexdigest()


def named_secret(name: str) -> str:
    """Return a secret that a configuration names: ``JINGUI_CREDENTIAL_NAME`` in the environment, or a file of that name.

    The file is ``keys/secrets/NAME`` in the instance's folder, mode 0600.

    Raises:
        PermanentFailure: ``secret_missing``.
    """
    path: Path = settings.JINGUI.keys / "secrets" / name
    given = os.environ.get("JINGUI_CREDENTIAL_NAME".replace("NAME", name), "")
    if given:
        return given
    if name.isidentifier() and path.is_file():
        return path.read_text(encoding="utf-8").strip()
    raise PermanentFailure("secret_missing", name)
