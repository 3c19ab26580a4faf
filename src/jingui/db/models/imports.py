"""Saved column mappings and the runs of catalogue imports (列对应、导入)."""

from __future__ import annotations

from django.db import models

from jingui.db.models.records import ProtectedRow


class CatalogueMapping(ProtectedRow):
    """One version of a saved column mapping; ``content`` is ``domain.catalogue.mappings.ColumnMapping`` as JSON."""

    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=120)

    class Meta:
        db_table = "jingui_catalogue_mapping"
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="mapping_version_unique")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class CatalogueImport(ProtectedRow):
    """One run of an import. ``position`` counts the parts of the file that are taken over; killed, it goes on there.

    ``task_sha256`` says what is imported and how (file, mapping, profile, scope); ``report_bytes`` is how long its
    report was when the position was reached.
    """

    task_sha256 = models.CharField(max_length=64, db_index=True)
    file_name = models.CharField(max_length=255)
    task = models.JSONField()
    actor = models.CharField(max_length=120)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    parts = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)
    report_bytes = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "jingui_catalogue_import"

    def __str__(self) -> str:
        return f"{self.file_name} {self.position}/{self.parts}"
