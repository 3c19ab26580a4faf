"""A Jingui instance of its own for the acceptance replay, whose server can be killed at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 60
# What the product answers to a command that ran: 0, or 1 where it found something wrong.
COMMAND = [sys.executable, "-m", "jingui.interfaces.cli.main"]


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Instance:
    """One instance folder and its server process group."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts = 0
        self.kills = 0
        self._environment = os.environ | {
            "JINGUI_HOME": str(home),
            "PYTHONPATH": str(ROOT / "src"),
            "JINGUI_PUBLIC_URL": self.url,
        }
        self._log = home.with_suffix(".log").open("ab")
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def command(self, *arguments: str, may_find: bool = False) -> Any:
        """Run a command with --json and return its result; ``may_find``: exit code 1 is an answer too."""
        done = subprocess.run(
            [*COMMAND, *arguments, "--json"], env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in ({0, 1} if may_find else {0}):
            raise RuntimeError(
                f"jingui {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}{done.stdout}"
            )
        return json.loads(done.stdout) | {"exit_code": done.returncode}

    def start(self) -> None:
        """Start the server in a process group of its own and wait until it accepts connections."""
        with self._lock:
            bind = ["serve", "--bind", f"127.0.0.1:{self.port}"]
            self._process = subprocess.Popen(
                [*COMMAND, *bind],
                env=self._environment,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
            self.starts += 1
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError(f"the server did not start; see {self._log.name}")

    def kill(self) -> None:
        """Kill the server, its workers and its readers at once, as a power failure does."""
        self._end(signal.SIGKILL)
        self.kills += 1

    def stop(self) -> None:
        """Ask the server to end; kill what is left of it."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self._end(signal.SIGKILL)
        self._log.close()

    def _end(self, number: signal.Signals) -> None:
        with self._lock:
            if self._process is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            self._process.wait()
            self._process = None


class Killer:
    """Kills and restarts the server at random points of the sending, and once more while the archive works it off."""

    def __init__(self, instance: Instance, *, kills: int, rng: random.Random) -> None:
        self._instance, self._rng = instance, rng
        self._points = sorted(rng.uniform(0.03, 0.97) for _ in range(max(kills - 1, 0)))
        self._has_last = kills > 0
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def observe(self, done: int, total: int) -> None:
        """Be told how far the sending is; never keeps the sender waiting."""
        with self._lock:
            if self._points and done >= self._points[0] * total:
                self._points.pop(0)
                self._strike(0.0)
            if self._has_last and done == total:
                self._has_last = False
                self._strike(self._rng.uniform(0.2, 2.0))

    def wait(self) -> None:
        """Wait until the last restart is done."""
        for thread in self._threads:
            thread.join()

    def _strike(self, delay: float) -> None:
        before = self._threads[-1] if self._threads else None
        pause = self._rng.uniform(0.0, 1.5)
        thread = threading.Thread(target=self._run, args=(before, delay, pause), name="killer")
        self._threads.append(thread)
        thread.start()

    def _run(self, before: threading.Thread | None, delay: float, pause: float) -> None:
        if before is not None:
            before.join()
        time.sleep(delay)
        self._instance.kill()
        print(f"  killed the server ({self._instance.kills})", file=sys.stderr, flush=True)
        time.sleep(pause)
        self._instance.start()
