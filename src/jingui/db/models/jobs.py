"""The outbox and queue, one row per case that has work to do, and the signs of life of those who work on it."""

from __future__ import annotations

from django.db import models


class Job(models.Model):
    """A case that a worker should take on. ``ticket`` grows with each request, so none made meanwhile is lost.

    ``lane`` says what goes first (``ports.Lane``).
    """

    case_key = models.UUIDField(primary_key=True)
    ticket = models.BigIntegerField(default=1)
    lane = models.PositiveSmallIntegerField(default=0, db_default=0)
    state = models.CharField(max_length=10, default="ready")  # ready, running, failed
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField()
    claimed_by = models.CharField(max_length=100, blank=True)
    claimed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        db_table = "jingui_job"
        indexes = [models.Index(fields=["state", "lane", "run_after"], name="job_ready")]

    def __str__(self) -> str:
        return f"{self.case_key} {self.state}"


class WorkerBeat(models.Model):
    """When a process that takes on work last said that it lives, by the database's clock. Processes on other machines ask.

    Work in hand, so not protected (compare ``Job``).
    """

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "jingui_worker_beat"

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
