"""Ways into the archives beside push: connections of sources, how far each has been read, and what could not be taken."""

from __future__ import annotations

from django.db import models

from jingui.db.models.administration import Source
from jingui.db.models.records import ProtectedRow


class SourceConnection(ProtectedRow):
    """A connection to a source (来源连接). ``configuration`` and ``mapping`` hold no secrets, only names of secrets."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20)  # pull, database, folder, bagit, amqp
    configuration = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "jingui_source_connection"

    def __str__(self) -> str:
        return self.name


class SourceProgress(models.Model):
    """How far a connection has been read and how it fares; work in hand, so not protected (compare ``Job``)."""

    connection = models.OneToOneField(
        SourceConnection, on_delete=models.CASCADE, primary_key=True, related_name="progress"
    )
    cursor = models.JSONField(default=dict)
    revision = models.BigIntegerField(default=0)  # grows with each lot taken; who read an older one takes nothing
    health = models.CharField(max_length=10, default="new")  # new, healthy, failing
    taken = models.BigIntegerField(default=0)
    last_success_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    next_try_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=100, blank=True)
    retries = models.JSONField(default=list)  # keys of problems to be taken again, asked for by a person

    class Meta:
        db_table = "jingui_source_progress"
        indexes = [models.Index(fields=["next_try_at"], name="source_progress_due")]

    def __str__(self) -> str:
        return f"{self.connection_id} {self.health}"


class SourceProblem(ProtectedRow):
    """A message that a source handed over and that was not taken (未收消息), with the reason and the message itself.

    ``arrival`` is what was made of it, empty if nothing could be; it is taken again on a person's word.
    """

    connection = models.ForeignKey(SourceConnection, on_delete=models.PROTECT, related_name="problems")
    kind = models.CharField(max_length=20)  # case, file, step, closure, unreadable
    case_number = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500)
    reference = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    raw = models.TextField(blank=True)
    arrival = models.TextField(blank=True)
    told_sha256 = models.CharField(max_length=64)  # of subject, code and raw message: the same refusal is kept once
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=100, blank=True)
    settlement = models.CharField(max_length=20, blank=True)  # taken, dismissed
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "jingui_source_problem"
        constraints = [
            models.UniqueConstraint(fields=["connection", "told_sha256"], name="source_problem_once"),
        ]
        indexes = [
            models.Index(fields=["at"], name="source_problem_open", condition=models.Q(settled_at__isnull=True)),
            models.Index(fields=["connection", "subject"], name="source_problem_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"


class Notice(ProtectedRow):
    """A source's notice that files wait to be fetched (取件通知), as it came. Written once."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="notices")
    connection = models.ForeignKey(SourceConnection, on_delete=models.PROTECT, related_name="notices")
    notice_id = models.CharField(max_length=100)
    case_number = models.CharField(max_length=50)
    message = models.TextField()
    message_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)  # taken, partly, failed

    class Meta:
        db_table = "jingui_notice"
        constraints = [models.UniqueConstraint(fields=["source", "notice_id"], name="notice_once")]
        indexes = [models.Index(fields=["received_at"], name="notice_open", condition=models.Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return self.notice_id


class NoticeWork(models.Model):
    """How far an open notice has been fetched; gone when it has ended."""

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, primary_key=True, related_name="work")
    position = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error_code = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "jingui_notice_work"
        indexes = [models.Index(fields=["next_try_at"], name="notice_work_due")]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.position}"
