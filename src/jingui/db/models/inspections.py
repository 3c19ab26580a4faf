"""Inspection beyond the archiving of a case: profiles, statements of persons, other phases, and the tally of findings."""

from __future__ import annotations

from django.db import models

from jingui.db.models.capture import Case
from jingui.db.models.catalogue import Agency
from jingui.db.models.records import ProtectedRow


class InspectionProfileVersion(ProtectedRow):
    """One version of an inspection profile (检测方案); never changed, a change is a new version.

    ``scope`` and ``scope_value`` say what it is for; the newest version for a place is the one in force.
    """

    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    scope = models.CharField(max_length=10)
    scope_value = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=400, blank=True)
    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=100)

    class Meta:
        db_table = "jingui_inspection_profile"
        constraints = [
            models.UniqueConstraint(fields=["scope", "scope_value", "version"], name="inspection_profile_version")
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class InspectionStatement(ProtectedRow):
    """What a person stated of a check item, with evidence: for a finding of one case, for an agency, or for the house.

    The newest statement counts. ``evidence_token`` names the bytes of a file that was handed in with it.
    """

    rule = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20)
    words = models.CharField(max_length=1000)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="inspection_statements")
    location = models.CharField(max_length=300, blank=True)
    input_sha256 = models.CharField(max_length=64, blank=True)
    evidence_name = models.CharField(max_length=255, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    evidence_token = models.CharField(max_length=100, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=100)

    class Meta:
        db_table = "jingui_inspection_statement"
        indexes = [
            models.Index(fields=["case", "rule"], name="inspection_statement_case"),
            models.Index(fields=["rule", "stated_at"], name="inspection_statement_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.outcome}"


class PhaseInspection(ProtectedRow):
    """One inspection in phase 移交与接收 or 长期保存; ``case`` is empty for a package that is none of ours."""

    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="phase_inspections")
    phase = models.CharField(max_length=2)
    subject = models.CharField(max_length=300)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    outcome = models.CharField(max_length=20)
    is_blocked = models.BooleanField()
    report = models.JSONField()

    class Meta:
        db_table = "jingui_phase_inspection"
        indexes = [
            models.Index(fields=["case", "phase", "at"], name="phase_inspection_case"),
            models.Index(fields=["phase", "at"], name="phase_inspection_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.subject}"


class FindingTally(models.Model):
    """How often a check item said the same of one case in one inspection; made from the reports, for statistics alone."""

    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.CASCADE, related_name="+")
    item_code = models.CharField(max_length=64, blank=True)
    phase = models.CharField(max_length=2)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    rule = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "jingui_finding_tally"
        indexes = [
            models.Index(fields=["phase", "at"], name="finding_tally_phase"),
            models.Index(fields=["agency", "at"], name="finding_tally_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.code}"
