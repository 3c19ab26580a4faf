"""What a reading process may use, and how it gives up the rest.

Address space, processor time per file and written bytes are capped by the kernel; the process dies with its
parent, gains no privileges and inherits neither environment nor open files.
"""

from __future__ import annotations

import ctypes
import json
import resource
import signal
from dataclasses import asdict, dataclass

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Confinement:
    """Bounds of a reading process: ``memory_bytes`` of address space, seconds of processor and wall time per file.

    ``written_bytes``: how large a file may grow that it writes (temporary ones of packages in packages); 0: none.
    """

    memory_bytes: int = 3 * 1024**3
    cpu_seconds: int = 60
    wall_seconds: float = 120.0
    start_seconds: float = 60.0
    files_per_process: int = 5_000
    written_bytes: int = 0

    def to_argument(self) -> str:
        """Write the bounds as one command line argument."""
        return json.dumps(asdict(self))


def from_argument(argument: str) -> Confinement:
    """Read what ``to_argument`` wrote."""
    return Confinement(**json.loads(argument))


def confine(bounds: Confinement) -> None:
    """Give up what reading does not need; called once at the start of a reading process."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _lower(resource.RLIMIT_AS, bounds.memory_bytes)
    _lower(resource.RLIMIT_FSIZE, bounds.written_bytes)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, limit: int) -> None:
    """Set both limits, never above the hard one that already holds."""
    _, hard = resource.getrlimit(kind)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(kind, (allowed, allowed))


def allow_cpu(seconds: int) -> None:
    """Allow this many more seconds of processor time from now; SIGXCPU ends the process after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
