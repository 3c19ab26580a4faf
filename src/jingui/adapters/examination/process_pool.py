"""Confined processes, leased one at a time, replaced when they are lost or worn."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import jingui
from jingui.adapters.examination.confinement import Confinement
from jingui.adapters.examination.frames import FrameError, Message, pack, read_within
from jingui.domain.errors import TransientFailure

SOURCE_FOLDER = str(Path(jingui.__file__).parents[1])


class ProcessLostError(Exception):
    """The process died or was ended over an item; ``code`` is a defect code of ``formats.reading``."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep the defect code and a detail."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class ConfinedProcess:
    """One running process and its pipes."""

    def __init__(self, module: str, bounds: Confinement) -> None:
        """Start it and wait until it is ready. Raises TransientFailure if it does not get there."""
        environment = {"PYTHONPATH": SOURCE_FOLDER, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
        self._bounds = bounds
        self._process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-P", "-m", module, bounds.to_argument()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=environment, close_fds=True, bufsize=0,
        )  # fmt: skip
        self.served = 0
        try:
            self.receive(bounds.start_seconds)
        except ProcessLostError as error:
            raise TransientFailure("reader_not_started", error.detail) from None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def send(self, items: Sequence[Message]) -> None:
        """Hand over a batch; the process reads it whole before it answers, so the pipes cannot block each other."""
        frame = memoryview(pack({"items": list(items)}))
        pipe = self._process.stdin
        try:
            while pipe and frame:
                frame = frame[pipe.write(frame) :]
        except OSError as error:
            raise self._lost(str(error)) from None

    def receive(self, seconds: float | None = None) -> tuple[Message, bytes]:
        """Return the next answer. Raises ProcessLostError, after which the process is gone."""
        pipe = self._process.stdout
        try:
            answer = read_within(pipe.fileno() if pipe else -1, seconds or self._bounds.wall_seconds)
        except FrameError as error:
            raise self._lost(str(error), is_late=error.is_late) from None
        self.served += 1
        return answer

    def close(self) -> None:
        """End the process and collect it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def _lost(self, detail: str, *, is_late: bool = False) -> ProcessLostError:
        """Collect the process and say why it was lost."""
        if is_late:
            self.close()
            return ProcessLostError("reader_timeout", detail)
        try:
            status = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = 0
        self.close()
        if status == -signal.SIGXCPU:
            return ProcessLostError("reader_timeout", "processor time used up")
        return ProcessLostError("reader_crashed", f"signal {-status}" if status < 0 else f"{detail}, exit {status}")


class ProcessPool:
    """Up to ``size`` processes of one module, started when first needed. Safe for threads and after a fork."""

    def __init__(self, module: str, *, size: int, bounds: Confinement) -> None:
        """Start nothing yet."""
        self._module = module
        self._size = size
        self._bounds = bounds
        self._owner = 0
        self._is_closed = False
        self._reset()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._slots: queue.LifoQueue[ConfinedProcess | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._slots.put(None)
        # The kernel's death signal follows the starting thread, so one thread that lives as long as the pool starts all.
        self._starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="process-starter")

    @contextmanager
    def leased(self) -> Iterator[ConfinedProcess]:
        """Lend a process; after any exception it is ended, since answers may be left in its pipe."""
        if self._is_closed:
            raise TransientFailure("reader_not_started", "the pool is closed")
        if self._owner != os.getpid():
            self._reset()
        slots = self._slots
        process = slots.get()
        keep = False
        try:
            process = process or self._starter.submit(ConfinedProcess, self._module, self._bounds).result()
            yield process
            keep = process.served < self._bounds.files_per_process and not self._is_closed
        finally:
            if process and not keep:
                process.close()
            slots.put(process if keep else None)

    def close(self) -> None:
        """End all processes, once those at work have answered."""
        if self._is_closed or self._owner != os.getpid():
            return
        self._is_closed = True
        for _ in range(self._size):
            process = self._slots.get()
            if process:
                process.close()
        for _ in range(self._size):
            self._slots.put(None)
        self._starter.shutdown()
