"""``jingui serve`` and ``jingui worker``: the web server with its workers, and a worker alone."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time

from django.conf import settings
from granian import Granian
from granian.constants import HTTPModes, Interfaces, RuntimeModes
from granian.http import HTTP1Settings

from jingui.bootstrap import services
from jingui.interfaces.cli.lifeline import die_with_parent
from jingui.interfaces.cli.output import Out
from jingui.interfaces.cli.store import reconcile_now
from jingui.interfaces.cli.tables import refuse_old_tables
from jingui.interfaces.collector import settle_collector
from jingui.interfaces.jobs.collecting import Collector
from jingui.interfaces.jobs.heart import Heart
from jingui.interfaces.jobs.worker import Worker

log = logging.getLogger("jingui.serve")

LET_GO_SECONDS = 5.0

MOST_CONNECTIONS = 800
"""Open connections, idle ones too; the next ones wait. Below the 1,024 files that many systems let a process open."""

HEAD_MILLISECONDS = 15_000
"""A connection that has not sent the head of its next request by then is closed, so that idle ones do not keep others out."""


def add_serve_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``serve``."""
    parser.add_argument("--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="address to listen on")
    parser.add_argument("--workers", type=int, default=None, help="worker processes (default: JINGUI_WORKERS)")


def serve(arguments: argparse.Namespace, out: Out) -> int:
    """Reconcile store and database, start the workers, and answer requests until stopped."""
    host, _, port = arguments.bind.rpartition(":")
    if not host or not port.isdigit():
        return out.refuse("bind_malformed", "地址要写成 主机:端口，例如 127.0.0.1:8000。没有启动，没有数据变化。")
    if not is_free(host, int(port)):
        return out.refuse(
            "address_in_use", f"{arguments.bind} 已有别的程序在用。没有启动，没有数据变化；请换一个端口。"
        )
    if refused := refuse_old_tables(out):
        return refused
    reconcile_now(out)
    count = settings.JINGUI.workers if arguments.workers is None else arguments.workers
    os.environ["JINGUI_SUPERVISED"] = "1"
    crew = Crew(count)
    crew.start()
    out.note(f"金匮在 http://{arguments.bind} ，{count} 个后台进程。按 Ctrl+C 停止。")
    server = Granian(
        "jingui.interfaces.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        runtime_mode=RuntimeModes.st,  # one thread reads and writes all connections; a second one only hands over to it
        blocking_threads=MOST_CONNECTIONS,  # they wait for senders and readers; what answers are JINGUI_THREADS hands
        backpressure=MOST_CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS),
        websockets=False,
        respawn_failed_workers=True,
        log_access=False,
    )
    try:
        server.serve()
    finally:
        crew.stop()
    return 0


def is_free(host: str, port: int) -> bool:
    """Say whether nobody listens there; a server killed a moment ago is given time to let go.

    The web server shares its port with others of its kind, so it would not notice a second one by itself.
    """
    deadline = time.monotonic() + LET_GO_SECONDS
    while True:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), port))
            except OSError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(0.2)
            else:
                return True


class Crew:
    """The worker processes of one server; one that dies is started again."""

    def __init__(self, count: int) -> None:
        """Remember how many there should be."""
        self._count = count
        self._stopping = threading.Event()
        self._members: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the workers and a thread that watches them."""
        self._members = [self._start_one() for _ in range(self._count)]
        threading.Thread(target=self._watch, daemon=True, name="crew").start()

    def stop(self) -> None:
        """Ask the workers to end and wait for them."""
        self._stopping.set()
        for member in self._members:
            member.send_signal(signal.SIGTERM)
        for member in self._members:
            try:
                member.wait(timeout=20)
            except subprocess.TimeoutExpired:
                member.kill()

    def _start_one(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "jingui.interfaces.cli.main", "worker", "--supervised"]
        return subprocess.Popen(command)  # noqa: S603 - our own interpreter and module

    def _watch(self) -> None:
        while not self._stopping.wait(1.0):
            for place, member in enumerate(self._members):
                if member.poll() is not None and not self._stopping.is_set():
                    log.warning("worker %s ended with %s, starting another", member.pid, member.returncode)
                    try:
                        self._members[place] = self._start_one()
                    except OSError:  # no memory, no descriptors: this thread must live to try again
                        log.exception("no worker could be started, trying again")


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments of ``worker``."""
    parser.add_argument("--until-idle", action="store_true", help="do all there is to do, then end")
    parser.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)


def work(arguments: argparse.Namespace, out: Out) -> int:
    """Run one worker in this process."""
    if arguments.supervised:
        die_with_parent()
    if refused := refuse_old_tables(out):
        return refused
    with Heart() as heart:
        return _work(heart, out, is_until_idle=arguments.until_idle)


def _work(heart: Heart, out: Out, *, is_until_idle: bool) -> int:
    worker = Worker(services(), heart)
    settle_collector()
    if is_until_idle:
        done = worker.run_until_idle()
        out.result({"jobs": done}, f"做完 {done} 项工作。")
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):
        # Not set here: the signal may come while this very thread holds the lock of the event.
        signal.signal(number, lambda *_: threading.Thread(target=worker.stop.set).start())
    collector = Collector(services().instance.collectors, heart)
    collector.start()
    try:
        worker.run()
    finally:
        collector.end()
    return 0
