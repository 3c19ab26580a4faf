"""A RabbitMQ for the length of a test run: an own port mapper, a temporary folder, free ports, no privileges.

Standard library only, so that benchmarks can use it too. Nothing of it is left when it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SERVERS = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
START_SECONDS = 240
# One scheduler that sleeps when there is nothing to do: the tests need the processors.
ERLANG = "+S 1:1 +SDio 1 +A 1 +sbwt none +sbwtdcpu none +sbwtdio none"
CONFIGURATION = """
listeners.tcp.1 = 127.0.0.1:{port}
loopback_users = none
default_user = {user}
default_pass = {password}
vm_memory_high_watermark.absolute = 256MB
disk_free_limit.absolute = 10MB
collect_statistics_interval = 60000
log.file = false
log.console = true
log.console.level = warning
"""
_LIBC = ctypes.CDLL(None)


def find_rabbitmq() -> str:
    """Return the path of the server's own start script; "" if RabbitMQ is not on this machine."""
    found = sorted(Path("/").glob(SERVERS))
    return str(found[-1]) if found and shutil.which("epmd") else ""


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> dict[str, Any]:
    """Return the arguments of ``subprocess`` that drop root, or none when we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("rabbitmq", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    message = "neither the user rabbitmq nor nobody exists"
    raise RuntimeError(message)


def _die_with_us() -> None:
    """Let a child be killed when the tests are: PR_SET_PDEATHSIG."""
    _LIBC.prctl(1, signal.SIGKILL, 0, 0, 0)


@dataclass
class Broker:
    """A running server."""

    folder: Path
    port: int
    user: str
    password: str
    environment: dict[str, str]
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address with the password."""
        return f"amqp://{self.user}:{self.password}@127.0.0.1:{self.port}/%2F"

    def start(self) -> None:
        """Start the server on its folder and wait until it lets clients in."""
        with (self.folder / "log").open("ab") as log:
            self.server = subprocess.Popen(
                [find_rabbitmq()],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_us,  # noqa: PLW1509 - one plain system call
                **unprivileged(),
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.server.poll() is None:
            if self._answers():
                return
            time.sleep(0.1)
        log_text = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
        self.stop()
        raise RuntimeError(f"RabbitMQ did not start:\n{log_text[-4000:]}")

    def _answers(self) -> bool:
        """Say whether the server speaks AMQP: it answers a wrong greeting with the right one."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as line:
            line.settimeout(2)
            line.sendall(b"AMQP\x09\x09\x09\x09")
            return line.recv(8).startswith(b"AMQP")
        return False

    def stop(self) -> None:
        """Kill the server; what was confirmed is on its disk."""
        if self.server is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.server.pid, signal.SIGKILL)
            self.server.wait()
            self.server = None


@contextlib.contextmanager
def rabbitmq() -> Iterator[Broker]:
    """Run a server and give it; kill it and remove its folder afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="jingui-mq-"))
    mapper: subprocess.Popen[bytes] | None = None
    broker = _prepared(folder)
    try:
        account = unprivileged()
        if account:
            for path in (folder, *folder.iterdir()):
                os.chown(path, account["user"], account["group"])
        mapper = subprocess.Popen(
            ["epmd", "-port", broker.environment["ERL_EPMD_PORT"], "-address", "127.0.0.1"],
            cwd=folder,
            preexec_fn=_die_with_us,  # noqa: PLW1509 - one plain system call
            **account,
        )
        broker.start()
        yield broker
    finally:
        broker.stop()
        if mapper is not None:
            mapper.kill()
            mapper.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path) -> Broker:
    port, user, password = free_port(), "jingui", secrets.token_urlsafe(12)
    configuration = CONFIGURATION.format(port=port, user=user, password=password)
    (folder / "rabbitmq.conf").write_text(configuration, encoding="utf-8")
    (folder / "plugins").write_text("[].\n", encoding="ascii")
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "RABBITMQ_NODENAME": f"jingui{port}@localhost",
        "RABBITMQ_BASE": str(folder),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RUNNING_UNDER_SYSTEMD": "true",  # no shell between us and the server, which would outlive its death
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"{ERLANG} -start_epmd false -kernel inet_dist_use_interface {{127,0,0,1}}",
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }
    return Broker(folder, port, user, password, environment)
