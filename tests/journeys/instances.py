"""A real instance of its own: commands, a server process with its workers, and a hand that kills them."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from tests.personas import Integrator, over_http, small_catalogue

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "jingui.interfaces.cli.main"]
START_SECONDS = 60.0
_LIBC = ctypes.CDLL(None)
# A child dies with the thread that made it, so all are made by one that lives as long as the tests.
_SPAWNER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spawner")


def die_with_us() -> None:
    """Let a child be killed when the tests are: PR_SET_PDEATHSIG."""
    _LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended."""

    code: int
    said: str
    noted: str

    @property
    def json(self) -> Any:
        """What it said with ``--json``."""
        return json.loads(self.said)


@dataclass
class RealInstance:
    """An instance folder with its database and, between ``start`` and ``stop``, its server."""

    home: Path
    template: Template
    database_url: str = ""
    more: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where the server is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Where its processes write what they say."""
        return self.home.parent / f"{self.home.name}.log"

    @property
    def environment(self) -> dict[str, str]:
        """The variables of its processes."""
        ours = {
            "JINGUI_HOME": str(self.home),
            "JINGUI_DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT / "src"),
        }
        return {**os.environ, **ours, "JINGUI_PUBLIC_URL": self.url, **self.more}

    def run(self, *arguments: str, **more: str) -> Done:
        """Run a command to its end."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command and return it."""
        return _SPAWNER.submit(self._spawn, arguments).result()

    def _spawn(self, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, *arguments],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_us,  # noqa: PLW1509 - one plain system call
            )

    def prepare(self) -> Integrator:
        """Make the instance with the small catalogue and a source, as a copy; return the source."""
        self.template.copy_to(self)
        return self.source("办理系统")

    def make(self) -> None:
        """Make the instance with the small catalogue and a source by the operator's commands."""
        catalogue = self.home.parent / "catalogue.json"
        catalogue.write_text(json.dumps(small_catalogue(), ensure_ascii=False), encoding="utf-8")
        assert self.run("init").code == 0
        steps = (["catalogue", "import", str(catalogue)], ["source", "add", "办理系统", "--json"])
        code = f"from jingui.interfaces.cli.main import main; print([main(step) for step in {steps!r}])"
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.stdout.endswith("[0, 0]\n"), done

    def source(self, name: str) -> Integrator:
        """Return a registered source that speaks over HTTP."""
        key = json.loads((self.home / "sources" / f"{name}.json").read_text(encoding="utf-8"))
        return Integrator(key["key_id"], key["secret"], over_http(self.url))

    def start(self, *arguments: str) -> None:
        """Start the server and wait until it answers."""
        with self.lock:
            self.server = self.spawn("serve", "--bind", f"127.0.0.1:{self.port}", *arguments)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.server.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.last_words()}")

    def last_words(self) -> str:
        """Return the end of what its servers wrote, without the answers that tests ask for again and again."""
        with contextlib.suppress(FileNotFoundError):
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
            return "\n".join([line for line in lines if "Not Found: " not in line][-60:])
        return ""

    def kill(self) -> None:
        """Kill the server with its workers and readers at once, as a power failure does."""
        with self.lock:
            if self.server is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
                self.server = None

    def stop(self) -> int | None:
        """Ask the server to end; kill it if it does not. Return its exit code."""
        server = self.server
        if server is None:
            return None
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(30)
        self.kill()
        return server.returncode

    def members(self) -> list[int]:
        """List the processes of the server's group."""
        assert self.server is not None
        found = subprocess.run(["pgrep", "-g", str(self.server.pid)], capture_output=True, text=True, check=False)
        return [int(line) for line in found.stdout.split()]

    def peak_bytes(self) -> int:
        """Return the largest resident size any process of the server ever had."""
        return max(_peak(member) for member in self.members())


@dataclass
class Template:
    """An instance that the commands made once in this process; each journey begins with a copy of its own."""

    folder: Path
    database_url: str = ""
    made: RealInstance | None = None

    def copy_to(self, instance: RealInstance) -> None:
        """Give an instance of which nothing is there yet the folder and the rows of this one."""
        if self.made is None:
            self.made = RealInstance(self.folder / "home", self, self.database_url)
            self.made.make()
        shutil.copytree(self.made.home, instance.home)
        shutil.copy(self.folder / "catalogue.json", instance.home.parent)
        if instance.database_url:
            copy_database(self.database_url, instance.database_url)


def copy_database(source: str, target: str) -> None:
    """Replace a database of the PostgreSQL server by a copy of another one."""
    names = [urlsplit(url).path.lstrip("/") for url in (source, target)]
    server = urlunsplit(urlsplit(source)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{names[1]}"')
        connection.execute(f'CREATE DATABASE "{names[1]}" TEMPLATE "{names[0]}"')


def _peak(process: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


class Killer:
    """Kills and restarts the server at random points while a replay is under way."""

    def __init__(self, instance: RealInstance, *, kills: int, seed: int) -> None:
        self.instance, self.rng = instance, random.Random(seed)
        self.points = sorted(self.rng.uniform(0.05, 0.95) for _ in range(kills))
        self.kills = 0
        self._threads: list[threading.Thread] = []

    def observe(self, done: int, total: int) -> None:
        """Be told how far the sending is; never keeps the sender waiting."""
        if self.points and done >= self.points[0] * total:
            self.points.pop(0)
            before = self._threads[-1] if self._threads else None
            thread = threading.Thread(target=self._strike, args=(before,))
            self._threads.append(thread)
            thread.start()

    def wait(self) -> None:
        """Wait until the last restart is done."""
        for thread in self._threads:
            thread.join()

    def _strike(self, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        self.instance.kill()
        self.kills += 1
        time.sleep(self.rng.uniform(0.0, 0.5))
        self.instance.start()
