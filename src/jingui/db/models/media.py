"""The register of offline media (离线介质登记): what they are, where they are kept, and what checks of them found."""

from __future__ import annotations

from django.db import models

from jingui.db.models.records import ProtectedRow


class OfflineMedium(ProtectedRow):
    """An offline medium. Bounds of the climate are what the archives wants: °C and per cent; empty: none.

    ``due_at`` is when it is to be looked at next, empty for never; ``ended_at`` when it was put out of use.
    """

    label = models.CharField(max_length=60, unique=True)
    carrier = models.CharField(max_length=20)
    place = models.CharField(max_length=200)
    content = models.CharField(max_length=500, blank=True)
    written_at = models.DateTimeField()
    check_days = models.PositiveIntegerField()
    coldest = models.SmallIntegerField(null=True)
    hottest = models.SmallIntegerField(null=True)
    driest = models.SmallIntegerField(null=True)
    dampest = models.SmallIntegerField(null=True)
    due_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=20, blank=True)  # of the last check
    entered_by = models.CharField(max_length=100)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_offline_medium"
        indexes = [models.Index(fields=["due_at"], name="medium_due", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return self.label


class MediumCheck(ProtectedRow):
    """One look at a medium: what was found, by whom, and the climate measured where it is kept."""

    medium = models.ForeignKey(OfflineMedium, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    person = models.CharField(max_length=100)
    result = models.CharField(max_length=20)
    temperature = models.SmallIntegerField(null=True)
    humidity = models.SmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "jingui_medium_check"
        indexes = [models.Index(fields=["medium", "at"], name="medium_check_at")]

    def __str__(self) -> str:
        return f"{self.medium_id} {self.at}"
