"""The protocols between Jingui and what can be replaced: stores, queues, search, readers, signers.

A protocol stands here only where a second implementation exists or is named by the architecture (S3,
a distributed task engine, a reader in another process). Adapters are picked in ``bootstrap`` alone.
"""

from __future__ import annotations

from jingui.ports.backups import BackupReader, BackupWriter, WaitingBytes
from jingui.ports.converting import ConversionTask, FormatConverter
from jingui.ports.examination import Examiner, MalwareScanner, PageRenderer, SignatureDesk, Signs
from jingui.ports.octets import Octets
from jingui.ports.queues import ClaimedJob, JobQueue, Lane
from jingui.ports.scanning import PreparedPage, ScanDesk, TextRecogniser
from jingui.ports.search import SearchDocument, SearchHits, SearchIndex
from jingui.ports.signing import Signature, Signer
from jingui.ports.sources import SourceReader
from jingui.ports.staging import StagedFile, StagingArea
from jingui.ports.stores import (
    BuiltVersion,
    Content,
    CopiedVersion,
    CopyRoot,
    Depth,
    HeldObjects,
    ObjectLock,
    PreservationStore,
    Room,
    StoreFinding,
    VersionSpec,
)

__all__ = [
    "BackupReader",
    "BackupWriter",
    "BuiltVersion",
    "ClaimedJob",
    "Content",
    "ConversionTask",
    "CopiedVersion",
    "CopyRoot",
    "Depth",
    "Examiner",
    "FormatConverter",
    "HeldObjects",
    "JobQueue",
    "Lane",
    "MalwareScanner",
    "ObjectLock",
    "Octets",
    "PageRenderer",
    "PreparedPage",
    "PreservationStore",
    "Room",
    "ScanDesk",
    "SearchDocument",
    "SearchHits",
    "SearchIndex",
    "Signature",
    "SignatureDesk",
    "Signer",
    "Signs",
    "SourceReader",
    "StagedFile",
    "StagingArea",
    "StoreFinding",
    "TextRecogniser",
    "VersionSpec",
    "WaitingBytes",
]
