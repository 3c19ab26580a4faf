"""Inspections, package versions, receipts and code sequences (检测、信息包、回执、编号)."""

from __future__ import annotations

from django.db import models

from jingui.db.models.capture import Case
from jingui.db.models.records import ProtectedRow


class Inspection(ProtectedRow):
    """One inspection of a case (四性检测); ``report`` is the whole report as JSON, as kept in the package.

    ``readings`` keeps what the readers found per file key, so that a later version reads only what is new.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="inspections")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)
    is_blocked = models.BooleanField()
    report = models.JSONField()
    readings = models.JSONField()

    class Meta:
        db_table = "jingui_inspection"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="inspection_number_unique")]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.number}"


class PackageVersion(ProtectedRow):
    """A version of a case's package, from being built to standing in the store.

    ``manifest``: logical path → [content path inside the object, sha512, bytes]. ``arranged``: file key → logical path.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="packages")
    number = models.PositiveIntegerField()
    object_id = models.CharField(max_length=100)
    inventory_sha512 = models.CharField(max_length=128)
    manifest = models.JSONField()
    arranged = models.JSONField()
    through_event = models.BigIntegerField()
    file_count = models.PositiveIntegerField()
    bytes = models.BigIntegerField()
    built_at = models.DateTimeField()
    stored_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_package_version"
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="package_number_unique")]
        indexes = [models.Index(fields=["object_id", "number"], name="package_object")]

    def __str__(self) -> str:
        return f"{self.object_id} v{self.number}"


class Receipt(ProtectedRow):
    """A signed receipt of a stage (回执): ``body`` is the canonical JSON that ``signature`` signs."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=100)
    at = models.DateTimeField()
    body = models.TextField()
    signature = models.JSONField()

    class Meta:
        db_table = "jingui_receipt"
        constraints = [models.UniqueConstraint(fields=["case", "kind", "subject"], name="receipt_once")]
        indexes = [models.Index(fields=["kind", "at"], name="receipt_kind_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class CodeSequence(ProtectedRow):
    """The last serial given out in a scope; locked while one is allotted, so that serials have no gap."""

    scope = models.CharField(max_length=200, unique=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "jingui_code_sequence"

    def __str__(self) -> str:
        return f"{self.scope} {self.last}"
