"""Thin tables and constraints, one module per archival function."""

from __future__ import annotations

from jingui.db.models.access import AccessCopy
from jingui.db.models.administration import Account, Installation, Nonce, Source, SourceKey
from jingui.db.models.audit import JournalCheckpoint, JournalEvent, JournalTile
from jingui.db.models.capture import Case, CaseFile, CaseStep, Closure, FileText
from jingui.db.models.catalogue import Agency, ArchivingPlan, CarriedPlan, ServiceItem
from jingui.db.models.counter import Confirmation, CounterPage, CounterPageText, CounterScan, CounterSession
from jingui.db.models.format_migrations import FileConversion, FormatMigration, TriedFile
from jingui.db.models.format_policies import FormatPolicyVersion
from jingui.db.models.imports import CatalogueImport, CatalogueMapping
from jingui.db.models.inspections import (
    FindingTally,
    InspectionProfileVersion,
    InspectionStatement,
    PhaseInspection,
)
from jingui.db.models.jobs import Job, WorkerBeat
from jingui.db.models.media import MediumCheck, OfflineMedium
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
from jingui.db.models.storage import (
    CopyCheck,
    CopyFinding,
    CopyTask,
    CycleProgress,
    FixityCycle,
    ObjectCopy,
    StorageRoot,
)
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
from jingui.db.models.trust import TrustedCertificate
from jingui.db.models.works import CatalogueWork, LevelUnplaced

# Every table the journal vouches for, in the order in which verification reads them.
PROTECTED: tuple[type[ProtectedRow], ...] = (
    Installation, Agency, ServiceItem, ArchivingPlan, Source, SourceKey, Account, Case, CaseFile, CaseStep,
    Closure, Inspection, PackageVersion, Receipt, CodeSequence, AccessCopy,
    SourceConnection, SourceProblem, Notice,
    CounterSession, CounterScan, CounterPage, Confirmation,
    Ledger, LedgerPart, LedgerBlock, Explanation, CoverageCertificate,
    ThemeCase, SharedFile, FileProvenance, MadeFile,
    CatalogueMapping, CatalogueImport, FileSuggestion,
    PlanLayer, PlanOpinion, PlanRollout, LevelSettlement, CarriedPlan,
    TrustedCertificate, FormatPolicyVersion, StorageRoot, ObjectCopy, FixityCycle, CopyFinding,
    InspectionProfileVersion, InspectionStatement, PhaseInspection,
    OfflineMedium, MediumCheck, FormatMigration, FileConversion,
)  # fmt: skip

__all__ = [
    "PROTECTED",
    "AccessCopy",
    "Account",
    "Agency",
    "ArchivingPlan",
    "CarriedPlan",
    "Case",
    "CaseFile",
    "CaseStep",
    "CatalogueImport",
    "CatalogueMapping",
    "CatalogueWork",
    "Closure",
    "CodeSequence",
    "Confirmation",
    "CopyCheck",
    "CopyFinding",
    "CopyTask",
    "CounterPage",
    "CounterPageText",
    "CounterScan",
    "CounterSession",
    "CoverageCertificate",
    "CycleProgress",
    "DayClosing",
    "Explanation",
    "FileConversion",
    "FileProvenance",
    "FileSuggestion",
    "FileText",
    "FindingTally",
    "FixityCycle",
    "FormatMigration",
    "FormatPolicyVersion",
    "Inspection",
    "InspectionProfileVersion",
    "InspectionStatement",
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
    "LevelUnplaced",
    "MadeFile",
    "MediumCheck",
    "Nonce",
    "Notice",
    "NoticeWork",
    "ObjectCopy",
    "OfflineMedium",
    "PackageVersion",
    "PhaseInspection",
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
    "StorageRoot",
    "ThemeCase",
    "TriedFile",
    "TrustedCertificate",
    "WorkerBeat",
]  # fmt: skip
