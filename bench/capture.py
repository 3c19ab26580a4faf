"""Processor time of the server per uploaded file, beside a bare streaming upload server.

    PYTHONPATH=src python bench/capture.py [--seconds 3] [--pairs 3] [--django PYTHON]

Ours: ``jingui serve --workers 0``: signature and nonce checked, Content-Digest checked, SHA-256 + SM3 + SHA-512, format
identified, bytes durable (fdatasync), a durable database row with its journal event, a signed receipt. Beside it
``cap_asgi.py`` on granian: the body streamed to a file with SHA-256 + SM3 by OpenSSL; no check, no row, no sync; and the
floor, ``capture_floor.py``: the same with only what the target names, an HMAC, durable bytes and a durable row. The same
signed requests go to all from wrk over eight connections that stay open, as in the target's own command; only the server's
own processes are counted. With ``--django PYTHON``, an interpreter that has Django and gunicorn, ``cap_django.py`` takes the
same bytes as a form. Needs the corpora (JINGUI_CORPORA) and wrk. Exit codes: 0 within the targets, 1 above one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from bench.archive import BENCH, environment_of
from bench.paired import ROOT, use_all_memory

from jingui.formats.signing import Signable, content_digest_of, format_authorization, sign
from jingui.interfaces.api.bodies import CHUNK

SIZES = {"100 KB": (100 << 10, 2.0), "1 MB": (1 << 20, 1.25)}
MOST_OF_DJANGO = {"1 MB": 0.75}
CONNECTIONS = 8
START_SECONDS = 60
CLI = [sys.executable, "-m", "jingui.interfaces.cli.main"]
BENCH_LUA = Path(__file__).with_suffix(".lua")
MOST_BYTES_PER_SECOND = 300 << 20
"""More than any of the servers takes here: this many requests are signed before, each is sent once."""

HASHED = 200
Request = tuple[str, dict[str, str]]


@dataclass
class Load:
    """One body and the signed requests that bring it."""

    body: bytes
    signed: list[Request]

    def drop(self, count: int) -> None:
        """Forget requests that were sent: a nonce is good for once. Raises SystemExit if none is left."""
        del self.signed[:count]
        if not self.signed:
            raise SystemExit("too few requests were signed")


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


def play(port: int, load: Load, seconds: int) -> int:
    """Send what is not sent yet for some time; return how many were taken. Raises SystemExit unless all were."""
    with tempfile.TemporaryDirectory() as temporary:
        told, body = Path(temporary, "requests"), Path(temporary, "body")
        rest = (f"{path}\t{headers['Authorization']}\t{headers['Content-Digest']}\n" for path, headers in load.signed)
        told.write_text("".join(rest), encoding="utf-8")
        body.write_bytes(load.body)
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(BENCH_LUA), f"http://127.0.0.1:{port}"]
        environment = os.environ | {"CAPTURE_REQUESTS": str(told), "CAPTURE_BODY": str(body)}
        answer = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout
    counts = re.search(r"answered (\d+) refused (\d+) lost (\d+)", answer)
    if counts is None or counts[2] != "0" or counts[3] != "0":
        raise SystemExit(f"not every request was taken:\n{answer}")
    # Beside those answered: the ones on their way when the time was over, and the one that wrk makes and does not send.
    load.drop(int(counts[1]) + CONNECTIONS + 1)
    return int(counts[1])


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


def play_forms(port: int, size: int, seconds: int) -> int:
    """Send forms with one file, by the script of the corpora; return how many were taken."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(BENCH / "wrk_put.lua")]
    environment = os.environ | {"SIZE": str(size), "MODE": "multipart"}
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/up"], check=True, env=environment, capture_output=True, text=True
    )
    count = re.search(r"(\d+) requests in", done.stdout)
    if count is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"not every form was taken:\n{done.stdout}")
    return int(count[1])


def spent(
    command: Sequence[str], environment: Mapping[str, str], port: int, send: Callable[[int], int], seconds: int
) -> float:
    """Return ms of the server's processor time per request; the first second warms it up."""
    with server(command, environment, port) as group:
        send(1)
        before = cpu_of(group)
        count = send(seconds)
        return (cpu_of(group) - before) * 1000 / count


