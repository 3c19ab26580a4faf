"""Versions of the format policy (格式策略)."""

from __future__ import annotations

from django.db import models

from jingui.db.models.records import ProtectedRow


class FormatPolicyVersion(ProtectedRow):
    """One version; ``content`` is ``domain.preservation.format_policy`` as JSON, the highest number is in force."""

    number = models.PositiveIntegerField(unique=True)
    content = models.JSONField()
    reason = models.CharField(max_length=300)
    adopted_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=120)

    class Meta:
        db_table = "jingui_format_policy"

    def __str__(self) -> str:
        return f"v{self.number}"
