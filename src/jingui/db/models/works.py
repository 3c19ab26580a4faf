"""Long acts on catalogue and plans that workers do (后台任务)."""

from __future__ import annotations

from django.db import models

from jingui.db.keys import new_key


class CatalogueWork(models.Model):
    """One such act, asked for by a person; ``key`` stands in the queue. What it changes is journalled by itself.

    ``subject`` is what it is about (digest of an import, key of a layer): of one kind, only one at a time is under way
    with it. ``saved`` is where it goes on; ``result`` what it found, or the code and the values of its refusal.
    """

    key = models.UUIDField(primary_key=True, default=new_key, editable=False)
    kind = models.CharField(max_length=12)
    subject = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=255, blank=True)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=8)
    done_count = models.BigIntegerField(default=0)
    total_count = models.BigIntegerField(default=0)
    saved = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_catalogue_work"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], name="work_once", condition=models.Q(finished_at__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["kind", "subject", "asked_at"], name="work_subject")]

    def __str__(self) -> str:
        return f"{self.kind} {self.title} {self.state}"


class LevelUnplaced(models.Model):
    """An item that a comparison of the levels could not place, and why. Derived."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey("jingui.LevelRun", on_delete=models.CASCADE, related_name="unplaced")
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=16)
    item_code = models.CharField(max_length=64)
    item_name = models.CharField(max_length=1000)
    base_code = models.CharField(max_length=20, blank=True)
    level = models.CharField(max_length=20, blank=True)
    agency_code = models.CharField(max_length=18)
    agency_name = models.CharField(max_length=200)

    class Meta:
        db_table = "jingui_level_unplaced"
        indexes = [
            models.Index(fields=["run", "reason", "item_code"], name="unplaced_reason"),
            models.Index(fields=["run", "agency_code"], name="unplaced_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.item_code} {self.reason}"
