"""Format migrations (格式迁移) and what became of every file in them."""

from __future__ import annotations

from django.db import models

from jingui.db.models.capture import Case, CaseFile
from jingui.db.models.records import ProtectedRow


class FormatMigration(ProtectedRow):
    """A migration from its plan to its end.

    ``formats``: a row per format: ``format``, ``target``, ``converter``, and as counted when planned ``files``, ``cases``,
    ``bytes``, ``risk``, ``is_there``. ``trial``: what became of each file of the sample, the result under its token in the
    area of trials. ``counts``: outcomes at the end. People are named as the journal names them.
    """

    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10)
    formats = models.JSONField()
    sample = models.PositiveIntegerField()
    policy_version = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    authorization = models.CharField(max_length=300)
    department = models.CharField(max_length=300)
    planned_by = models.CharField(max_length=120)
    planned_at = models.DateTimeField()
    trial = models.JSONField(default=list)
    tried_at = models.DateTimeField(null=True)
    opinion = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    decided_at = models.DateTimeField(null=True)
    started_by = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "jingui_format_migration"

    def __str__(self) -> str:
        return f"{self.number} {self.title} {self.state}"


class TriedFile(models.Model):
    """What a trial that is under way found with one file, until its end writes all of it into ``FormatMigration.trial``."""

    id = models.BigAutoField(primary_key=True)
    migration = models.ForeignKey(FormatMigration, on_delete=models.CASCADE, related_name="tried")
    file = models.ForeignKey(CaseFile, on_delete=models.CASCADE, related_name="+")
    told = models.JSONField()

    class Meta:
        db_table = "jingui_tried_file"
        constraints = [models.UniqueConstraint(fields=["migration", "file"], name="tried_once")]

    def __str__(self) -> str:
        return f"{self.migration_id} {self.file_id}"


class FileConversion(ProtectedRow):
    """What became of one file in a migration. ``reason``: a code, with a detail after a colon, if it was not converted.

    A converted one asks like an arrival for a new version of its case, in which it stands beside the original; until that
    is stored its bytes are staged. ``comparison`` is ``domain.records.conversions.Comparison``; ``text`` what it says.
    """

    migration = models.ForeignKey(FormatMigration, on_delete=models.PROTECT, related_name="conversions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="conversions")
    file = models.ForeignKey(CaseFile, on_delete=models.PROTECT, related_name="conversions")
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=300, blank=True)
    source_format = models.CharField(max_length=20)
    source_sha256 = models.CharField(max_length=64)
    target_format = models.CharField(max_length=20)
    target_version = models.CharField(max_length=20, blank=True)
    mime_type = models.CharField(max_length=100, blank=True)
    pronom_id = models.CharField(max_length=20, blank=True)
    converter = models.CharField(max_length=20)
    converter_version = models.CharField(max_length=120, blank=True)
    converted_at = models.DateTimeField()
    bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    sm3 = models.CharField(max_length=64, blank=True)
    sha512 = models.CharField(max_length=128, blank=True)
    staged_token = models.CharField(max_length=100, blank=True)
    page_count = models.PositiveIntegerField(null=True)
    comparison = models.JSONField(default=dict)
    text = models.TextField(blank=True)
    arrived_event = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "jingui_file_conversion"
        constraints = [
            models.UniqueConstraint(fields=["migration", "file"], name="conversion_once"),
            models.UniqueConstraint(fields=["file"], name="converted_once", condition=models.Q(outcome="converted")),
        ]
        indexes = [
            models.Index(fields=["case", "arrived_event"], name="conversion_arrival"),
            models.Index(fields=["migration", "case"], name="conversion_reach"),
            models.Index(fields=["staged_token"], name="conversion_token"),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.outcome}"
