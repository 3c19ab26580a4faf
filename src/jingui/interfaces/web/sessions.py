"""Signing in: a user name and a password; every try stands in the journal, and too many wrong ones must wait."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.cache import cache
from django.http import HttpRequest

from jingui.db.queries.accounts import find_account, get_account, password_fits
from jingui.interfaces.web.clock import now
from jingui.usecases.administration import note_sign_in

MOST_TRIES = 5
WAIT_MINUTES = 15


class AccountBackend(BaseBackend):
    """Checks accounts for Django's sessions."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django's own signature
        username: str | None = None,
        password: str | None = None,
        **_: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - interfaces know no models
        """Return the account if name and password fit and it is active."""
        if not username or not password or tries_left(username) == 0:
            return None
        account = find_account(username)
        # The password is hashed even for an unknown name, so that time tells nothing.
        is_right = password_fits(account, password)
        note_sign_in(username=username, is_successful=is_right, now=now())
        count_try(username, is_right=is_right)
        return account if is_right else None

    def get_user(self, user_id: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the account of a session, nothing if it is gone or locked."""
        return get_account(user_id)


def tries_left(username: str) -> int:
    """Return how often a name may still be tried in this quarter of an hour, known name or not."""
    return max(0, MOST_TRIES - int(cache.get(_cache_key(username), 0)))


def count_try(username: str, *, is_right: bool) -> None:
    """Count a wrong try; a right one begins anew."""
    key = _cache_key(username)
    if is_right:
        cache.delete(key)
    elif not cache.add(key, 1, WAIT_MINUTES * 60):
        with suppress(ValueError):  # the count has just ended by itself
            cache.incr(key)


def _cache_key(username: str) -> str:
    return "sign-in." + hashlib.sha256(username.encode("utf-8", "replace")).hexdigest()
