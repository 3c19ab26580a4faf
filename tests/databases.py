"""A PostgreSQL server for the length of one command. Standard library only, so that benchmarks can use it too.

    python tests/databases.py BINARIES -- COMMAND [ARGUMENT …]

BINARIES is the folder of ``initdb`` and ``postgres``. The server runs in a temporary folder on a free port, listens on
127.0.0.1 and on a socket in that folder, and is stopped and removed whatever the command does. The command finds it as
``JINGUI_DATABASE_URL``. PostgreSQL refuses to run as root; then it runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START_SECONDS = 60
OWNER = "jingui"
DATABASE = "postgres"
# Durability is what the tests of the store are about; here the server is thrown away.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


def unprivileged() -> dict[str, Any]:
    """Return the arguments of ``subprocess`` that drop root, or none when we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    message = "PostgreSQL cannot run as root, and neither the user postgres nor nobody exists"
    raise RuntimeError(message)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def make_cluster(binaries: Path, folder: Path, *, password: str, account: dict[str, Any]) -> None:
    """Make an empty cluster in UTF-8 that asks for a password, even on the machine itself."""
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    if account:
        for path in (folder, secret):
            os.chown(path, account["user"], account["group"])
    line = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", OWNER, "-E", "UTF8", "--locale=C.UTF-8"]
    options = ["--no-sync", "-A", "scram-sha-256", f"--pwfile={secret}"]
    done = subprocess.run([*line, *options], cwd=folder, text=True, capture_output=True, check=False, **account)
    if done.returncode:
        message = f"initdb failed: {done.stdout}{done.stderr}"
        raise RuntimeError(message)


def wait_until_ready(server: subprocess.Popen[Any], folder: Path) -> None:
    """Wait until the server has written ``ready`` into its pid file.

    Raises:
        RuntimeError: it ended or took too long; its log is the message.
    """
    pid_file, deadline = folder / "data" / "postmaster.pid", time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if pid_file.read_text(encoding="utf-8").split("\n")[7:8] == ["ready   "]:
                return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text(encoding="utf-8", errors="replace"))


@contextlib.contextmanager
def postgres(binaries: Path) -> Iterator[str]:
    """Run a server and give its address; stop it and remove its folder afterwards."""
    account, password, port = unprivileged(), secrets.token_urlsafe(12), free_port()
    folder = Path(tempfile.mkdtemp(prefix="jingui-pg-"))
    server = None
    try:
        make_cluster(binaries, folder, password=password, account=account)
        options = {**SETTINGS, "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        line = [str(binaries / "postgres"), "-D", str(folder / "data")]
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C reaches the tests first, and the server only when they are done.
            server = subprocess.Popen(
                [*line, *settings], cwd=folder, stdout=log, stderr=log, start_new_session=True, **account
            )
        wait_until_ready(server, folder)
        yield f"postgresql://{OWNER}:{password}@127.0.0.1:{port}/{DATABASE}"
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def stop(server: subprocess.Popen[Any]) -> None:
    """Stop a server without waiting for its clients."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.send_signal(signal.SIGQUIT)
        server.wait(timeout=20)


def run(command: list[str], *, url: str) -> int:
    """Run the command with the address in its environment; told to stop, stop it first."""
    child = subprocess.Popen(command, env={**os.environ, "JINGUI_DATABASE_URL": url})
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


def main(arguments: list[str]) -> int:
    """Run a command with a server and return the command's exit code."""
    match arguments:
        case [binaries, "--", *command] if command:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
            with postgres(Path(binaries)) as url:
                return run(command, url=url)
    sys.stderr.write(__doc__ or "")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
