"""Small files go together: who waits for whom, what comes first, and whose key is looked at again."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from tests.personas import Integrator

from jingui.db.models import SourceKey
from jingui.db.queries.sources import ActiveKey
from jingui.domain.errors import Refused
from jingui.interfaces.api import registrar
from jingui.interfaces.api.registrar import Registrar
from jingui.interfaces.api.remembered_keys import RememberedKeys
from jingui.usecases.capture.folders import Sender
from jingui.usecases.capture.together import Delivery, Renew

QUERY = "material=A01&name=a.pdf"
Answer = tuple[int, dict[str, str], bytes]


def settled_by(monkeypatch: pytest.MonkeyPatch, act: Any) -> Registrar:
    monkeypatch.setattr(registrar, "receive_together", act)
    made = Registrar()
    made.keys = Keys()
    return made


def told(name: Any) -> dict[str, Any]:
    """Return what a file of this name is written with; its bytes are durable unless it is a small one."""
    sender = Sender(UUID(int=1), "bench", "k-1", "n")
    return {"delivery": Delivery(name, sender, None), "desk": None}  # type: ignore[arg-type]


class Keys(RememberedKeys):
    """Keys that need no database: all are active unless they are named here."""

    revoked: frozenset[str] = frozenset()

    def look_again(self, key_ids: Iterable[str]) -> dict[str, ActiveKey | None]:
        return {each: None if each in self.revoked else ActiveKey(each, UUID(int=1), "bench", ()) for each in key_ids}


class Bench:
    """A registrar whose deliveries are names; what it writes together is noted, and may be held up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[list[str]] = []
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.registrar = settled_by(monkeypatch, self._write)

    def _write(self, deliveries: list[Delivery], _: object, *, renew: Renew) -> list[Any]:
        deliveries = list(renew(deliveries))
        self.written.append([str(delivery.arrival) for delivery in deliveries])
        self.begun.set()
        assert self.may_end.wait(20)
        return [delivery.arrival for delivery in deliveries]


def test_files_that_wait_while_one_is_written_go_together(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    with ThreadPoolExecutor(4) as senders:
        taken = [senders.submit(bench.registrar.write, **told("first"), is_small=False)]
        assert bench.begun.wait(20)
        taken += [senders.submit(bench.registrar.write, **told(name), is_small=False) for name in ("a", "b", "c")]
        while bench.registrar.waiting < 3:
            threading.Event().wait(0.001)
        bench.may_end.set()
        assert [str(each.result(20)) for each in taken] == ["first", "a", "b", "c"]
    assert [sorted(names) for names in bench.written] == [["first"], ["a", "b", "c"]]


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Return a bench that waits for what is under way as long as it takes, and writes at once."""
    monkeypatch.setattr(registrar, "GATHER_SECONDS", 20)
    bench = Bench(monkeypatch)
    bench.may_end.set()
    return bench


class Named:
    """An arrival of a name whose bytes are not durable yet."""

    def __init__(self, name: str) -> None:
        self.name, self.staged = name, SimpleNamespace(token=name)

    def __str__(self) -> str:
        return self.name


def test_a_small_file_waits_for_those_under_way_and_their_bytes_are_made_durable_first(
    patient: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[list[str], int]] = []
    staging = SimpleNamespace(make_durable=lambda tokens: made.append((sorted(tokens), len(patient.written))))
    monkeypatch.setattr(registrar, "services", lambda: SimpleNamespace(staging=staging))
    for _ in "ab":
        patient.registrar.expect()
    with ThreadPoolExecutor(2) as senders:
        one = senders.submit(patient.registrar.write, **told(Named("a")), is_small=True)
        while not patient.registrar.waiting:
            threading.Event().wait(0.001)
        assert not patient.written
        other = senders.submit(patient.registrar.write, **told(Named("b")), is_small=True)
        assert [str(each.result(20)) for each in (one, other)] == ["a", "b"]
    assert patient.written == [["a", "b"]]
    assert made == [(["a", "b"], 0)]


def test_a_file_that_is_given_up_is_not_waited_for(patient: Bench) -> None:
    patient.registrar.expect()
    with ThreadPoolExecutor(1) as senders:
        taken = senders.submit(patient.registrar.write, **told("a"), is_small=False)
        while not patient.registrar.waiting:
            threading.Event().wait(0.001)
        assert not patient.written
        patient.registrar.give_up()
        assert str(taken.result(20)) == "a"


def test_a_file_that_does_not_come_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.may_end.set()
    bench.registrar.expect()
    assert str(bench.registrar.write(**told("a"), is_small=False)) == "a"


def test_nobody_waits_for_a_small_file_whose_sender_stops_in_its_middle(patient: Bench) -> None:
    go_on = threading.Event()

    def halting() -> Iterable[bytes]:
        yield b"half"
        assert go_on.wait(20)
        yield b"whole"

    def read_slowly() -> list[bytes]:
        with patient.registrar.passage(halting(), "9") as passage, passage.body() as body:
            assert patient.registrar.turn.locked()
            return list(body)

    with ThreadPoolExecutor(2) as senders:
        slow = senders.submit(read_slowly)
        assert str(senders.submit(patient.registrar.write, **told("a"), is_small=False).result(20)) == "a"
        go_on.set()
        assert slow.result(20) == [b"halfwhole"]
    assert not patient.registrar.turn.locked()
    assert str(patient.registrar.write(**told("b"), is_small=False)) == "b"


@pytest.mark.parametrize("is_raised", [True, False])
def test_who_waits_is_told_of_a_failure_and_the_next_is_taken(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, is_raised: bool
) -> None:
    def write(deliveries: list[Delivery], _: object, **__: object) -> list[Any]:
        failure = Refused("nonce_reused")
        if deliveries[0].arrival == "good":  # type: ignore[comparison-overlap]
            return ["taken"]
        if is_raised:
            raise failure
        return [failure]

    desk = settled_by(monkeypatch, write)
    with pytest.raises(Refused):
        desk.write(**told("bad"), is_small=False)
    assert desk.write(**told("good"), is_small=False) == "taken"  # type: ignore[comparison-overlap]


def test_a_key_revoked_after_its_file_came_in_writes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch)
    bench.may_end.set()
    bench.registrar.keys.revoked = frozenset({"k-1"})  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="key_unknown"):
        bench.registrar.write(**told("a"), is_small=False)
    assert bench.written == []


def test_what_a_source_may_do_now_counts_not_what_it_might_when_its_file_came_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Delivery] = []

    def write(deliveries: list[Delivery], _: object, *, renew: Renew) -> list[Any]:
        seen.extend(renew(deliveries))
        return ["taken"]

    desk = settled_by(monkeypatch, write)
    monkeypatch.setattr(Keys, "look_again", lambda *_: {"k-1": ActiveKey("k-1", UUID(int=2), "renamed", ("A",))})
    desk.write(**told("a"), is_small=False)
    assert seen[0].sender == Sender(UUID(int=2), "renamed", "k-1", "n", ("A",))


def test_a_key_is_remembered_until_it_is_looked_at_again(
    integrator: Integrator, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, key_id = RememberedKeys(), SourceKey.objects.get().key_id
    assert keys.find("nobody") is None
    with django_assert_num_queries(1):
        assert keys.find(key_id) == keys.find(key_id)
    SourceKey.objects.update(revoked_at=datetime.now(UTC))
    assert keys.find(key_id) is not None
    assert keys.look_again([key_id]) == {key_id: None}
    assert keys.find(key_id) is None
