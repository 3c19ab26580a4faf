"""Signing in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jingui.interfaces.web.clock import now
from jingui.interfaces.web.sessions import WAIT_MINUTES, tries_left
from jingui.interfaces.wording import error_text
from jingui.usecases.viewing import note_sign_out


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password, and open a session if they fit."""
    back = _safe_address(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(back)
    username = request.POST.get("username", "").replace("\0", "").strip()[:60]
    account = authenticate(request, username=username, password=request.POST.get("password", ""))
    if account is not None:
        login(request, account)
        return HttpResponseRedirect(back)
    error = _why_not(username) if request.method == "POST" else ""
    context = {"username": username, "next": back, "error": error}
    return render(request, "web/login.html", context, status=200 if not error else 422)


def _why_not(username: str) -> str:
    left = tries_left(username)
    if left:
        return error_text("sign_in_failed", {"left": str(left)})
    return error_text("sign_in_blocked", {"minutes": str(WAIT_MINUTES)})


def _safe_address(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and not address.startswith(("/login", "/logout")) else "/"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Close the session."""
    if request.user.is_authenticated:
        note_sign_out(username=request.user.get_username(), now=now())
    logout(request)
    return HttpResponseRedirect("/login")
