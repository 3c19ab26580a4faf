"""Sources, accounts and the installation itself (来源系统、账户)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from jingui.db.models.catalogue import Agency
from jingui.db.models.records import ProtectedRow


class Installation(ProtectedRow):
    """This installation: one row, made by ``jingui init``."""

    name = models.CharField(max_length=200)
    origin = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_installation"

    def __str__(self) -> str:
        return self.name


class Source(ProtectedRow):
    """A registered source system (来源系统). ``agency_codes`` is empty when it may send for every agency."""

    name = models.CharField(max_length=100, unique=True)
    agency_codes = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "jingui_source"

    def __str__(self) -> str:
        return self.name


class SourceKey(ProtectedRow):
    """A key of a source. The secret is derived from the master key and ``key_id`` and is stored nowhere."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="keys")
    key_id = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_source_key"

    def __str__(self) -> str:
        return self.key_id


class Nonce(models.Model):
    """A nonce that a source key has used; kept as long as a signature may be valid."""

    id = models.BigAutoField(primary_key=True)
    key_id = models.CharField(max_length=40)
    nonce = models.CharField(max_length=64)
    used_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "jingui_nonce"
        constraints = [models.UniqueConstraint(fields=["key_id", "nonce"], name="nonce_once")]

    def __str__(self) -> str:
        return f"{self.key_id}/{self.nonce}"


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by user name."""


class Account(ProtectedRow, AbstractBaseUser):
    """A person who signs in, with one role; ``agency`` is empty for roles that see every agency."""

    # No last_login column: signing in is a journal event, not a silent change of a protected row.
    last_login: ClassVar[None] = None  # type: ignore[misc]
    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=60)
    role = models.CharField(max_length=20)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = AccountManager()

    class Meta:
        db_table = "jingui_account"

    def __str__(self) -> str:
        return self.username
