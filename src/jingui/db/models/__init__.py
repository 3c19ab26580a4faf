"""Thin tables and constraints, one module per archival function."""

from __future__ import annotations

from jingui.db.models.access import AccessCopy
from jingui.db.models.administration import Account, Installation, Nonce, Source, SourceKey
from jingui.db.models.audit import JournalCheckpoint, JournalEvent, JournalTile
from jingui.db.models.capture import Case, CaseFile, CaseStep, Closure, FileText
from jingui.db.models.catalogue import Agency, ArchivingPlan, ServiceItem
from jingui.db.models.jobs import Job
from jingui.db.models.preservation import CodeSequence, Inspection, PackageVersion, Receipt
from jingui.db.models.records import JournaledError, ProtectedRow

# Every table the journal vouches for, in the order in which verification reads them.
PROTECTED: tuple[type[ProtectedRow], ...] = (
    Installation, Agency, ServiceItem, ArchivingPlan, Source, SourceKey, Account, Case, CaseFile, CaseStep,
    Closure, Inspection, PackageVersion, Receipt, CodeSequence, AccessCopy,
)  # fmt: skip

__all__ = [
    "PROTECTED", "AccessCopy", "Account", "Agency", "ArchivingPlan", "Case", "CaseFile", "CaseStep", "Closure",
    "CodeSequence", "FileText", "Inspection", "Installation", "Job", "JournalCheckpoint", "JournalEvent",
    "JournalTile", "JournaledError", "Nonce", "PackageVersion", "ProtectedRow", "Receipt", "ServiceItem", "Source",
    "SourceKey",
]  # fmt: skip
