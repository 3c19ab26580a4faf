"""Instances, catalogues and cases for tests and pictures, all made through the real use cases with real small files.

``make_instance`` prepares a folder and a database that is already migrated; ``make_case_at`` walks one demo case as far
as asked. Nothing here writes a row by itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test.utils import setup_test_environment
from tests.confined import lend_processes

from jingui.bootstrap import Services, services
from jingui.bootstrap.instances import initialise
from jingui.db.models import Account, Case
from jingui.db.queries.sources import find_active_key
from jingui.domain.access.roles import Role
from jingui.domain.capture.checking import (
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.catalogue.importing import ImportPlan
from jingui.domain.lifecycle import CaseState
from jingui.formats.catalogues import read_catalogue
from jingui.formats.identification import identify
from jingui.interfaces.cli.samplegen import DemoCase, catalogue, demo_cases
from jingui.interfaces.cli.samplegen.story import FileMessage
from jingui.interfaces.jobs.pipeline import advance
from jingui.usecases.administration import create_account, register_source
from jingui.usecases.administration import initialise as enter_installation
from jingui.usecases.arrangement import arrange_case
from jingui.usecases.audit.sealing import seal_everything
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.files import Arrival, receive_file
from jingui.usecases.capture.folders import Desk, Sender
from jingui.usecases.capture.steps import receive_steps
from jingui.usecases.catalogue.importing import import_catalogue
from jingui.usecases.inspection import Bench, inspect_case
from jingui.usecases.packaging.packing import PackingTable, package_case

PASSWORD = "correct horse battery staple"
DEMO_COUNT = 60


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Built:
    """An instance with its source; ``sender`` speaks for it."""

    services: Services
    sender: Sender

    def next_sender(self) -> Sender:
        """Return the sender with a nonce of its own."""
        return replace(self.sender, nonce=secrets.token_hex(16))

    @property
    def desk(self) -> Desk:
        """What messages need."""
        return Desk(self.services.receipt_signer, self.services.queue, self.services.search)


def make_tables() -> None:
    """Make the tables in a program that runs beside pytest: all at once, in a third of the time of the migrations."""
    setup_test_environment()
    initialise(settings.JINGUI)
    settings.MIGRATION_MODULES = dict.fromkeys((app.label for app in apps.get_app_configs()), None)
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)


def make_instance(home: Path, *, source: str = "市一体化政务服务平台") -> Built:
    """Make an instance in ``home`` on the migrated database of this process, with one source for all agencies.

    ``settings.JINGUI`` is pointed at it and the adapters are chosen anew; a test restores them (see ``web.conftest``).
    """
    settings.JINGUI = replace(settings.JINGUI, home=home)
    services.cache_clear()
    initialise(settings.JINGUI)
    enter_installation(name=settings.JINGUI.name, now=now())
    ready = services()
    lend_processes(ready)
    ready.search.ensure()
    return Built(ready, make_sender(source))


def make_sender(name: str, *, agency_codes: tuple[str, ...] = ()) -> Sender:
    """Register a source and return its sender."""
    key = register_source(name=name, agency_codes=agency_codes, now=now())
    known = find_active_key(key.key_id)
    assert known is not None
    return Sender(known.source_key, known.source_name, known.key_id, secrets.token_hex(16), known.agency_codes)


def make_catalogue() -> ImportPlan:
    """Import the shipped catalogue of the invented city: its agencies, items and plans."""
    return import_catalogue(read_catalogue(_catalogue_bytes()), actor="system:tests", now=now())


@cache
def _catalogue_bytes() -> bytes:
    return json.dumps(catalogue(), ensure_ascii=False).encode()


def make_account(username: str, role: Role, *, agency_code: str = "", display_name: str = "陈玉珍") -> Account:
    """Make an account with ``PASSWORD``."""
    return create_account(
        username=username, display_name=display_name, role=role, password=PASSWORD, agency_code=agency_code, now=now()
    )


@cache
def demo_case(twist: str = "none", *, number: int = 0) -> DemoCase:
    """Return the ``number``-th demo case of a twist."""
    return next(islice(demo_cases(of_twist=twist), number, None))


def send_opening(built: Built, demo: DemoCase) -> Case:
    """Send the case's own message and return its row."""
    receive_case(message=check_case_message(demo.case), sender=built.next_sender(), desk=built.desk, now=now())
    return Case.objects.get(case_number=demo.number)


