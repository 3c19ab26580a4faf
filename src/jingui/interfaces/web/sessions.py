"""Signing in: a user name and a password; every try stands in the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from jingui.db.queries.accounts import find_account, get_account, password_fits
from jingui.usecases.administration import note_sign_in


class AccountBackend(BaseBackend):
    """Checks accounts for Django's sessions."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - interfaces know no models
        """Return the account if name and password fit and it is active."""
        if not username or not password:
            return None
        account = find_account(username)
        # The password is hashed even for an unknown name, so that time tells nothing.
        is_right = password_fits(account, password)
        note_sign_in(username=username, is_successful=is_right, now=datetime.now(UTC))
        return account if is_right else None

    def get_user(self, user_id: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """Return the account of a session, nothing if it is gone or locked."""
        return get_account(user_id)
