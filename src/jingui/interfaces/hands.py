"""Hands: the few threads that answer requests, however many requests are there. Whoever waits for a sender needs none."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, Protocol, TypeVar

from django.db import close_old_connections

T = TypeVar("T")


class Does(Protocol):
    """Does something now, somewhere; the caller waits for what comes of it."""

    def __call__(self, act: Callable[[], T], /) -> T:
        """Return what the act returns. Raises what it raises."""
        ...


def do_here(act: Callable[[], T], /) -> T:
    """Do it in the thread that asks."""
    return act()


class _Task:
    """An act that waits for a hand, then its outcome."""

    __slots__ = ("_act", "_error", "_is_done", "_value")

    def __init__(self, act: Callable[[], Any]) -> None:
        self._act = act
        self._value: Any = None
        self._error: BaseException | None = None
        self._is_done = Lock()
        self._is_done.acquire()

    def run(self) -> None:
        try:
            self._value = self._act()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to who asked
            self._error = error
        finally:
            self._is_done.release()

    def outcome(self) -> Any:  # noqa: ANN401 - whatever the act returns
        self._is_done.acquire()
        if self._error is not None:
            raise self._error
        return self._value


class Hands:
    """A fixed number of threads, each with a database connection of its own. They start with the first act.

    No executor of the standard library: its threads would be waited for, however long, when the server is told to stop.
    """

    def __init__(self, count: int) -> None:
        """Start nothing yet: the process may still fork."""
        self._count = count
        self._tasks: SimpleQueue[_Task] = SimpleQueue()
        self._starting = Lock()
        self._has_started = False

    def do(self, act: Callable[[], T], /) -> T:
        """Let the next free hand do it and wait. A hand must not ask for another: all might wait for each other.

        Raises:
            BaseException: what the act raises.
        """
        self._start()
        task = _Task(act)
        self._tasks.put(task)
        found: T = task.outcome()
        return found

    def _start(self) -> None:
        if self._has_started:
            return
        with self._starting:
            if not self._has_started:
                for number in range(self._count):
                    Thread(target=self._work, daemon=True, name=f"hand {number + 1}").start()
                self._has_started = True

    def _work(self) -> None:
        while True:
            task = self._tasks.get()
            close_old_connections()  # one that was lost since the last act is made anew
            task.run()
