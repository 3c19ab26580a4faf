"""Several files of one case taken together: the bytes with one wait for the disk, the rows in one transaction."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from tests.builders import now
from tests.personas import Integrator, Office

from jingui.adapters.stores.staging import FolderStagingArea
from jingui.db.models import Case, CaseFile, JournalEvent, Nonce
from jingui.db.queries.sources import find_active_key
from jingui.domain.capture.checking import check_file_message
from jingui.domain.errors import Conflict, Refused
from jingui.formats.identification import UNKNOWN
from jingui.ports import StagedFile
from jingui.usecases.capture.files import Arrival, receive_file, receive_files
from jingui.usecases.capture.folders import Desk, Sender, Taken
from jingui.usecases.capture.together import Delivery, Renew, receive_together

NUMBER = "20250303-0001"


def arrival(key: str, staged: StagedFile) -> Arrival:
    message = check_file_message({"file_key": key, "name": f"{key}.bin", "sha256": staged.digests.sha256})
    return Arrival(NUMBER, message, staged, UNKNOWN)


def sender_of(integrator: Integrator) -> Sender:
    known = find_active_key(integrator.key_id)
    assert known is not None
    return Sender(known.source_key, known.source_name, known.key_id, secrets.token_hex(16), known.agency_codes)


def take(office: Office, integrator: Integrator, **contents: bytes) -> tuple[Taken, ...]:
    staged = office.services.staging.receive_all([content] for content in contents.values())
    arrivals = [arrival(key, file) for key, file in zip(contents, staged, strict=True)]
    ready = office.services
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    return receive_files(case_number=NUMBER, arrivals=arrivals, sender=sender_of(integrator), desk=desk, now=now())


def test_files_together_have_a_row_and_a_receipt_each_and_one_event(office: Office, integrator: Integrator) -> None:
    integrator.case(NUMBER)
    before = JournalEvent.objects.count()
    taken = take(office, integrator, f1=b"one", f2=b"two")
    assert [each.answer["receipt"]["subject"]["file_key"] for each in taken] == ["f1", "f2"]
    assert [each.is_repeat for each in taken] == [False, False]
    assert set(CaseFile.objects.values_list("file_key", "bytes")) == {("f1", 3), ("f2", 3)}
    assert JournalEvent.objects.count() == before + 1
    assert not office.findings()


def test_files_together_may_be_the_first_of_their_case(office: Office, integrator: Integrator) -> None:
    take(office, integrator, f1=b"one", f2=b"two")
    assert Case.objects.get(case_number=NUMBER).state == "expected"
    assert not office.findings()


def test_a_file_that_came_before_is_a_repeat_with_the_same_receipt(office: Office, integrator: Integrator) -> None:
    [first] = take(office, integrator, f1=b"one")
    again, new = take(office, integrator, f1=b"one", f2=b"two")
    assert (again.is_repeat, again.answer) == (True, first.answer)
    assert not new.is_repeat


def test_one_file_in_conflict_keeps_all_of_them_out(office: Office, integrator: Integrator) -> None:
    take(office, integrator, f1=b"one")
    with pytest.raises(Conflict, match="message_conflict"):
        take(office, integrator, f2=b"two", f1=b"other")
    assert list(CaseFile.objects.values_list("file_key", flat=True)) == ["f1"]


def test_the_same_key_twice_in_one_call_is_a_repeat_or_a_conflict(office: Office, integrator: Integrator) -> None:
    ready = office.services
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    one, other = ready.staging.receive_all([[b"one"], [b"other"]])
    same = [arrival("f1", one), arrival("f1", one)]
    taken = receive_files(case_number=NUMBER, arrivals=same, sender=sender_of(integrator), desk=desk, now=now())
    assert [each.is_repeat for each in taken] == [False, True]
    different = [arrival("f2", one), arrival("f2", other)]
    with pytest.raises(Conflict):
        receive_files(case_number=NUMBER, arrivals=different, sender=sender_of(integrator), desk=desk, now=now())


def test_a_nonce_is_taken_once_and_leaves_nothing_the_second_time(office: Office, integrator: Integrator) -> None:
    ready, sender = office.services, sender_of(integrator)
    desk = Desk(ready.receipt_signer, ready.queue, ready.search)
    one, two = (arrival(key, ready.staging.receive([key.encode()])) for key in ("f1", "f2"))
    receive_file(arrival=one, sender=sender, desk=desk, now=now())
    with pytest.raises(Refused, match="nonce_reused"):
        receive_file(arrival=two, sender=replace(sender), desk=desk, now=now())
    assert CaseFile.objects.count() == 1


def test_streams_together_are_kept_in_their_order(tmp_path: Path) -> None:
    staging = FolderStagingArea(tmp_path)
    staged = staging.receive_all([[b"a", b"b"], [], [b"c"]])
    assert [staging.path(file.token).read_bytes() for file in staged] == [b"ab", b"", b"c"]


def test_of_streams_together_one_too_large_leaves_none(tmp_path: Path) -> None:
    staging = FolderStagingArea(tmp_path)
    with pytest.raises(Refused, match="file_too_large"):
        staging.receive_all([[b"ab"], [b"abc"], [b"a"]], limit=2)
    assert list(tmp_path.iterdir()) == []


def delivery(office: Office, integrator: Integrator, key: str, content: bytes, number: str = NUMBER) -> Delivery:
    file = replace(arrival(key, office.services.staging.receive([content])), case_number=number)
    return Delivery(file, sender_of(integrator), now())


def together(office: Office, *deliveries: Delivery, renew: Renew = list) -> list[Taken | Exception]:
    ready = office.services
    return receive_together(deliveries, Desk(ready.receipt_signer, ready.queue, ready.search), renew=renew)


def keys_of(outcomes: list[Taken | Exception]) -> list[str]:
    return [each.answer["receipt"]["subject"]["file_key"] for each in outcomes if isinstance(each, Taken)]


def test_files_of_several_cases_in_one_commit_have_an_event_for_each_case_and_a_nonce_each(
    office: Office, integrator: Integrator
) -> None:
    before, nonces = JournalEvent.objects.count(), Nonce.objects.count()
    first, second = delivery(office, integrator, "f1", b"one"), delivery(office, integrator, "f2", b"two")
    other = delivery(office, integrator, "f1", b"three", "20250303-0002")
    assert keys_of(together(office, first, second, other)) == ["f1", "f2", "f1"]
    events = JournalEvent.objects.order_by("id")[before:]
    told = [json.loads(event.payload)["facts"] for event in events]
    assert told == [
        {"case_number": NUMBER, "file_keys": ["f1", "f2"]}, {"case_number": "20250303-0002", "file_key": "f1"},
    ]  # fmt: skip
    assert Nonce.objects.count() == nonces + 3
    assert Case.objects.count() == 2
    assert not office.findings()


def test_a_file_refused_in_a_common_commit_takes_no_other_with_it(office: Office, integrator: Integrator) -> None:
    first, played = delivery(office, integrator, "f1", b"one"), delivery(office, integrator, "f2", b"two")
    played = replace(played, sender=first.sender)
    differs = delivery(office, integrator, "f1", b"other")
    last = delivery(office, integrator, "f3", b"three")
    outcomes = together(office, first, played, differs, last)
    assert [getattr(each, "code", "taken") for each in outcomes] == [
        "taken", "nonce_reused", "message_conflict", "taken",
    ]  # fmt: skip
    assert set(CaseFile.objects.values_list("file_key", flat=True)) == {"f1", "f3"}
    assert not office.findings()


def test_the_same_file_twice_in_one_commit_is_one_row_and_a_repeat(office: Office, integrator: Integrator) -> None:
    outcomes = together(office, delivery(office, integrator, "f1", b"one"), delivery(office, integrator, "f1", b"one"))
    assert [isinstance(each, Taken) and each.is_repeat for each in outcomes] == [False, True]
    assert CaseFile.objects.count() == 1


def test_a_common_commit_that_nobody_knows_the_end_of_is_not_tried_again(
    office: Office, integrator: Integrator, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliveries = [delivery(office, integrator, key, key.encode()) for key in ("f1", "f2")]
    tried: list[object] = []

    def lose(**told: object) -> None:
        tried.append(told)
        raise OperationalError("connection lost at COMMIT")

    monkeypatch.setattr("jingui.usecases.capture.together.take_files", lose)
    outcomes = together(office, *deliveries)
    assert [type(each) for each in outcomes] == [OperationalError, OperationalError]
    assert outcomes[0] is not outcomes[1]
    assert len(tried) == 1


@pytest.mark.parametrize("count", [1, 2])
def test_senders_are_looked_at_in_the_transaction_that_writes_and_one_who_may_not_takes_no_other_with_it(
    office: Office, integrator: Integrator, count: int
) -> None:
    deliveries = [delivery(office, integrator, key, key.encode()) for key in ("f1", "f2")[:count]]
    outside, looked = len(connection.savepoint_ids), list[int]()

    def renew(given: Sequence[Delivery]) -> Sequence[Delivery]:
        looked.append(len(connection.savepoint_ids) - outside)
        if any(each.arrival.message.file_key == "f1" for each in given):
            raise Refused("key_unknown")
        return given

    outcomes = together(office, *deliveries, renew=renew)
    assert [getattr(each, "code", "taken") for each in outcomes] == ["key_unknown", "taken"][:count]
    assert all(depth == 1 for depth in looked)  # the test itself is the transaction around
    assert CaseFile.objects.count() == count - 1
