"""Storage roots, the copies they hold, what audits of them found, and the work in hand (存储库、副本、巡检).

The primary root stands in every instance; others hold copies of its objects. What a root holds and what was found
wrong with it are protected rows; queues and positions are work in hand and are not (compare ``Job``).
"""

from __future__ import annotations

from django.db import models

from jingui.db.models.preservation import PackageVersion
from jingui.db.models.records import ProtectedRow


class StorageRoot(ProtectedRow):
    """An OCFL storage root (存储库). ``configuration`` holds no secrets, only names of secrets.

    ``rank`` is the order in which copies are written. Periods are days; 0 means never.
    """

    name = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=10)  # primary, folder, s3
    configuration = models.JSONField(default=dict)
    rank = models.PositiveIntegerField(default=0)
    is_protected = models.BooleanField(default=False)  # write-protected: nothing is copied into it or repaired in it
    routine_days = models.PositiveIntegerField(default=90)
    full_days = models.PositiveIntegerField(default=365)
    sample_days = models.PositiveIntegerField(default=7)
    sample_objects = models.PositiveIntegerField(default=1000)
    bytes_per_second = models.BigIntegerField(default=0)  # 0: as fast as it goes
    free_alarm_bytes = models.BigIntegerField(default=0)
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_storage_root"

    def __str__(self) -> str:
        return self.name


class ObjectCopy(ProtectedRow):
    """A version of an object that a root other than the primary one holds, verified when it was written."""

    root = models.ForeignKey(StorageRoot, on_delete=models.PROTECT, related_name="copies")
    package = models.ForeignKey(PackageVersion, on_delete=models.PROTECT, related_name="copies")
    held_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_object_copy"
        constraints = [models.UniqueConstraint(fields=["package", "root"], name="object_copy_once")]

    def __str__(self) -> str:
        return f"{self.package_id} in {self.root_id}"


class FixityCycle(ProtectedRow):
    """One audit of a root (巡检): every object by SHA-256, by all digests or by SHA-512, or a sample of objects."""

    root = models.ForeignKey(StorageRoot, on_delete=models.PROTECT, related_name="cycles")
    kind = models.CharField(max_length=10)  # routine, full, sample, inventory
    asked_by = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    object_count = models.BigIntegerField(default=0)
    file_count = models.BigIntegerField(default=0)
    byte_count = models.BigIntegerField(default=0)
    finding_count = models.BigIntegerField(default=0)

    class Meta:
        db_table = "jingui_fixity_cycle"
        indexes = [models.Index(fields=["root", "started_at"], name="fixity_cycle_root")]

    def __str__(self) -> str:
        return f"{self.root_id} {self.kind} {self.started_at}"


class CopyFinding(ProtectedRow):
    """Something wrong with a copy of an object (副本异常), and how it was settled.

    ``path`` is inside the root. ``settlement``: ``repaired``, ``gone`` (sound when looked at again), ``accepted``.
    """

    root = models.ForeignKey(StorageRoot, on_delete=models.PROTECT, related_name="findings")
    cycle = models.ForeignKey(FixityCycle, on_delete=models.PROTECT, null=True, related_name="found")
    object_id = models.CharField(max_length=100)
    path = models.CharField(max_length=1000)
    code = models.CharField(max_length=40)
    detail = models.TextField(blank=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settlement = models.CharField(max_length=20, blank=True)
    settled_by = models.CharField(max_length=100, blank=True)
    repaired_from = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "jingui_copy_finding"
        indexes = [models.Index(fields=["root", "settled_at", "object_id"], name="copy_finding_open")]

    def __str__(self) -> str:
        return f"{self.code} {self.path}"


class CopyTask(models.Model):
    """A version that is still to be copied into a root (outbox)."""

    root = models.ForeignKey(StorageRoot, on_delete=models.CASCADE)
    package = models.ForeignKey(PackageVersion, on_delete=models.CASCADE)
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField()
    error = models.TextField(blank=True)
    claimed_by = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "jingui_copy_task"
        constraints = [models.UniqueConstraint(fields=["root", "package"], name="copy_task_once")]
        indexes = [models.Index(fields=["run_after"], name="copy_task_due")]

    def __str__(self) -> str:
        return f"{self.package_id} to {self.root_id}"


class CycleProgress(models.Model):
    """How far a running audit has come: the last object looked at, and what was counted so far.

    ``unsettled`` are objects (``""``: the root's own files) with findings that are kept and not seen to yet.
    """

    cycle = models.OneToOneField(FixityCycle, on_delete=models.CASCADE, primary_key=True, related_name="progress")
    position = models.CharField(max_length=100, blank=True)  # the last object id
    object_count = models.BigIntegerField(default=0)
    file_count = models.BigIntegerField(default=0)
    byte_count = models.BigIntegerField(default=0)
    finding_count = models.BigIntegerField(default=0)
    unsettled = models.JSONField(default=list)
    is_through = models.BooleanField(default=False)  # the last object was looked at
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=100, blank=True)

    class Meta:
        db_table = "jingui_cycle_progress"

    def __str__(self) -> str:
        return f"{self.cycle_id} {self.position}"


class CopyCheck(models.Model):
    """When each copy of an object was last looked at, how deep, and whether it was sound."""

    root = models.ForeignKey(StorageRoot, on_delete=models.CASCADE)
    object_id = models.CharField(max_length=100)
    checked_at = models.DateTimeField()
    depth = models.CharField(max_length=10)
    is_sound = models.BooleanField()

    class Meta:
        db_table = "jingui_copy_check"
        constraints = [models.UniqueConstraint(fields=["root", "object_id"], name="copy_check_once")]

    def __str__(self) -> str:
        return f"{self.object_id} in {self.root_id}"
