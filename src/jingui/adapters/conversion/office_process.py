"""Confines itself and becomes a command: ``office_process.py MEMORY_BYTES FILE_BYTES CPU_SECONDS COMMAND ARGUMENT…``.

Run as a file of its own, without anything else of ours, so that it starts at once.

The limits hold for every process the command starts. Where the kernel lets us, the command sees no network at all.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
LAUNCH_FAILED = 125


def cut_network() -> bool:
    """Move this process into a network of its own, in which there is nothing; say whether that was allowed."""
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        return False
    # In the new user namespace we go on as who we were, so that files stay ours.
    for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        Path(f"/proc/self/{name}").write_text(line, encoding="ascii")
    return True


def confine(memory_bytes: int, file_bytes: int, cpu_seconds: int) -> None:
    """Lower what this process and those it becomes or starts may use."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (allowed, hard if kind == resource.RLIMIT_CPU else allowed))


def main(arguments: list[str]) -> None:
    """Confine this process and become the command."""
    limits, command = [int(number) for number in arguments[:3]], arguments[3:]
    try:
        cut_network()
        confine(*limits)
        os.execv(command[0], command)  # noqa: S606 - that is what this module is for
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(LAUNCH_FAILED)


if __name__ == "__main__":
    main(sys.argv[1:])
