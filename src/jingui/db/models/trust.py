"""The trust list: whose certificates an installation relies on, for what, and from when until when."""

from __future__ import annotations

from django.db import models

from jingui.db.models.records import ProtectedRow


class TrustedCertificate(ProtectedRow):
    """One certificate of the trust list (信任列表). It is never removed: it ends.

    ``since`` and ``until`` bound the times of signing for which it counts (``None``: open; ``until`` itself is out).
    The list has a version, one more with every change: ``added_in`` and ``ended_in`` name the versions that brought the
    entry in and ended it, so that the list as it stood at any version can be told.
    """

    certificate = models.TextField()  # DER in base64
    fingerprint = models.CharField(max_length=64)
    subject = models.CharField(max_length=300)
    issuer = models.CharField(max_length=300)
    serial = models.CharField(max_length=80)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    purposes = models.JSONField(default=list)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)
    added_in = models.PositiveIntegerField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=120)
    ended_in = models.PositiveIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, blank=True)
    end_note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "jingui_trusted_certificate"
        constraints = [models.UniqueConstraint(fields=["fingerprint", "added_in"], name="trust_added_once")]
        indexes = [models.Index(fields=["added_in"], name="trust_by_version")]

    def __str__(self) -> str:
        return f"{self.fingerprint[:16]} {self.subject}"
