"""Restricted copies given out (限定用途副本)."""

from __future__ import annotations

from django.db import models

from jingui.db.models.administration import Account
from jingui.db.models.capture import Case, CaseFile
from jingui.db.models.records import ProtectedRow


class AccessCopy(ProtectedRow):
    """A restricted copy of one file: for whom, for what, how long; its digests identify the bytes handed out."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="copies")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="copies")
    copy_number = models.CharField(max_length=60, unique=True)
    token = models.CharField(max_length=60, unique=True)
    purpose = models.CharField(max_length=200)
    receiver = models.CharField(max_length=200)
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="copies")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=200, blank=True)
    pages = models.PositiveIntegerField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "jingui_access_copy"
        indexes = [models.Index(fields=["case", "issued_at"], name="copy_case")]

    def __str__(self) -> str:
        return self.copy_number
