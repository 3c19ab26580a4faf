"""The journal: events, the tiles of its Merkle tree, and signed checkpoints (审计与存证)."""

from __future__ import annotations

from django.db import models


class JournalEvent(models.Model):
    """One event. ``payload`` is the exact text that is a leaf of the log; the other columns are for finding it.

    ``leaf_index`` is empty until the sealing job has put the event in order.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=120)
    case_key = models.UUIDField(null=True)
    payload = models.TextField()
    leaf_index = models.BigIntegerField(null=True, unique=True)

    class Meta:
        db_table = "jingui_journal_event"
        indexes = [
            models.Index(fields=["case_key", "id"], name="event_case"),
            models.Index(fields=["kind", "id"], name="event_kind"),
            models.Index(fields=["id"], name="event_unsealed", condition=models.Q(leaf_index__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind}"


class JournalTile(models.Model):
    """Up to 256 hashes of one level of the tree, 32 bytes each, as one value."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "jingui_journal_tile"
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="tile_unique")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class JournalCheckpoint(models.Model):
    """A signed statement of the log's size and root; ``note`` is the signed note as published."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        db_table = "jingui_journal_checkpoint"

    def __str__(self) -> str:
        return f"{self.size} {self.root[:12]}"
