"""Running commands and counting the processor time of their whole process tree; shared by the paired benchmarks."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Where it is set, every process that is measured would compile all modules that it loads, peers as well as ours.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command took: seconds of processor time (user and system, all its processes) and what it printed."""

    cpu: float
    output: bytes


def run_measured(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Spent:
    """Run a command to its end and count it with every process it has waited for.

    Raises:
        SystemExit: it failed.
    """
    process = subprocess.Popen(command, env=dict(environment or os.environ), stdout=subprocess.PIPE)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(usage.ru_utime + usage.ru_stime, output)


def warm(tree: Path) -> None:
    """Read every file once, so that the next command finds it in memory."""
    for path in tree.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 20):
                    pass


def use_all_memory(path: Path) -> None:
    """Fill the file cache with an empty file that stays, as the cache is full on a machine in operation.

    Many virtual machines are given a page of memory only when they first touch it, and take it back when much is free. There
    a new page of the cache cost eight times one that was used before (2.4 ms of processor time per MB written, not 0.3). Who
    replaces a few hundred files again and again touches no new page; who keeps what he is given touches them all.
    """
    known = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    piece = bytearray(1 << 20)
    with path.open("w+b", buffering=0) as file:
        file.truncate(int(known["MemAvailable"].split()[0]) * 1024)
        while file.readinto(piece):
            pass


# ext4 does not give out the number of a file that was deleted less than five minutes ago, and looks at each of them for
# every file it makes. Runs that delete the folder of the run before them pay for that: half of a run, it was measured.
@contextmanager
def workplace(keep: Path | None) -> Iterator[Path]:
    """Give a folder to work in. What ``fresh`` made in it is deleted at the very end, all else unless it is to be kept."""
    with tempfile.TemporaryDirectory(prefix="jingui-bench-") as temporary:
        use_all_memory(Path(temporary) / "memory")
        work = keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        try:
            yield work
        finally:
            shutil.rmtree(work / _RUNS, ignore_errors=True)


def fresh(work: Path, name: str) -> Path:
    """Return a path for the results of one run, where nothing stands yet; its parent is there."""
    folder = work / _RUNS / secrets.token_hex(8)
    folder.mkdir(parents=True)
    return folder / name


def give_back(folder: Path) -> None:
    """Give back disk and memory of what a run has written, without deleting a file; see ``workplace``."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o600)
            os.truncate(path, 0)


_RUNS = "runs"
