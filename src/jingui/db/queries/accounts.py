"""Reads of accounts, and who somebody is for the domain."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AnonymousUser

from jingui.db.models import Account
from jingui.domain.access.roles import ALL_AGENCIES, STRANGER, Actor, Role


def find_account(username: str) -> Account | None:
    """Return an active account by its user name."""
    return Account.objects.filter(username=username, is_active=True).select_related("agency").first()


def get_account(key: Any) -> Account | None:  # noqa: ANN401 - whatever the session kept
    """Return an active account by its key."""
    return Account.objects.filter(pk=key, is_active=True).select_related("agency").first()


def password_fits(account: Account | None, password: str) -> bool:
    """Say whether the password is the account's; takes as long for no account."""
    if account is None:
        make_password(password)  # the work of a check, so that the answer does not tell whether the name exists
        return False
    return check_password(password, account.password)


def actor_of(user: Account | AnonymousUser) -> Actor:
    """Return who a signed-in user is; a stranger if nobody is signed in."""
    if not isinstance(user, Account):
        return STRANGER
    reach = frozenset({user.agency.code}) if user.agency else ALL_AGENCIES
    return Actor(user.key.hex, user.display_name, frozenset({Role(user.role)}), reach)


def account_actor(username: str) -> Actor:
    """Return who an active account is by its user name; a stranger if there is none."""
    found = find_account(username)
    return actor_of(found) if found else STRANGER
