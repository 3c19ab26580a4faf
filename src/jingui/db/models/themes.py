"""Theme cases (一件事), files shared in them, where files were called from, and documents made by the archive itself."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from jingui.db.models.administration import Source
from jingui.db.models.capture import Case, CaseFile
from jingui.db.models.records import ProtectedRow


class ThemeCase(ProtectedRow):
    """That a case is part of a theme: all cases of one source with the same ``number`` are.

    The name stands with each case as its own message told it.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="theme_cases")
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="theme_part")
    number = models.CharField(max_length=100)
    name = models.CharField(max_length=500)
    role = models.CharField(max_length=10)
    count = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "jingui_theme_case"
        indexes = [models.Index(fields=["source", "number"], name="theme_case_number")]

    def __str__(self) -> str:
        return f"{self.number} {self.role}"


class SharedFile(ProtectedRow):
    """A file of a case whose bytes come from another case of the theme; ``message`` keeps the reference as sent.

    ``state``: ``waiting`` until the other file is there, then ``taken``; ``differs`` if it is not the one meant; ``sent``
    if the source sent the bytes themselves after all.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="shared_files")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="shared_files")
    file_key = models.CharField(max_length=200)
    from_case_number = models.CharField(max_length=50)
    from_file_key = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    received_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    message = models.TextField()
    message_sha256 = models.CharField(max_length=64)

    class Meta:
        db_table = "jingui_shared_file"
        constraints = [models.UniqueConstraint(fields=["case", "file_key"], name="shared_file_key_unique")]
        indexes = [
            models.Index(
                fields=["source", "from_case_number"], name="shared_file_waiting", condition=models.Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_key} {self.state}"


class FileProvenance(ProtectedRow):
    """Where a file was called from; ``content`` is ``domain.records.origins.Provenance`` as canonical JSON."""

    file = models.OneToOneField(CaseFile, on_delete=models.PROTECT, related_name="provenance")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="provenances")
    content = models.TextField()

    class Meta:
        db_table = "jingui_file_provenance"

    def __str__(self) -> str:
        return str(self.file_id)


class MadeFile(ProtectedRow):
    """A document that the archive made for one version of a package, as its rows of files show it.

    ``beside`` is the key of the file it was made from, ``""`` for the case itself; ``text`` is what it says, for search.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="made_files")
    version = models.PositiveIntegerField()
    file_key = models.CharField(max_length=250)
    kind = models.CharField(max_length=20)
    beside = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=255)
    title = models.CharField(max_length=500)
    material_code = models.CharField(max_length=60)
    logical_path = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    format_name = models.CharField(max_length=20)
    format_version = models.CharField(max_length=20)
    mime_type = models.CharField(max_length=100)
    page_count = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        db_table = "jingui_made_file"
        constraints = [models.UniqueConstraint(fields=["case", "version", "file_key"], name="made_file_once")]

    # What lists of files ask of every file.
    step = ""

    def __str__(self) -> str:
        return f"{self.file_key} v{self.version}"

    @property
    def received_at(self) -> datetime:
        """When it came into the archive: when it was made."""
        return self.made_at
