"""Processor time of the server per uploaded file, beside a bare streaming upload server.

    PYTHONPATH=src python bench/capture.py [--requests 300] [--pairs 3]

Ours: ``jingui serve --workers 0``: signature and nonce checked, Content-Digest checked, SHA-256 + SM3 + SHA-512, format
identified, bytes durable (fdatasync), a durable database row with its journal event, a signed receipt. Beside it
``cap_asgi.py`` on granian: the body streamed to a file with SHA-256 + SM3 by OpenSSL; no check, no row, no sync; and the
floor, ``capture_floor.py``: the same with only what the target names, an HMAC, durable bytes and a durable row. The same
signed requests go to all, over eight connections that stay open, as in the target's own command; only the server's own
processes are counted. Needs the corpora (JINGUI_CORPORA). Exit codes: 0 within the targets, 1 above one.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from archive import BENCH, environment_of
from paired import ROOT

from jingui.formats.signing import Signable, content_digest_of, format_authorization, sign
from jingui.interfaces.api.bodies import CHUNK

SIZES = {"100 KB": (100 << 10, 2.0), "1 MB": (1 << 20, 1.25)}
CONNECTIONS = 8
START_SECONDS = 60
CLI = [sys.executable, "-m", "jingui.interfaces.cli.main"]
Request = tuple[str, dict[str, str]]


def prepare(home: Path) -> dict[str, str]:
    """Make an instance with a source; return its key."""
    script = str(ROOT / "bench" / "archive_chain.py")
    subprocess.run([sys.executable, script, "prepare"], check=True, env=environment_of(home))
    command = [*CLI, "source", "add", "bench-http", "--json"]
    subprocess.run(command, check=True, env=environment_of(home), stdout=subprocess.DEVNULL)
    return dict(json.loads((home / "sources" / "bench-http.json").read_text(encoding="utf-8")))


def requests(key: Mapping[str, str], body: bytes, count: int) -> list[Request]:
    """Sign this many uploads of the body, 20 files to a case."""
    digest = content_digest_of(body)
    run, query = secrets.token_hex(4), "material=A01&name=a.pdf"
    signed = []
    for number in range(count):
        path = f"/api/v1/cases/{run}{number // 20:06}/files/f{number}"
        authorization = sign(
            Signable("PUT", path, query, digest),
            key_id=key["key_id"], secret=key["secret"], time=int(time.time()), nonce=secrets.token_hex(16),
        )  # fmt: skip
        headers = {"Authorization": format_authorization(authorization), "Content-Digest": digest}
        signed.append((f"{path}?{query}", headers))
    return signed


def play(port: int, signed: Sequence[Request], body: bytes) -> None:
    """Send all requests over a few connections. Raises SystemExit unless every answer is 201."""
    failed: list[str] = []

    def send(mine: Sequence[Request]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        for path, headers in mine:
            connection.request("PUT", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != http.HTTPStatus.CREATED:
                failed.append(f"{answer.status} {content[:300]!r}")
        connection.close()

    threads = [threading.Thread(target=send, args=(signed[at::CONNECTIONS],)) for at in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{len(failed)} requests failed: {failed[0]}")


@contextmanager
def server(command: Sequence[str], environment: Mapping[str, str], port: int) -> Iterator[int]:
    """Run a server in a process group of its own until the block ends; give its process group."""
    process = subprocess.Popen(
        command, env=dict(environment), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + START_SECONDS
    try:
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def cpu_of(group: int) -> float:
    """Return the seconds of processor time of all living processes of a group."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            values = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += int(values[11]) + int(values[12]) if int(values[2]) == group else 0
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def spent(
    command: Sequence[str], environment: Mapping[str, str], port: int, signed: Sequence[Request], body: bytes
) -> float:
    """Return ms of the server's processor time per request; the first tenth warms it up."""
    cut = len(signed) // 10
    with server(command, environment, port) as group:
        play(port, signed[:cut], body)
        before = cpu_of(group)
        play(port, signed[cut:], body)
        return (cpu_of(group) - before) * 1000 / (len(signed) - cut)


def main(given: Sequence[str] | None = None) -> int:
    """Measure both sizes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--pairs", type=int, default=3)
    chosen = parser.parse_args(given)
    is_met = True
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        key = prepare(home)
        for label, (size, target) in SIZES.items():
            ratios = [pair(home, key, size, chosen.requests) for _ in range(chosen.pairs)]
            print(f"{label}: ms of server processor time per request, ours / bare / floor / SHA-512 alone")
            for ours, bare, floor, sha512 in ratios:
                print(f"  {ours:.2f} / {bare:.2f} / {floor:.2f} / {sha512:.2f}   ours / bare {ours / bare:.2f}")
            print(f"  median ours / bare {median(ours / bare for ours, bare, _, _ in ratios):.2f}")
            print(f"  median floor / bare {median(floor / bare for _, bare, floor, _ in ratios):.2f}")
            ratio = median((ours - sha512) / bare for ours, bare, _, sha512 in ratios)
            print(f"  with the same digests on both sides {ratio:.2f}   target {target}")
            is_met &= ratio <= target
    return 0 if is_met else 1


def pair(home: Path, key: Mapping[str, str], size: int, count: int) -> tuple[float, float, float, float]:
    """Run ours, the bare server and the floor once each; and the digest that only ours takes."""
    body = b"%PDF-1.4\n" + secrets.token_bytes(size - 15) + b"%%EOF\n"
    port, signed = free_port(), requests(key, body, count)
    ours = spent(
        [*CLI, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "0"], environment_of(home), port, signed, body
    )
    bare = other_server("cap_asgi", BENCH, home, signed, body)
    floor = other_server("capture_floor", ROOT / "bench", home, signed, body)
    return ours, bare, floor, sha512_ms(body, count)


def sha512_ms(body: bytes, count: int) -> float:
    """Return ms of processor time that SHA-512 of a body takes in the pieces in which it comes."""
    before = time.process_time()
    for _ in range(count):
        hasher = hashlib.sha512()
        for at in range(0, len(body), CHUNK):
            hasher.update(body[at : at + CHUNK])
    return (time.process_time() - before) * 1000 / count


def other_server(name: str, folder: Path, home: Path, signed: Sequence[Request], body: bytes) -> float:
    """Run a server that one module is."""
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(folder), "CAP_DIR": str(home / name / str(port))}
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "asgi", "--port", str(port), "--workers", "1", "--no-access-log", f"{name}:app"]
    return spent(command, environment, port, signed, body)


if __name__ == "__main__":
    sys.exit(main())
