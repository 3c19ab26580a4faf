"""A real clamd for the length of a test run, with a signature database of one line, on a Unix socket and a port."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.brokers import free_port

# Put together here, so that no scanner takes this file for what it tests with.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-Signature\n"
START_SECONDS = 60
LIMIT = 1_000_000
_SETTINGS = """
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/signatures
PidFile {folder}/clamd.pid
Foreground true
StreamMaxLength {limit}
MaxThreads 2
MaxFileSize 500000
AlertExceedsMax yes
"""


def find_clamd() -> str:
    """Return the path of clamd; "" if it is not on this machine."""
    return shutil.which("clamd") or next((path for path in ("/usr/sbin/clamd",) if Path(path).exists()), "")


@dataclass(frozen=True, slots=True)
class Clamd:
    """A running clamd: its addresses as the setting wants them."""

    unix: str
    tcp: str


@contextlib.contextmanager
def running_clamd() -> Iterator[Clamd]:
    """Start clamd and stop it again."""
    with tempfile.TemporaryDirectory(prefix="jingui-clamd-") as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "test.hdb").write_text(SIGNATURE)
        (folder / "clamd.conf").write_text(_SETTINGS.format(folder=folder, port=port, limit=LIMIT))
        with (folder / "log").open("wb") as log:
            line = [find_clamd(), "--config-file", str(folder / "clamd.conf")]
            process = subprocess.Popen(line, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (folder / "clamd.sock").exists():
                is_hopeless = process.poll() is not None or time.monotonic() > deadline
                assert not is_hopeless, (folder / "log").read_text(errors="replace")
                time.sleep(0.05)
            yield Clamd(f"unix:{folder}/clamd.sock", f"tcp:127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(20)
