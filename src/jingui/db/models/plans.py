"""Layers of archiving plans, the opinions on them, their coming into force, and differences between the levels."""

from __future__ import annotations

from django.db import models

from jingui.db.models.records import ProtectedRow


class PlanLayer(ProtectedRow):
    """One version of one layer (``domain.catalogue.planning.layers.Layer``). ``base_version`` is the one it was drawn from.

    ``report`` is what the compiler said when it was last asked, and ``report_sha256`` of which content it spoke.
    """

    scope = models.CharField(max_length=8)
    code = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField()
    base_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12)
    title = models.CharField(max_length=200, blank=True)
    content = models.JSONField(default=dict)
    drafted_by = models.CharField(max_length=120)
    drafted_at = models.DateTimeField()
    submitted_by = models.CharField(max_length=120, blank=True)
    submitted_at = models.DateTimeField(null=True)
    effective_on = models.DateField(null=True)
    in_force_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)
    report_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "jingui_plan_layer"
        constraints = [models.UniqueConstraint(fields=["scope", "code", "version"], name="layer_version_unique")]
        indexes = [models.Index(fields=["state", "effective_on"], name="layer_state")]

    def __str__(self) -> str:
        return f"{self.scope}:{self.code}@{self.version}"


class PlanOpinion(ProtectedRow):
    """What the supervising authority said of a layer version (审查意见)."""

    layer = models.ForeignKey(PlanLayer, on_delete=models.PROTECT, related_name="opinions")
    verdict = models.CharField(max_length=12)
    opinion = models.TextField()
    document_number = models.CharField(max_length=100, blank=True)
    examined_by = models.CharField(max_length=120)
    examiner_name = models.CharField(max_length=60, blank=True)
    examined_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_plan_opinion"

    def __str__(self) -> str:
        return f"{self.layer} {self.verdict}"


class PlanRollout(ProtectedRow):
    """The writing of new plans after a layer came into force. ``position`` is the last item code that was looked at."""

    layer = models.OneToOneField(PlanLayer, on_delete=models.PROTECT, related_name="rollout")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    position = models.CharField(max_length=64, blank=True)
    item_count = models.PositiveIntegerField(default=0)
    written_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "jingui_plan_rollout"

    def __str__(self) -> str:
        return f"{self.layer} {self.position}"


class PlanCatchUp(models.Model):
    """How far new items have been given the plans of their layers: one row. Lost, they are all looked at again."""

    id = models.PositiveIntegerField(primary_key=True)
    event_id = models.BigIntegerField(default=0)

    class Meta:
        db_table = "jingui_plan_catch_up"

    def __str__(self) -> str:
        return str(self.event_id)


class LevelSettlement(ProtectedRow):
    """What a person decided about a difference between levels; it stands as long as both values do (``digest``)."""

    digest = models.CharField(max_length=64, unique=True)
    base_code = models.CharField(max_length=20)
    element = models.CharField(max_length=60)
    item_code = models.CharField(max_length=64)
    decision = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    decided_by = models.CharField(max_length=120)
    decided_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_level_settlement"

    def __str__(self) -> str:
        return f"{self.base_code} {self.element} {self.decision}"


class LevelRun(models.Model):
    """One comparison of the levels. Derived: can be thrown away and made again.

    ``position`` is the last base code that was compared; broken off, a run goes on there.
    """

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    group_count = models.PositiveIntegerField(default=0)
    item_count = models.PositiveIntegerField(default=0)
    compared_count = models.BigIntegerField(default=0)
    difference_count = models.BigIntegerField(default=0)
    unplaced_count = models.BigIntegerField(default=0)
    position = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        db_table = "jingui_level_run"

    def __str__(self) -> str:
        return f"{self.started_at}"


class LevelDifferenceRow(models.Model):
    """One difference that a run found, for lists and worklists. Derived."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(LevelRun, on_delete=models.CASCADE, related_name="differences")
    digest = models.CharField(max_length=64)
    base_code = models.CharField(max_length=20)
    item_name = models.CharField(max_length=1000)
    element = models.CharField(max_length=60)
    upper_code = models.CharField(max_length=64)
    upper_level = models.CharField(max_length=1)
    upper_agency = models.CharField(max_length=200)
    upper_value = models.TextField()
    lower_code = models.CharField(max_length=64)
    lower_level = models.CharField(max_length=1)
    lower_agency = models.CharField(max_length=200)
    lower_agency_code = models.CharField(max_length=18)
    lower_value = models.TextField()

    class Meta:
        db_table = "jingui_level_difference"
        indexes = [
            models.Index(fields=["run", "base_code", "element"], name="level_difference_group"),
            models.Index(fields=["run", "lower_agency_code"], name="level_difference_agency"),
        ]

    def __str__(self) -> str:
        return f"{self.base_code} {self.element} {self.lower_code}"
