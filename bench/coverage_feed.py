"""The instance that ``coverage.py`` measures: real use cases in this process, without HTTP. Needs django.setup()."""

from __future__ import annotations

import argparse
import json
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.wabo_files import sound_files
from django.conf import settings
from django.core.management import call_command

from jingui import bootstrap
from jingui.bootstrap import closing_desk, instances, services
from jingui.db.models import Agency, CoverageCertificate, DayClosing
from jingui.db.queries.accounts import actor_of
from jingui.db.queries.coverage import newest
from jingui.db.queries.sources import find_active_key
from jingui.domain.access.roles import Role
from jingui.domain.capture.checking import (
    check_case_message,
    check_closure_message,
    check_file_message,
    check_step_message,
)
from jingui.domain.supervision.explanations import ExplanationDraft
from jingui.domain.supervision.ledgers import LedgerPart
from jingui.domain.supervision.terms import ExplanationKind, LedgerForm
from jingui.formats.catalogues import read_catalogue
from jingui.formats.identification import identify
from jingui.interfaces.cli.replay.items import read_items
from jingui.interfaces.cli.replay.ledger import ledger_lines
from jingui.interfaces.cli.replay.log import Columns, read_log
from jingui.interfaces.cli.replay.plan import CasePlan, Kind, Message, Supply, plan_case
from jingui.interfaces.jobs.worker import Worker
from jingui.usecases import administration
from jingui.usecases.capture.cases import receive_case
from jingui.usecases.capture.closures import receive_closure
from jingui.usecases.capture.files import Arrival, receive_file
from jingui.usecases.capture.folders import Desk, Sender
from jingui.usecases.capture.steps import receive_steps
from jingui.usecases.catalogue.importing import import_catalogue
from jingui.usecases.supervision.certifying import Closed, close_day
from jingui.usecases.supervision.explaining import explain_cases
from jingui.usecases.supervision.reading import check_lines
from jingui.usecases.supervision.receiving import LedgerArrival, LedgerSender, receive_ledger


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Feed:
    """Sends cases and ledgers as a source does."""

    sender: Sender
    worker: Worker

    @classmethod
    def prepare(cls, items: Path) -> Feed:
        """Make the instance, import the items, register the source."""
        instances.initialise(settings.JINGUI)
        call_command("migrate", interactive=False, verbosity=0)
        bootstrap.search_index().ensure()
        administration.initialise(name=settings.JINGUI.name, now=now())
        import_catalogue(read_catalogue(items.read_bytes()), actor="bench", now=now())
        key = administration.register_source(name="bench", agency_codes=(), now=now())
        known = find_active_key(key.key_id)
        assert known
        sender = Sender(known.source_key, known.source_name, known.key_id, "", known.agency_codes)
        return cls(sender, Worker(services()))

    def end(self) -> None:
        """End the reading processes."""
        services().examiner.close()

    def agency_codes(self) -> list[str]:
        """Return the agencies of the catalogue."""
        return list(Agency.objects.order_by("code").values_list("code", flat=True))

    def plans(self, log: Path, items: Path, data: Path, chosen: argparse.Namespace) -> list[CasePlan]:
        """Plan the messages of the log's cases."""
        traces = read_log(log, columns=Columns(), limit=chosen.limit)
        known = read_items(items, max_materials=chosen.max_materials)
        supply = Supply(sound_files(data))
        return [plan_case(trace, items=known, supply=supply, seed=1) for trace in traces]

    def send(self, plan: CasePlan) -> None:
        """Send all messages of a case in the order of time."""
        for message in plan.messages:
            _SENDERS[message.kind](self, message)

    def work(self) -> None:
        """Let the worker do all there is to do."""
        self.worker.run_until_idle()

    def ledger_of(self, plans: Iterable[CasePlan]) -> Iterator[bytes]:
        """Write the ledger of planned cases."""
        return ledger_lines(plans)

    def put(self, pieces: Iterable[bytes], day: date) -> None:
        """Take a ledger as the interface does: staged, checked, kept."""
        staging = services().staging
        staged = staging.receive(pieces)
        with staging.open(staged.token) as stream:
            count = check_lines(LedgerForm.LINES, iter(lambda: stream.read(1 << 18), b""))
        with staging.open(staged.token) as stream:
            content = iter(lambda: stream.read(1 << 18), b"")
            arrival = LedgerArrival(
                LedgerPart(day), LedgerForm.LINES, staged.digests.sha256, staged.bytes, count, content
            )
            known = LedgerSender(
                self.sender.source_key, self.sender.source_name, self.sender.key_id, secrets.token_hex(16)
            )
            receive_ledger(arrival=arrival, sender=known, signer=services().receipt_signer, now=now())
        staging.discard(staged.token)

    def close(self, day: date, at: datetime) -> Closed:
        """Close the day."""
        done = close_day(DayClosing.objects.get(day=day).pk, closing_desk(), now=at)
        assert done
        return done

    def named(self, day: date) -> list[tuple[str, str]]:
        """Return the cases that the certificates in force name as unexplained, with the gap."""
        rows = newest(CoverageCertificate.objects.filter(day=day))
        lists = (json.loads(row.body)["lists"]["unexplained"]["rows"] for row in rows)
        return sorted((each["case_number"], each["gap"]) for found in lists for each in found)

    def explain(self, number: str, at: datetime) -> None:
        """Explain one case as an archivist does."""
        account = administration.create_account(
            username="bench", display_name="陈玉珍", role=Role.ARCHIVIST, password=secrets.token_hex(8),
            agency_code="", now=now(),
        )  # fmt: skip
        draft = ExplanationDraft(ExplanationKind.SYSTEM_FAULT, "升级期间未报送")
        key = self.sender.source_key
        explain_cases(source_key=key, case_numbers=[number], draft=draft, actor=actor_of(account), now=at)

    def said(self) -> dict[str, Any]:
        """Return what use cases are given beside the message."""
        ready = services()
        sender = replace(self.sender, nonce=secrets.token_hex(16))
        return {"sender": sender, "desk": Desk(ready.receipt_signer, ready.queue, ready.search), "now": now()}

    def case(self, message: Message) -> None:
        """Send the case's own message."""
        receive_case(message=check_case_message(dict(message.document)), **self.said())

    def steps(self, message: Message) -> None:
        """Send a step."""
        rows = message.document.get("steps", [message.document])
        checked = [check_step_message(row) for row in rows]  # type: ignore[attr-defined]
        receive_steps(case_number=message.case_number, messages=checked, **self.said())

    def closure(self, message: Message) -> None:
        """Close the case."""
        checked = check_closure_message(dict(message.document))
        receive_closure(case_number=message.case_number, message=checked, **self.said())

    def file(self, message: Message) -> None:
        """Send a file."""
        assert message.file
        assert message.path
        staging = services().staging
        staged = staging.receive([message.path.read_bytes()])
        told = {"file_key": message.key, "name": message.file.name, "material_code": message.file.material}
        told |= {"step": message.file.step, "formed_at": message.file.formed_at, "sha256": staged.digests.sha256}
        found = identify(staged.head, staged.tail, size=staged.bytes, open_stream=lambda: staging.open(staged.token))
        arrival = Arrival(message.case_number, check_file_message(told), staged, found)
        receive_file(arrival=arrival, **self.said())


_SENDERS = {Kind.CASE: Feed.case, Kind.FILE: Feed.file, Kind.STEP: Feed.steps, Kind.CLOSURE: Feed.closure}
