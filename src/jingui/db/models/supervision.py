"""The day's closing (日终对账): ledgers as sent, what they list, explanations, and coverage certificates."""

from __future__ import annotations

from django.db import models

from jingui.db.models.administration import Account, Source
from jingui.db.models.capture import Case
from jingui.db.models.catalogue import Agency
from jingui.db.models.records import ProtectedRow


class Ledger(ProtectedRow):
    """One version of a source's ledger of a day. A different ledger of the same day is the next version; both stay."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="ledgers")
    day = models.DateField()
    version = models.PositiveIntegerField()
    parts = models.PositiveIntegerField()
    lines = models.PositiveIntegerField(default=0)
    begun_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_ledger"
        constraints = [models.UniqueConstraint(fields=["source", "day", "version"], name="ledger_version_unique")]
        indexes = [models.Index(fields=["day"], name="ledger_day")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day} v{self.version}"


class LedgerPart(ProtectedRow):
    """One message of a ledger; its bytes, as sent, are the blocks one after the other."""

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="messages")
    number = models.PositiveIntegerField()
    form = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    bytes = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    key_id = models.CharField(max_length=40)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_ledger_part"
        constraints = [models.UniqueConstraint(fields=["ledger", "number"], name="ledger_part_unique")]

    def __str__(self) -> str:
        return f"{self.ledger_id} {self.number}"


class LedgerBlock(ProtectedRow):
    """A piece of a part's bytes, zlib-compressed; small, so that verification reads many in little memory."""

    part = models.ForeignKey(LedgerPart, on_delete=models.PROTECT, related_name="blocks")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "jingui_ledger_block"
        constraints = [models.UniqueConstraint(fields=["part", "number"], name="ledger_block_unique")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.number}"


class LedgerLine(models.Model):
    """A line of a ledger and what has become of its case. Derived from the blocks: can be thrown away and loaded again."""

    id = models.BigAutoField(primary_key=True)
    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="listed", db_index=False)
    position = models.PositiveIntegerField()
    case_number = models.CharField(max_length=50)
    state = models.CharField(max_length=12)
    agency_code = models.CharField(max_length=18, blank=True)
    item_code = models.CharField(max_length=64, blank=True)
    promised_at = models.DateTimeField(null=True)
    fallback_at = models.DateTimeField()  # the deadline where nobody has promised one
    closed_at = models.DateTimeField(null=True)
    kind = models.CharField(max_length=20, blank=True)
    files = models.PositiveIntegerField(null=True)
    steps = models.PositiveIntegerField(null=True)
    files_sha256 = models.CharField(max_length=64, blank=True)
    item_agency = models.ForeignKey(
        Agency, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    # What follows is found by comparing.
    agency = models.ForeignKey(
        Agency, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    case = models.ForeignKey(
        Case, null=True, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    standing = models.CharField(max_length=12, blank=True)
    gap = models.CharField(max_length=20, blank=True)
    differences = models.CharField(max_length=100, blank=True)
    is_digest_wrong = models.BooleanField(default=False)

    class Meta:
        db_table = "jingui_ledger_line"
        indexes = [
            models.Index(fields=["ledger", "case_number"], name="ledger_line_case"),
            models.Index(fields=["ledger"], name="ledger_line_open", condition=models.Q(standing="unexplained")),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.case_number}"


class DayClosing(models.Model):
    """The closing of a source's day as work: which ledger counts, how far it is loaded, when it is to be looked at."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="closings")
    day = models.DateField()
    ledger = models.ForeignKey(Ledger, on_delete=models.CASCADE, related_name="+")
    loaded_lines = models.PositiveIntegerField(default=0)
    is_loaded = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    certified_at = models.DateTimeField(null=True)
    pruned_at = models.DateTimeField(null=True)  # its plain lines were let go; they can be loaded again

    class Meta:
        db_table = "jingui_day_closing"
        constraints = [models.UniqueConstraint(fields=["source", "day"], name="day_closing_unique")]
        indexes = [models.Index(fields=["due_at"], name="day_closing_due")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.day}"


class Explanation(ProtectedRow):
    """Why a case of a source is rightly not in the archive: said by a person, in force until revoked or run out."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="explanations")
    case_number = models.CharField(max_length=50)
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="explanations")
    kind = models.CharField(max_length=20)
    text = models.CharField(max_length=300)
    until = models.DateField(null=True)
    said_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    revoked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_text = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "jingui_explanation"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "case_number"], condition=models.Q(revoked_at=None), name="explanation_in_force"
            )
        ]
        indexes = [models.Index(fields=["source", "case_number"], name="explanation_case")]

    def __str__(self) -> str:
        return f"{self.case_number} {self.kind}"


class CoverageCertificate(ProtectedRow):
    """A coverage certificate as issued: ``body`` is the canonical JSON that both signatures sign. Never changed.

    The newest version of a source, day and agency counts; the others are what was said before.
    """

    ledger = models.ForeignKey(Ledger, on_delete=models.PROTECT, related_name="certificates")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="certificates")
    day = models.DateField()
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="certificates")
    agency_code = models.CharField(max_length=18, blank=True)
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    body = models.TextField()
    body_sha256 = models.CharField(max_length=64)
    content_sha256 = models.CharField(max_length=64)
    signatures = models.JSONField()
    listed = models.PositiveIntegerField()
    archived = models.PositiveIntegerField()
    running = models.PositiveIntegerField()
    explained = models.PositiveIntegerField()
    unexplained = models.PositiveIntegerField()
    differing = models.PositiveIntegerField()
    not_in_ledger = models.PositiveIntegerField()

    class Meta:
        db_table = "jingui_coverage_certificate"
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "agency_code", "version"], name="coverage_version_unique")
        ]
        indexes = [models.Index(fields=["day", "agency_code"], name="coverage_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.agency_code} v{self.version}"
