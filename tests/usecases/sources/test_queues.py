"""A durable queue of a real RabbitMQ read into an office: acknowledged after the commit, never lost, never doubled."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pika
import pytest
from tests.brokers import Broker
from tests.builders import now
from tests.handed_over import handed_case
from tests.personas import Office, case_message, pdf
from tests.usecases.sources.file_server import FileServer

from jingui.bootstrap.sources import collecting, connection_problems, open_reader
from jingui.db.models import Case, CaseFile, Source, SourceConnection, SourceProblem, SourceProgress
from jingui.domain.errors import PermanentFailure, TransientFailure
from jingui.ports import SourceReader
from jingui.usecases.capture.collecting import collect_slice
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.incoming import Tally
from jingui.usecases.capture.retrying import ask_retry

pytestmark = pytest.mark.xdist_group("broker")


@dataclass
class Queue:
    """A queue of a source and the connection that reads it."""

    broker: Broker
    name: str
    connection: SourceConnection
    files: Path

    def publish(self, *messages: dict[str, Any] | bytes) -> None:
        """Put messages into the queue, each on the broker's disk before it goes on."""
        with closing(pika.BlockingConnection(pika.URLParameters(self.broker.url))) as line:
            channel = line.channel()
            channel.queue_declare(self.name, durable=True)
            channel.confirm_delivery()
            for message in messages:
                body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
                lasting = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)
                channel.basic_publish("", self.name, body, lasting, mandatory=True)

    def waiting(self) -> int:
        """Say how many messages the broker still holds."""
        with closing(pika.BlockingConnection(pika.URLParameters(self.broker.url))) as line:
            return int(line.channel().queue_declare(self.name, passive=True).method.message_count)

    def collect(self) -> Tally:
        """Read it once, as the collector does."""
        return collect_slice(self.connection.key, using=collecting(clock=now, is_over=lambda: False))

    def reader(self) -> SourceReader:
        """Open a reader of its own."""
        return open_reader(SourceConnection.objects.get(key=self.connection.key))

    def health(self) -> tuple[str, str]:
        """Say how the connection fares."""
        progress = SourceProgress.objects.get(connection=self.connection)
        return progress.health, progress.error_code


def connect(broker: Broker, folder: Path, **more: Any) -> Queue:
    name, mapping = f"cases-{uuid.uuid4().hex[:8]}", more.pop("mapping", {})
    files = folder / "files"
    given = {
        "host": "127.0.0.1",
        "port": broker.port,
        "user": broker.user,
        "password_secret": "BROKER",
        "queue": name,
        "files_folder": str(files),
        **more,
    }
    choices = ConnectionChoices("队列", Source.objects.get().name, "amqp", given, mapping)
    return Queue(broker, name, keep_connection(choices, check=connection_problems, actor="tests", now=now()), files)


