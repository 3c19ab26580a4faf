"""Thin tables and constraints, one module per archival function."""

from __future__ import annotations

from jingui.db.models.access import AccessCopy
from jingui.db.models.administration import Account, Installation, Nonce, Source, SourceKey
from jingui.db.models.audit import JournalCheckpoint, JournalEvent, JournalTile
from jingui.db.models.capture import Case, CaseFile, CaseStep, Closure, FileText
from jingui.db.models.catalogue import Agency, ArchivingPlan, ServiceItem
from jingui.db.models.counter import Confirmation, CounterPage, CounterScan, CounterSession
from jingui.db.models.imports import CatalogueImport, CatalogueMapping
from jingui.db.models.jobs import Job
from jingui.db.models.plans import (
    LevelDifferenceRow,
    LevelRun,
    LevelSettlement,
    PlanCatchUp,
    PlanLayer,
    PlanOpinion,
    PlanRollout,
)
from jingui.db.models.preservation import CodeSequence, Inspection, PackageVersion, Receipt
from jingui.db.models.records import JournaledError, ProtectedRow
from jingui.db.models.sources import Notice, NoticeWork, SourceConnection, SourceProblem, SourceProgress
from jingui.db.models.suggestions import FileSuggestion, RecognitionTask
from jingui.db.models.supervision import (
    CoverageCertificate,
    DayClosing,
    Explanation,
    Ledger,
    LedgerBlock,
    LedgerLine,
    LedgerPart,
)
from jingui.db.models.themes import FileProvenance, MadeFile, SharedFile, ThemeCase

# Every table the journal vouches for, in the order in which verification reads them.
PROTECTED: tuple[type[ProtectedRow], ...] = (
    Installation, Agency, ServiceItem, ArchivingPlan, Source, SourceKey, Account, Case, CaseFile, CaseStep,
    Closure, Inspection, PackageVersion, Receipt, CodeSequence, AccessCopy,
    SourceConnection, SourceProblem, Notice,
    CounterSession, CounterScan, CounterPage, Confirmation,
    Ledger, LedgerPart, LedgerBlock, Explanation, CoverageCertificate,
    ThemeCase, SharedFile, FileProvenance, MadeFile,
    CatalogueMapping, CatalogueImport, FileSuggestion,
    PlanLayer, PlanOpinion, PlanRollout, LevelSettlement,
)  # fmt: skip

__all__ = [
    "PROTECTED",
    "AccessCopy",
    "Account",
    "Agency",
    "ArchivingPlan",
    "Case",
    "CaseFile",
    "CaseStep",
    "CatalogueImport",
    "CatalogueMapping",
    "Closure",
    "CodeSequence",
    "Confirmation",
    "CounterPage",
    "CounterScan",
    "CounterSession",
    "CoverageCertificate",
    "DayClosing",
    "Explanation",
    "FileProvenance",
    "FileSuggestion",
    "FileText",
    "Inspection",
    "Installation",
    "Job",
    "JournalCheckpoint",
    "JournalEvent",
    "JournalTile",
    "JournaledError",
    "Ledger",
    "LedgerBlock",
    "LedgerLine",
    "LedgerPart",
    "LevelDifferenceRow",
    "LevelRun",
    "LevelSettlement",
    "MadeFile",
    "Nonce",
    "Notice",
    "NoticeWork",
    "PackageVersion",
    "PlanCatchUp",
    "PlanLayer",
    "PlanOpinion",
    "PlanRollout",
    "ProtectedRow",
    "Receipt",
    "RecognitionTask",
    "ServiceItem",
    "SharedFile",
    "Source",
    "SourceConnection",
    "SourceKey",
    "SourceProblem",
    "SourceProgress",
    "ThemeCase",
]  # fmt: skip
