"""What the frame of every staff page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the name of the archives; views add the rest."""
    return {"archives_name": settings.JINGUI.name}