@pytest.fixture
def queue(office: Office, broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    monkeypatch.setenv("JINGUI_CREDENTIAL_BROKER", broker.password)
    return connect(broker, tmp_path)


def whole_case(number: str, folder: Path) -> list[dict[str, Any]]:
    """Return the messages of a case; its first file travels in its message, the second lies in the folder."""
    case, sources = handed_case(number, folder)
    contents = [
        {"inline": base64.b64encode(sources[case.files[0].path].read_bytes()).decode()},
        {"path": sources[case.files[1].path].name},
    ]
    told: list[dict[str, Any]] = [{"kind": "case", "body": case.case}]
    for file, content in zip(case.files, contents, strict=True):
        stated = {"sha256": file.sha256, "bytes": file.bytes}
        told.append({"kind": "file", "body": file.said, "content": {**content, **stated}})
    told += [{"kind": "step", "body": step} for step in case.steps] + [{"kind": "closure", "body": case.closure}]
    return [{"case_number": number, **each} for each in told]


def test_what_lies_in_a_queue_is_archived_and_then_the_queue_is_empty(office: Office, queue: Queue) -> None:
    queue.publish(*whole_case("A-1", queue.files), *whole_case("A-2", queue.files))
    assert (queue.collect(), queue.waiting()) == (Tally(taken=12), 0)
    office.work()
    assert [(case.state, case.version) for case in Case.objects.all()] == [("preserved", 1)] * 2
    assert queue.health() == ("healthy", "")
    assert not office.findings()


def test_what_is_not_acknowledged_comes_again_and_changes_nothing(
    office: Office, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.publish(*whole_case("A-1", queue.files))
    with monkeypatch.context() as patched:
        patched.setattr("jingui.adapters.sources.amqp_line.Line.acknowledge", lambda _line, _tag: None)
        assert queue.collect().taken == 6
    assert queue.waiting() == 6
    assert (queue.collect(), queue.waiting()) == (Tally(repeated=6), 0)
    assert (CaseFile.objects.count(), len(office.staged())) == (2, 2)


def test_nothing_is_acknowledged_before_the_commit(
    office: Office, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue.publish(*whole_case("A-1", queue.files))

    def broken(*_: Any, **__: Any) -> None:
        raise TransientFailure("storage_full")

    with monkeypatch.context() as patched:
        patched.setattr("jingui.usecases.capture.incoming.keep_refusals", broken)
        queue.collect()
    assert (queue.health(), queue.waiting(), Case.objects.count()) == (("failing", "storage_full"), 6, 0)
    assert queue.collect().taken == 6


POISON: dict[str, bytes | dict[str, Any]] = {
    "no JSON": b"\xff\xfe{",
    "no object": b"[]",
    "a deep one": b"[" * 100_000,
    "an unknown kind": {"kind": "gift", "case_number": "A-1", "body": {}},
    "no case number": {"kind": "case", "body": {}},
    "a field more": {"kind": "case", "case_number": "A-1", "body": {}, "more": 1},
    "a body that is a list": {"kind": "closure", "case_number": "A-1", "body": []},
    "a file with a list for a name": {"kind": "file", "case_number": "A-1", "body": {"name": ["a"]}, "content": {"path": "a"}},
    "a file without content": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f"}},
    "a file with two contents": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f"}, "content": {"path": "a", "url": "b"}},
    "broken base64": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f", "name": "a"}, "content": {"inline": "&&"}},
    "a path that climbs": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f", "name": "a"}, "content": {"path": "../../etc/passwd"}},
    "a file that is not there": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f", "name": "a"}, "content": {"path": "gone"}},
    "a host that is not listed": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f", "name": "a"}, "content": {"url": "http://127.0.0.1/"}},
    "a wrong digest": {"kind": "file", "case_number": "A-1", "body": {"file_key": "f", "name": "a"}, "content": {"inline": "YQ==", "sha256": "0" * 64}},
    "a case of no item": {"kind": "case", "case_number": "A-1", "body": {"title": "x"}},
}  # fmt: skip


def test_poison_is_kept_with_its_reason_and_holds_nothing_up(office: Office, queue: Queue) -> None:
    queue.files.mkdir()
    queue.publish(*POISON.values(), *whole_case("B-1", queue.files))
    assert queue.collect() == Tally(taken=6, refused=len(POISON))
    assert (queue.waiting(), queue.health()) == (0, ("healthy", ""))
    rows = SourceProblem.objects.all()
    assert len(rows) == len(POISON)
    assert all(row.raw and row.code for row in rows)
    assert json.loads(rows.get(raw__contains="gift").raw) == POISON["an unknown kind"]
    assert [case.case_number for case in Case.objects.exclude(message="")] == ["B-1"]


def test_a_message_too_large_for_a_table_is_kept_as_a_file(office: Office, queue: Queue) -> None:
    huge = b"x" * (5 << 20)
    queue.publish(huge)
    assert (queue.collect(), queue.waiting()) == (Tally(refused=1), 0)
    row = SourceProblem.objects.get()
    kept = office.home / "collected" / queue.connection.key.hex / json.loads(row.raw)["kept"]
    assert (row.code, kept.read_bytes()) == ("message_put_aside", huge)
    ask_retry([row.key], actor="account:甲", now=now())
    assert (queue.collect(), SourceProblem.objects.get().settled_at) == (Tally(refused=1), None)


def test_a_message_that_fails_again_and_again_is_put_aside_at_last(
    office: Office, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jingui.adapters.sources.amqp.MOST_ATTEMPTS", 2)
    queue.publish(*whole_case("A-1", queue.files)[:2])

    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("jingui.usecases.capture.incoming.receive_case", broken)
        for _ in range(3):
            queue.collect()
            assert (queue.health()[0], queue.waiting()) == ("failing", 2)
        assert queue.collect() == Tally(taken=1, refused=1)
    assert (queue.waiting(), SourceProblem.objects.get().code) == (0, "message_put_aside")
    ask_retry([SourceProblem.objects.get().key], actor="account:甲", now=now())
    assert (queue.collect(), SourceProblem.objects.get().settlement) == (Tally(taken=1), "taken")


def test_a_mapping_reads_messages_in_the_form_of_the_source(
    office: Office, broker: Broker, queue: Queue, tmp_path: Path
) -> None:
    fields = {"case_number": "no", "title": "name", "item_code": "item", "received_at": "at", "applicant.name": "who"}
    mapping = {"language": "jmespath", "messages": [{"kind": "case", "fields": fields}]}
    configuration = SourceConnection.objects.get().configuration
    choices = ConnectionChoices("队列", Source.objects.get().name, "amqp", configuration, mapping)
    keep_connection(choices, check=connection_problems, actor="tests", now=now())
    told = case_message("A-1")
    queue.publish({"no": "A-1", "name": "许可", "item": told["item_code"], "at": told["received_at"], "who": "巴特尔"})
    assert queue.collect() == Tally(taken=1)
    assert Case.objects.get().title == "许可"


def test_a_file_named_by_an_address_is_fetched_from_listed_hosts(
    office: Office, queue: Queue, files: FileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = SourceConnection.objects.get().configuration
    allowed = {"hosts": [files.host], "allow_http": True, "private_networks": ["127.0.0.1/32"]}
    choices = ConnectionChoices("队列", Source.objects.get().name, "amqp", configuration | allowed, {})
    keep_connection(choices, check=connection_problems, actor="tests", now=now())
    stated = files.put("/a.pdf", pdf("a"))
    body = {"file_key": "f1", "name": "a.pdf", "material": "A01"}
    queue.publish({"kind": "file", "case_number": "A-1", "body": body, "content": stated})
    assert queue.collect() == Tally(taken=1)
    assert CaseFile.objects.get().sha256 == hashlib.sha256(pdf("a")).hexdigest()


def test_a_broker_that_goes_away_is_tried_again_and_nothing_is_lost(office: Office, queue: Queue) -> None:
    queue.publish(*whole_case("A-1", queue.files))
    reader = queue.reader()
    lots, seen = reader.lots({}), 0
    while seen < 6:  # a lot is as large as what has come: the broker may hand out two, then four
        seen += len(next(lots).items)
    queue.broker.stop()
    with pytest.raises(TransientFailure, match="queue_away"):
        list(lots)
    reader.close()
    queue.collect()
    assert queue.health() == ("failing", "queue_away")
    queue.broker.start()
    assert (queue.collect(), queue.health()) == (Tally(taken=6), ("healthy", ""))
    assert queue.waiting() == 0


def test_a_broker_that_refuses_us_is_named_as_such(
    office: Office, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JINGUI_CREDENTIAL_BROKER", "guessed")
    reader = queue.reader()
    with pytest.raises(PermanentFailure, match="queue_refused"):
        list(reader.lots({}))
    reader.close()


def test_a_queue_that_does_not_exist_yet_is_made_durable(office: Office, queue: Queue) -> None:
    assert queue.collect() == Tally()
    queue.publish(*whole_case("A-1", queue.files)[:1])  # declares it as durable: a passing one would be refused
    assert queue.collect() == Tally(taken=1)


def test_faults_of_a_configuration_are_named() -> None:
    given = {"queue": "q", "port": 0, "heartbeat_seconds": 1, "password": "x"}
    found = {problem.location for problem in connection_problems("amqp", given, {"language": "sql"})}
    assert found >= {"host", "port", "heartbeat_seconds", "password"}
