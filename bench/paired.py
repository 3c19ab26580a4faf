"""Running commands and counting the processor time of their whole process tree; shared by the paired benchmarks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


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
