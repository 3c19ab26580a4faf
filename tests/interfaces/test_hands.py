"""The hands that answer: few, each act done once, what it raises told to who asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock, current_thread

import pytest

from jingui.interfaces.hands import Hands, do_here


def test_an_act_is_done_by_a_hand_and_its_outcome_told() -> None:
    hands = Hands(2)
    assert hands.do(lambda: current_thread().name).startswith("hand ")
    assert do_here(lambda: current_thread().name) == current_thread().name
    with pytest.raises(ZeroDivisionError):
        hands.do(lambda: 1 // 0)
    with pytest.raises(SystemExit):
        hands.do(lambda: (_ for _ in ()).throw(SystemExit))
    assert hands.do(lambda: 3) == 3, "a hand outlives what it raises"


def test_no_more_acts_are_done_at_once_than_there_are_hands() -> None:
    hands, busy, most, lock = Hands(3), 0, 0, Lock()
    together = Barrier(3)

    def act() -> int:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        together.wait(60)  # all three hands are at work at once
        with lock:
            busy -= 1
        return 1

    with ThreadPoolExecutor(30) as senders:
        done = list(senders.map(lambda _: hands.do(act), range(30)))
    assert (sum(done), most, busy) == (30, 3, 0)