@dataclass(frozen=True)
class Pair:
    """ms of processor time per request of each server, and of the digest that only ours takes."""

    ours: float
    bare: float
    floor: float
    sha512: float
    django: float | None = None

    @property
    def by_digests(self) -> float:
        """Ours to the bare server with the same digests on both sides."""
        return (self.ours - self.sha512) / self.bare

    @property
    def of_django(self) -> float:
        """Ours to the form of Django, which takes the digests of the bare server."""
        return (self.ours - self.sha512) / (self.django or 1)


def main(given: Sequence[str] | None = None) -> int:
    """Measure both sizes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--django", default="", metavar="PYTHON")
    chosen = parser.parse_args(given)
    is_met = True
    with tempfile.TemporaryDirectory() as temporary:
        use_all_memory(Path(temporary) / "memory")
        home = Path(temporary) / "home"
        key = prepare(home)
        for label, (size, target) in SIZES.items():
            pairs = [measured(home, key, size, chosen) for _ in range(chosen.pairs)]
            is_met &= told(label, pairs, target)
    return 0 if is_met else 1


def told(label: str, pairs: Sequence[Pair], target: float) -> bool:
    """Print what was measured at one size; say whether it is within the targets."""
    print(f"{label}: ms of server processor time per request, ours / bare / floor / SHA-512 alone")
    for each in pairs:
        print(f"  {each.ours:.2f} / {each.bare:.2f} / {each.floor:.2f} / {each.sha512:.2f}", end="   ")
        print(f"ours / bare {each.ours / each.bare:.2f}")
    print(f"  median ours / bare {median(each.ours / each.bare for each in pairs):.2f}")
    print(f"  median floor / bare {median(each.floor / each.bare for each in pairs):.2f}")
    ratio = median(each.by_digests for each in pairs)
    print(f"  with the same digests on both sides {ratio:.2f}   target {target}")
    forms = [each for each in pairs if each.django]
    if not forms:
        return ratio <= target
    of_django, most = median(each.of_django for each in forms), MOST_OF_DJANGO.get(label)
    print(f"  Django and gunicorn {median(each.django or 0 for each in forms):.2f}", end="   ")
    print(f"median ours / Django {median(each.ours / (each.django or 1) for each in forms):.2f}", end="   ")
    print(f"with the same digests {of_django:.2f}" + (f"   target {most}" if most else ""))
    return ratio <= target and (most is None or of_django <= most)


def measured(home: Path, key: Mapping[str, str], size: int, chosen: argparse.Namespace) -> Pair:
    """Run every server once."""
    body = b"%PDF-1.4\n" + secrets.token_bytes(size - 15) + b"%%EOF\n"
    count = (chosen.seconds + 1) * MOST_BYTES_PER_SECOND // size
    port = free_port()
    ours = spent(
        [*CLI, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "0"],
        environment_of(home), port, partial(play, port, Load(body, requests(key, body, count))), chosen.seconds,
    )  # fmt: skip
    bare, floor = (
        other_server(name, folder, home, Load(body, requests(key, body, count)), chosen.seconds)
        for name, folder in (("cap_asgi", BENCH), ("capture_floor", ROOT / "bench"))
    )
    django = django_server(chosen.django, home, size, chosen.seconds) if chosen.django else None
    return Pair(ours, bare, floor, sha512_ms(body, HASHED), django)


def sha512_ms(body: bytes, count: int) -> float:
    """Return ms of processor time that SHA-512 of a body takes in the pieces in which it comes."""
    before = time.process_time()
    for _ in range(count):
        hasher = hashlib.sha512()
        for at in range(0, len(body), CHUNK):
            hasher.update(body[at : at + CHUNK])
    return (time.process_time() - before) * 1000 / count


def other_server(name: str, folder: Path, home: Path, load: Load, seconds: int) -> float:
    """Run a server that one module is."""
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(folder), "CAP_DIR": str(home / name / str(port))}
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "asgi", "--port", str(port), "--workers", "1", "--no-access-log", f"{name}:app"]
    return spent(command, environment, port, partial(play, port, load), seconds)


def django_server(python: str, home: Path, size: int, seconds: int) -> float:
    """Run the plain upload of Django as the target's command does; it writes where it is started."""
    port = free_port()
    environment = os.environ | {"PYTHONPATH": str(BENCH)}
    command = [python, "-m", "gunicorn", "-w", "2", "-b", f"127.0.0.1:{port}", "--chdir", str(home), "cap_django:app"]
    return spent(command, environment, port, partial(play_forms, port, size), seconds)


if __name__ == "__main__":
    sys.exit(main())
