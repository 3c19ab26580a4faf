"""Suggested materials of files that came without one (自动清点), and scans whose text waits to be recognised."""

from __future__ import annotations

from django.db import models

from jingui.db.models.capture import Case, CaseFile
from jingui.db.models.records import ProtectedRow
from jingui.domain.capture.deciding import SuggestionState


class FileSuggestion(ProtectedRow):
    """The material suggested for an unlabelled file, and what was decided; ``confidence`` is in thousandths.

    ``alternatives`` are lists of material code, likeness in thousandths and clue, the likeliest first.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="suggestions")
    file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="suggestion")
    material_code = models.CharField(max_length=60, blank=True)
    clue = models.CharField(max_length=20)
    method_version = models.CharField(max_length=60)
    confidence = models.PositiveIntegerField()
    alternatives = models.JSONField(default=list)
    suggested_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in SuggestionState])
    decided_code = models.CharField(max_length=60, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_file_suggestion"
        indexes = [models.Index(fields=["state", "suggested_at"], name="suggestion_state")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.material_code}"


class RecognitionTask(models.Model):
    """A scan whose pages are recognised one by one. Derived: its text stands in ``FileText`` and can be read again."""

    file = models.OneToOneField(CaseFile, primary_key=True, on_delete=models.CASCADE, related_name="recognition")
    state = models.CharField(max_length=10, default="waiting")  # waiting, done, failed
    pages_done = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=60, blank=True)
    error = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_recognition_task"
        indexes = [models.Index(fields=["state", "asked_at"], name="recognition_state")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.state}"