def send_files(built: Built, demo: DemoCase, files: Iterable[FileMessage]) -> None:
    """Send files as the API takes them: streamed to staging, identified, then taken."""
    for file in files:
        staged = built.services.staging.receive([file.content])
        told: dict[str, Any] = {"file_key": file.file_key, "name": file.name, "material_code": file.material_code}
        told |= {"step": file.step, "formed_at": file.formed_at}
        told |= {"replaces": file.replaces} if file.replaces else {}
        message = check_file_message({**told, "sha256": staged.digests.sha256})
        identified = identify(
            staged.head, staged.tail, size=staged.bytes, open_stream=_opener(built.services, staged.token)
        )
        arrival = Arrival(demo.number, message, staged, identified)
        receive_file(arrival=arrival, sender=built.next_sender(), desk=built.desk, now=now())


def _opener(ready: Services, token: str) -> Callable[[], Any]:
    return lambda: ready.staging.open(token)


def send_steps(built: Built, demo: DemoCase, steps: Iterable[dict[str, Any]]) -> None:
    """Send steps of handling."""
    messages = [check_step_message(step) for step in steps]
    receive_steps(case_number=demo.number, messages=messages, sender=built.next_sender(), desk=built.desk, now=now())


def send_closure(built: Built, demo: DemoCase) -> None:
    """Close the case at its source."""
    message = check_closure_message(demo.closure)
    receive_closure(case_number=demo.number, message=message, sender=built.next_sender(), desk=built.desk, now=now())


def send_case(built: Built, demo: DemoCase) -> UUID:
    """Send everything of a case in the ordinary course and return its key; nothing is inspected yet."""
    send_opening(built, demo)
    send_files(built, demo, demo.files)
    send_steps(built, demo, demo.steps)
    if demo.closure:
        send_closure(built, demo)
    return Case.objects.values_list("key", flat=True).get(case_number=demo.number)


_TWISTS = {CaseState.HELD: "missing_material", CaseState.OPEN: "still_open"}


def make_case_at(built: Built, state: CaseState, *, demo: DemoCase | None = None) -> Case:
    """Walk one demo case to a state; without a demo of yours, one that comes to rest there by itself."""
    chosen = demo or demo_case(_TWISTS.get(state, "none"))
    if state is CaseState.EXPECTED:
        send_files(built, chosen, chosen.files[:2])
    elif state is CaseState.OPEN and chosen.closure:
        send_opening(built, chosen)
    else:
        key = send_case(built, chosen)
        for step in _stages(built, state):
            step(key)
    return Case.objects.select_related("agency", "plan__item", "source").get(case_number=chosen.number)


def _stages(built: Built, state: CaseState) -> Iterator[Callable[[UUID], object]]:
    ready = built.services
    bench = Bench(ready.examiner, ready.staging, ready.store, ready.receipt_signer)
    table = PackingTable(ready.store, ready.staging, ready.signers, ready.instance.name)
    if state in {CaseState.PRESERVED, CaseState.HELD}:
        yield lambda key: advance(key, services=ready, clock=now)
        return
    order = (CaseState.INSPECTED, CaseState.ARRANGED, CaseState.PACKAGED)
    walks: tuple[Callable[[UUID], object], ...] = (
        lambda key: inspect_case(key, bench=bench, now=now()),
        lambda key: arrange_case(key, now=now()),
        lambda key: package_case(key, table=table, now=now()),
    )
    yield from walks[: order.index(state) + 1 if state in order else 0]


def seal(built: Built) -> int:
    """Seal the journal as the worker does; return the size of the log."""
    return seal_everything(signers=built.services.signers, clock=now)
