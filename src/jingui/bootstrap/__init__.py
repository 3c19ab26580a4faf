"""Choosing: the only place that picks adapters. Everything above asks here for what it needs."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial

from django.conf import settings
from django.db import connection
from django.utils import timezone

from jingui.adapters.conversion import Workshop
from jingui.adapters.examination import ProcessExaminer
from jingui.adapters.exchange import ConfinedPackageDesk
from jingui.adapters.malware import ClamdScanner, NoScanner, choose_scanner
from jingui.adapters.queues.database import DatabaseQueue
from jingui.adapters.recognition import NoRecogniser, ProcessRecogniser, choose_recogniser
from jingui.adapters.rendering import PageImages
from jingui.adapters.scanning import ConfinedScanDesk
from jingui.adapters.search.postgres import PostgresSearchIndex
from jingui.adapters.search.sqlite_fts import SqliteSearchIndex
from jingui.adapters.signing import ed25519
from jingui.adapters.signing.ed25519 import Ed25519Signer
from jingui.adapters.signing.sm2 import Sm2Signer
from jingui.adapters.signing.verification import verify_signature
from jingui.adapters.stores.folder import FolderStore
from jingui.adapters.stores.folder_copies import FolderObjects
from jingui.adapters.stores.opening import open_copy_root
from jingui.adapters.stores.staging import FolderStagingArea
from jingui.adapters.verification import ConfinedSignatureDesk
from jingui.bootstrap.secrets import named_secret
from jingui.db.models import StorageRoot
from jingui.db.queries.trust import trust_entries
from jingui.domain.catalogue.works import WorkKind
from jingui.domain.packaging.packages import SignatureVerifier
from jingui.domain.preservation.roots import RootKind
from jingui.domain.supervision.terms import CoverageProfile
from jingui.ports import CopyRoot
from jingui.settings import Instance
from jingui.usecases.capture.counter.sessions import CounterRoom
from jingui.usecases.capture.folders import Desk
from jingui.usecases.capture.packages import PackageDesk
from jingui.usecases.capture.recognising import ReadingRoom
from jingui.usecases.capture.suggesting import Shelf
from jingui.usecases.catalogue.hands import WorkBench
from jingui.usecases.catalogue.plan_profile import PlanProfile, load_plan_profile
from jingui.usecases.exchange.working import ExportRoom, export_act
from jingui.usecases.inspection.archiving import Bench
from jingui.usecases.inspection.phases import PhaseBench
from jingui.usecases.preservation.converting import ConversionBench
from jingui.usecases.preservation.opening import Vaults
from jingui.usecases.supervision.sheets import ClosingDesk


@dataclass(frozen=True, slots=True)
class Services:
    """The adapters of this process."""

    instance: Instance
    staging: FolderStagingArea
    store: FolderStore
    queue: DatabaseQueue
    search: SqliteSearchIndex | PostgresSearchIndex
    examiner: ProcessExaminer
    renderer: PageImages
    receipt_signer: Ed25519Signer
    package_signer: Sm2Signer
    scans: FolderStagingArea
    scanner: ConfinedScanDesk
    recogniser: ProcessRecogniser | NoRecogniser
    malware: ClamdScanner | NoScanner
    evidence: FolderStagingArea

    @property
    def signers(self) -> tuple[Ed25519Signer, Sm2Signer]:
        """Both signers: one everybody can check, one that the law here asks for."""
        return (self.receipt_signer, self.package_signer)


@lru_cache(maxsize=1)
def services() -> Services:
    """Return this process's adapters, made once.

    Raises:
        SystemExit: the instance has not been initialised.
    """
    instance: Instance = settings.JINGUI
    if not (instance.keys / ed25519.KEY_FILE).exists():
        message = f"{instance.home} 还不是金匮实例。请先运行 jingui init；没有任何数据变化。"
        raise SystemExit(message)
    staging, scans, evidence = (FolderStagingArea(instance.home / name) for name in ("staging", "scans", "evidence"))
    scans.initialise()
    evidence.initialise()
    return Services(
        instance=instance,
        staging=staging,
        store=FolderStore(instance.home, staging=staging),
        queue=DatabaseQueue(),
        search=search_index(),
        examiner=ProcessExaminer(processes=instance.readers, trusted=trust_entries),
        renderer=PageImages(),
        receipt_signer=Ed25519Signer.load(instance.keys),
        package_signer=Sm2Signer.load(instance.keys),
        scans=scans,
        scanner=ConfinedScanDesk(),
        recogniser=choose_recogniser(is_wanted=instance.recognises or instance.recognises_files),
        malware=choose_scanner(instance.clamd),
        evidence=evidence,
    )


def counter_room(ready: Services) -> CounterRoom:
    """Return what the counter has at hand."""
    return CounterRoom(
        desk=Desk(ready.receipt_signer, ready.queue, ready.search),
        scans=ready.scans,
        staging=ready.staging,
        scanner=ready.scanner,
        recogniser=ready.recogniser if ready.instance.recognises else NoRecogniser(),
        limit=ready.instance.max_file_bytes,
        keeps_scans=ready.instance.keeps_scans,
        layers_text=ready.instance.layers_text,
    )


def search_index() -> SqliteSearchIndex | PostgresSearchIndex:
    """Return the search index of the database in use."""
    return PostgresSearchIndex(connection) if connection.vendor == "postgresql" else SqliteSearchIndex(connection)


def vaults(ready: Services, *, worker: str = "") -> Vaults:
    """Return the primary root and what opens the others; ``worker`` names the process that acts."""
    return Vaults(FolderObjects(ready.instance.home), open_root, worker)


def open_root(root: StorageRoot) -> CopyRoot:
    """Open a storage root that holds copies. Raises what ``open_copy_root`` raises."""
    return open_copy_root(RootKind(root.kind), root.configuration, secret=named_secret)


def reading_room(ready: Services) -> ReadingRoom:
    """Return what recognising the scans of cases needs."""
    shelf = Shelf(ready.examiner, ready.staging, ready.store, ready.queue)
    return ReadingRoom(ready.scanner, ready.recogniser, shelf, ready.search)


def closing_desk() -> ClosingDesk:
    """Return what the closing of a day needs."""
    ready = services()
    profile = CoverageProfile(archiving_hours=ready.instance.archiving_hours)
    return ClosingDesk(ready.instance.name, ready.signers, profile, timezone.get_default_timezone())


def plan_profile() -> PlanProfile:
    """Return what this installation asks of archiving plans."""
    instance: Instance = settings.JINGUI
    return load_plan_profile(instance.plan_profile)


def catalogue_bench(ready: Services, clock: Callable[[], datetime]) -> WorkBench:
    """Return what long acts on catalogue and plans need."""
    seconds = float(ready.instance.slice_seconds)
    others = {WorkKind.EXPORT: partial(export_act, room=export_room(ready, clock))}
    return WorkBench(plan_profile(), ready.instance.home / "cache", ready.queue, clock, seconds, others)


def export_room(ready: Services, clock: Callable[[], datetime]) -> ExportRoom:
    """Return what exporting in the background needs."""
    return ExportRoom(ready.store, ready.instance.home / "exports", clock)


@lru_cache(maxsize=1)
def signature_desk() -> ConfinedSignatureDesk:
    """Return what checks signatures and reads certificates, made once; its process starts with the first question."""
    desk = ConfinedSignatureDesk()
    atexit.register(desk.close)
    return desk


@lru_cache(maxsize=1)
def workshop() -> Workshop:
    """Return the converters of this machine, made once; their process starts with the first file."""
    made = Workshop()
    atexit.register(made.close)
    return made


def conversion_bench(ready: Services) -> ConversionBench:
    """Return what a format migration needs."""
    trials = FolderStagingArea(ready.instance.home / "trials")
    trials.initialise()
    return ConversionBench(workshop(), ready.examiner, ready.store, ready.staging, trials, ready.queue)


def package_desk() -> PackageDesk:
    """Return what taking records in from packages needs."""
    ready = services()
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    return PackageDesk(desk, ready.staging, ready.instance.max_file_bytes)


def package_checker() -> ConfinedPackageDesk:
    """Return what checks and reads packages of unknown origin: each in a confined process of its own."""
    return ConfinedPackageDesk()


def signature_verifier() -> SignatureVerifier:
    """Return what verifies a signature by the name of its algorithm."""
    return verify_signature


def phase_bench(ready: Services) -> PhaseBench:
    """Return what inspecting packages needs: readers, scanner, store, and the keys of this installation."""
    bench = Bench(ready.examiner, ready.staging, ready.store, ready.receipt_signer, ready.malware, signature_desk())
    return PhaseBench(
        bench, verify_signature, tuple(signer.public_key_pem for signer in ready.signers), package_checker()
    )
