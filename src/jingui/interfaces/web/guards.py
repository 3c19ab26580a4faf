"""Who may open a page: signed in, and with at least one of the permissions that the page asks for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from jingui.db.queries.accounts import actor_of
from jingui.domain.access.roles import Actor, Permission, may
from jingui.domain.errors import Refused

View = Callable[..., HttpResponseBase]


def actor(request: HttpRequest) -> Actor:
    """Return who asks."""
    return actor_of(request.user)


def actor_name(request: HttpRequest) -> str:
    """Return the name that the journal knows the asker by."""
    return f"account:{request.user.get_username()}"


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Let a view run only for somebody signed in who has one of the permissions somewhere (none named: anybody)."""

    def guarded(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 - a view's own
            if not request.user.is_authenticated:
                return to_login(request)
            if permissions and not any(may(actor(request), permission) for permission in permissions):
                raise Refused("permission_missing", permission=permissions[0].value)
            return view(request, *args, **kwargs)

        return run

    return guarded


def to_login(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in and back; a part that HTMX asked for makes the whole page go there."""
    back = request.headers.get("HX-Current-URL", "") if request.headers.get("HX-Request") else request.get_full_path()
    address = f"{settings.LOGIN_URL}?{urlencode({'next': back})}" if back.startswith("/") else settings.LOGIN_URL
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect(address)
    response = HttpResponse(status=204)
    response.headers["HX-Redirect"] = address
    return response
