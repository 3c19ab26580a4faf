"""Cases and everything that arrives for them (办件、文件、环节、办结)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models

from jingui.db.models.administration import Source
from jingui.db.models.catalogue import Agency, ArchivingPlan
from jingui.db.models.records import ProtectedRow
from jingui.domain.capture.messages import StepMessage
from jingui.domain.capture.sameness import message_digest, message_text
from jingui.domain.lifecycle import CaseState


class Case(ProtectedRow):
    """A case. ``message`` is what its source sent, canonical JSON; empty while only other messages have come.

    ``inspected_through`` is the number of the journal event up to which arrivals are in the current version.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="cases")
    case_number = models.CharField(max_length=50)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in CaseState])
    message = models.TextField(blank=True)
    message_sha256 = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=500, blank=True)
    item_code = models.CharField(max_length=64, blank=True)
    item_name = models.CharField(max_length=1000, blank=True)
    plan = models.ForeignKey(ArchivingPlan, null=True, on_delete=models.PROTECT, related_name="cases")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="cases")
    applicant_name = models.CharField(max_length=200, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    department = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()  # when our folder for it was opened
    announced_at = models.DateTimeField(null=True)  # when the case's own message came
    received_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closure_kind = models.CharField(max_length=20, blank=True)
    preserved_at = models.DateTimeField(null=True)
    retention = models.CharField(max_length=4, blank=True)
    category = models.CharField(max_length=20, blank=True)
    year = models.PositiveIntegerField(null=True)
    security_classification = models.CharField(max_length=10, blank=True)
    archival_code = models.CharField(max_length=100, null=True, unique=True)  # noqa: DJ001 - unique when present
    record_code = models.CharField(max_length=150, null=True, unique=True)  # noqa: DJ001 - unique when present
    version = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, blank=True)
    blocking_count = models.PositiveIntegerField(default=0)
    missing_count = models.PositiveIntegerField(default=0)
    file_count = models.PositiveIntegerField(default=0)
    inspected_through = models.BigIntegerField(default=0)
    is_late_event = models.BooleanField(default=False)
    is_late_arrival = models.BooleanField(default=False)

    class Meta:
        db_table = "jingui_case"
        constraints = [models.UniqueConstraint(fields=["source", "case_number"], name="case_number_unique")]
        indexes = [
            models.Index(fields=["state", "closed_at"], name="case_state_closed"),
            models.Index(fields=["agency", "category", "year", "retention"], name="case_shelf"),
            models.Index(fields=["closed_at"], name="case_closed"),
            models.Index(fields=["agency", "state"], name="case_agency_state"),
            models.Index(fields=["key"], name="case_for_person", condition=models.Q(outcome="needs_person")),
        ]

    def __str__(self) -> str:
        return self.case_number


class CaseFile(ProtectedRow):
    """A file as it came, written once. It is superseded when another file of the case ``replaces`` its key."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    file_key = models.CharField(max_length=200)
    name = models.CharField(max_length=255)
    material_code = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=500, blank=True)
    step = models.CharField(max_length=200, blank=True)
    formed_at = models.CharField(max_length=40, blank=True)  # ISO 8601 as sent, its offset kept
    received_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(max_length=64)
    sha512 = models.CharField(max_length=128)
    format_name = models.CharField(max_length=20, blank=True)
    format_version = models.CharField(max_length=20, blank=True)
    mime_type = models.CharField(max_length=100, blank=True)
    staged_token = models.CharField(max_length=100)
    message_sha256 = models.CharField(max_length=64)
    replaces = models.CharField(max_length=200, blank=True)
    arrived_event = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "jingui_case_file"
        constraints = [models.UniqueConstraint(fields=["case", "file_key"], name="file_key_unique")]

    def __str__(self) -> str:
        return self.file_key


class CaseStep(ProtectedRow):
    """A step of handling; ``message`` keeps it as sent."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step_key = models.CharField(max_length=200)
    name = models.CharField(max_length=1000)
    started_at = models.DateTimeField()
    received_at = models.DateTimeField()
    message = models.TextField()
    message_sha256 = models.CharField(max_length=64)
    arrived_event = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "jingui_case_step"
        constraints = [models.UniqueConstraint(fields=["case", "step_key"], name="step_key_unique")]

    def __str__(self) -> str:
        return self.step_key

    @classmethod
    def of(cls, case: Case, message: StepMessage, *, now: datetime) -> Self:
        """Make the row of a step that came for a case; it is saved by ``journal.record``."""
        return cls(
            case=case,
            step_key=message.step_key,
            name=message.name,
            started_at=message.started_at,
            received_at=now,
            message=message_text(message),
            message_sha256=message_digest("step", message),
        )


class Closure(ProtectedRow):
    """How a case was closed at its source; one per case."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="closure")
    kind = models.CharField(max_length=20)
    closed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    message = models.TextField()
    message_sha256 = models.CharField(max_length=64)
    arrived_event = models.BigIntegerField(editable=False)

    class Meta:
        db_table = "jingui_closure"

    def __str__(self) -> str:
        return f"{self.kind} {self.closed_at}"


class FileText(models.Model):
    """Text of a born-digital file, zlib-compressed UTF-8. Derived: can be thrown away and read again."""

    file = models.OneToOneField(CaseFile, primary_key=True, on_delete=models.CASCADE, related_name="text")
    content = models.BinaryField()

    class Meta:
        db_table = "jingui_file_text"

    def __str__(self) -> str:
        return str(self.file_id)
