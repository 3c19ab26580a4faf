"""Confines itself and becomes a command: ``office_process.py MEMORY FILE CPU READABLE COMMAND ARGUMENT…``.

Run as a file of its own, without anything else of ours, so that it starts at once. MEMORY and FILE are bytes, CPU seconds,
READABLE the folders that may be read beside those of the system, joined by colons. The folder it is started in is the
only one that may be written; ``{folder}`` in an argument stands for it.

All of it holds for every process the command starts. What the kernel lacks is left out: limits, an empty network, a /tmp
of its own and a fence around files (Landlock) are each of use without the others.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
MS_BIND = 0x1000
TEMPORARY = "/tmp"  # noqa: S108 - the place, not a file in it
FOLDER = "{folder}"
LAUNCH_FAILED = 125

# Landlock: numbers of the system calls are the same on every architecture; rights by the version that brought them.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
RIGHTS_BY_VERSION = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF}
RIGHTS_NEWEST = 0xFFFF
RIGHTS_OF_FILES = 0xC007  # execute, write, read, truncate, control of devices
READING, READING_AND_WRITING = 0xD, 0xFFFF  # execute, read a file, read a folder
MAKING_SOCKETS = 0x220  # and removing files again
TCP_FROM, SCOPES_FROM = 4, 6
NO_TCP, NO_SOCKETS_AND_SIGNALS_OUTSIDE = 0x3, 0x3
SYSTEM = (
    "/usr", "/lib", "/lib32", "/lib64", "/bin",
    "/var/lib/libreoffice", "/var/spool/libreoffice", "/var/cache/fontconfig",
    *(f"/etc/{name}" for name in ("alternatives", "fonts", "group", "ld.so.cache", "libreoffice", "localtime", "passwd")),
    *(f"/proc/{name}" for name in ("cpuinfo", "filesystems", "meminfo", "sys", "version")),
)  # fmt: skip
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


class Ruleset(ctypes.Structure):
    """``struct landlock_ruleset_attr``: what is forbidden unless a rule allows it."""

    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class Beneath(ctypes.Structure):
    """``struct landlock_path_beneath_attr``: what is allowed of a path and of everything beneath it."""

    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def move_apart(folder: str, *, needed: list[str]) -> str:
    """Move into a network in which there is nothing, and let this folder be the only ``/tmp``; return where it lies now.

    Where the kernel allows neither, everything stays as it is. A ``/tmp`` that has a path which is needed stays in view.
    """
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC) != 0:
        return folder
    # In the new user namespace we go on as who we were, so that files stay ours; some systems forbid even that.
    with suppress(OSError):
        for name, line in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            Path(f"/proc/self/{name}").write_text(line, encoding="ascii")
    if any(Path(TEMPORARY) in Path(path).absolute().parents for path in needed):
        return folder
    # The office makes a socket in /tmp, whatever it is told.
    if libc.mount(os.fsencode(folder), TEMPORARY.encode(), None, ctypes.c_ulong(MS_BIND), None) != 0:
        return folder
    os.chdir(TEMPORARY)
    return TEMPORARY


def fence_files(readable: list[str], writable: str) -> bool:
    """Forbid every file but these and those of the system; say whether the kernel can do that.

    Raises:
        OSError: it can, and did not; then nothing may be run.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    rights = RIGHTS_BY_VERSION.get(version, RIGHTS_NEWEST)
    wanted = Ruleset(
        rights,
        NO_TCP if version >= TCP_FROM else 0,
        NO_SOCKETS_AND_SIGNALS_OUTSIDE if version >= SCOPES_FROM else 0,
    )
    size = ctypes.c_size_t(ctypes.sizeof(wanted) if version >= SCOPES_FROM else 16 if version >= TCP_FROM else 8)
    ruleset = _done(libc.syscall(CREATE_RULESET, ctypes.byref(wanted), size, ctypes.c_uint32(0)))
    for path, allowed in (
        *((path, READING) for path in (*SYSTEM, *readable)),
        *((path, READING_AND_WRITING) for path in (*DEVICES, writable)),
        *(((TEMPORARY, MAKING_SOCKETS),) if writable != TEMPORARY else ()),
    ):
        _allow(libc, ruleset, path, allowed & rights)
    _done(libc.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)))
    os.close(ruleset)
    return True


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:  # not every system has every folder
        return
    try:
        rule = Beneath(rights if Path(path).is_dir() else rights & RIGHTS_OF_FILES, parent)
        _done(libc.syscall(ADD_RULE, ruleset, 1, ctypes.byref(rule), ctypes.c_uint32(0)))
    finally:
        os.close(parent)


def _done(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


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
    limits, command = [int(number) for number in arguments[:3]], arguments[4:]
    readable = arguments[3].split(":") if arguments[3] else []
    try:
        folder = move_apart(str(Path.cwd()), needed=[command[0], *readable])
        confine(*limits)
        fence_files(readable, folder)
        os.environ.update(HOME=folder, TMPDIR=folder)
        os.execv(command[0], [argument.replace(FOLDER, folder) for argument in command])  # noqa: S606 - our purpose
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(LAUNCH_FAILED)


if __name__ == "__main__":
    main(sys.argv[1:])
