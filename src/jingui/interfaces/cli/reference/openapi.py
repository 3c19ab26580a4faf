"""The published description of the API, as its own address gives it."""

from __future__ import annotations

import json

from django.http import HttpRequest
from django.urls import resolve

ADDRESS = "/api/v1/openapi.json"


def openapi_document() -> str:
    """Return the description with sorted keys. It is asked for by its address: commands do not know the API's code."""
    request = HttpRequest()
    request.method, request.path = "GET", ADDRESS
    view, _, arguments = resolve(ADDRESS)
    description = json.loads(view(request, **arguments).content)
    return json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
