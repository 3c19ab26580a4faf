"""The counter (窗口): sessions, their scans and pages, and the confirmations of applicants."""

from __future__ import annotations

from django.db import models

from jingui.db.models.administration import Account
from jingui.db.models.capture import Case
from jingui.db.models.records import ProtectedRow
from jingui.domain.capture.counter import ConfirmationState, CounterState, Decision, PageKind, ScanState


class CounterSession(ProtectedRow):
    """One session of taking in paper for a case. ``revision`` grows with every change of its pages."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="counter_sessions")
    opened_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="counter_sessions")
    station = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=12, choices=[(s.value, s.value) for s in CounterState])
    splits_at_blank = models.BooleanField(default=True)
    revision = models.PositiveIntegerField(default=0)
    replaces = models.JSONField(default=dict)  # by material: the key of the file that its pages take the place of
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "jingui_counter_session"
        indexes = [
            models.Index(fields=["state", "opened_at"], name="counter_state"),
            models.Index(fields=["case", "opened_at"], name="counter_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.state}"


class CounterScan(ProtectedRow):
    """A scan as it came. Its bytes rest in the counter's own staging area until the session has ended."""

    session = models.ForeignKey(CounterSession, on_delete=models.PROTECT, related_name="scans")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    origin = models.CharField(max_length=10)  # upload, folder
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    format_name = models.CharField(max_length=20)
    mime_type = models.CharField(max_length=100, blank=True)
    staged_token = models.CharField(max_length=100)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ScanState])
    page_count = models.PositiveIntegerField(null=True)  # as far as known
    error_code = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "jingui_counter_scan"
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="counter_scan_number"),
            models.UniqueConstraint(fields=["session", "sha256"], name="counter_scan_once"),
        ]

    def __str__(self) -> str:
        return self.name


class CounterPage(ProtectedRow):
    """A page of a scan. ``facts`` are its measures in whole numbers; ``turned`` are quarter turns a person added.

    ``confidence`` is in thousandths. A dropped page stays, with who dropped it in the journal.
    """

    session = models.ForeignKey(CounterSession, on_delete=models.PROTECT, related_name="pages")
    scan = models.ForeignKey(CounterScan, on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveIntegerField()  # in the scan, from 0
    position = models.PositiveIntegerField()  # in the session
    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in PageKind])
    group = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    text = models.TextField(blank=True)
    material_code = models.CharField(max_length=60, blank=True)
    suggested_code = models.CharField(max_length=60, blank=True)
    confidence = models.PositiveIntegerField(default=0)
    method = models.CharField(max_length=60, blank=True)
    method_version = models.CharField(max_length=60, blank=True)
    decision = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Decision])
    is_dropped = models.BooleanField(default=False)
    turned = models.PositiveIntegerField(default=0)
    image_token = models.CharField(max_length=100)
    image_bytes = models.BigIntegerField()
    image_sha256 = models.CharField(max_length=64)
    image_sm3 = models.CharField(max_length=64)

    class Meta:
        db_table = "jingui_counter_page"
        constraints = [models.UniqueConstraint(fields=["scan", "number"], name="counter_page_once")]
        indexes = [models.Index(fields=["session", "position"], name="counter_page_order")]

    def __str__(self) -> str:
        return f"{self.scan_id}/{self.number}"


class CounterPageText(models.Model):
    """What a page says, line by line, in the frame of the page turned by ``turned`` quarters. Derived, thrown away freely.

    ``part``: whether all of it was read or, while its scan is not settled yet, its heading alone. ``asked_turned``: how
    the page stood when it was read; no ``engine``: it could not be read.
    """

    page = models.OneToOneField(CounterPage, on_delete=models.CASCADE, primary_key=True, related_name="recognised")
    part = models.CharField(max_length=8, default="whole", db_default="whole")
    turned = models.PositiveIntegerField()
    asked_turned = models.PositiveIntegerField()
    lines = models.JSONField(default=list)
    engine = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "jingui_counter_page_text"

    def __str__(self) -> str:
        return f"{self.page_id} {len(self.lines)}"


class Confirmation(ProtectedRow):
    """What was laid before the applicant, how far he has confirmed it, and his signature.

    ``materials`` are the assembled files and their pages as shown (``domain.capture.confirmation``). The one-time code and
    the screen's own secret are kept as digests only.
    """

    session = models.ForeignKey(CounterSession, on_delete=models.PROTECT, related_name="confirmations")
    token = models.CharField(max_length=60, unique=True)
    code_sha256 = models.CharField(max_length=64)
    code_expires_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in ConfirmationState])
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="confirmations")
    issued_at = models.DateTimeField()
    materials = models.JSONField()
    screen_sha256 = models.CharField(max_length=64, blank=True)
    device = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    confirmed = models.JSONField(default=dict)
    handwriting = models.JSONField(default=dict)
    signed_at = models.DateTimeField(null=True)
    evidence_token = models.CharField(max_length=100, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    void_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=20, blank=True)
    objection = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "jingui_counter_confirmation"
        indexes = [models.Index(fields=["state", "code_expires_at"], name="confirmation_waiting")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.state}"
