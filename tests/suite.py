"""Runs the whole suite: everything on SQLite, then what touches the database on PostgreSQL, and sums both.

``python3 run.py test [--without postgres|browser|broker|office] [pytest arguments]`` comes here. The last line on stdout is
the sum; what this machine cannot run is said loudly and counts as failed, unless it was left out with ``--without``.
On a CI machine (``CI=true``) missing system packages are installed first. Standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
ON_CI = os.environ.get("CI", "").lower() in {"1", "true"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RABBITMQ_SERVERS = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
POSTGRES_FOLDERS = "usr/lib/postgresql/*/bin"
# Without screens, Java and recommendations: 104 MB to fetch, 325 MB on the disk.
OFFICE_PACKAGES = [f"libreoffice-{part}-nogui" for part in ("writer", "calc", "impress")]
MEMORY_FOLDER, MEMORY_BYTES = "/dev/shm", 6 * 2**30
PARTS = ("browser", "postgres", "broker", "office")
NO_TESTS = 5  # pytest's exit code when nothing was selected


def say(english: str, chinese: str = "") -> None:
    """Tell the person at the terminal."""
    print(f"{english} {chinese}".rstrip(), file=sys.stderr, flush=True)


def run_child(command: list[str], environment: dict[str, str]) -> int:
    """Run a command; when we are told to stop, it is asked to stop and waited for."""
    child = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


@dataclass
class Tally:
    """What the test runs came to."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add_report(self, report: Path) -> None:
        """Add the counts of a JUnit report."""
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):
            count = {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
            bad = count["failures"] + count["errors"]
            self.failed += bad
            self.skipped += count["skipped"]
            self.passed += count["tests"] - bad - count["skipped"]

    def __str__(self) -> str:
        """Give the plain summary that scripts read."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def find_browser() -> str:
    """Return the path of a Chromium: the one named, on the PATH, or downloaded by Playwright; "" if none."""
    named = os.environ.get("JINGUI_BROWSER", "")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), "")
    if found:
        return found
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = asked.stdout.strip()
    return path if path and Path(path).is_file() else ""


def find_postgres() -> str:
    """Return the folder of initdb and postgres, the newest where several are; "" if none."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/").glob(POSTGRES_FOLDERS), key=lambda path: path.parent.name.zfill(4), reverse=True)
    return next((str(each) for each in folders if (each / "initdb").exists() and (each / "postgres").exists()), "")


def has_chinese_font() -> bool:
    """Say whether pictures of pages would show Chinese."""
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


def find_broker() -> str:
    """Return the path of RabbitMQ's start script; "" if there is none."""
    found = sorted(Path("/").glob(RABBITMQ_SERVERS))
    return str(found[-1]) if found and shutil.which("epmd") else ""


def find_office() -> str:
    """Return the path of LibreOffice; "" if there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def install_system_packages(*, browser: bool, postgres: bool, broker: bool, office: bool) -> None:
    """On a CI machine, install what the suite needs and the machine lacks."""
    wanted = [] if not postgres or find_postgres() else ["postgresql"]
    wanted += [] if not broker or find_broker() else ["rabbitmq-server"]
    wanted += [] if shutil.which("clamd") or Path("/usr/sbin/clamd").exists() else ["clamav-daemon"]
    wanted += [] if not browser or find_browser() else ["chromium"]
    wanted += [] if not office or find_office() else OFFICE_PACKAGES
    wanted += [] if not (browser or office) or has_chinese_font() else ["fontconfig", "fonts-noto-cjk"]
    if not wanted:
        return
    say(f"Installing {' '.join(wanted)} …", "正在安装系统软件包 …")
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    for line in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *wanted]):
        with contextlib.suppress(FileNotFoundError):
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*as_root, "apt-get", *line], env=environment, stdout=sys.stderr, check=False)


def fast_folder() -> str:
    """Return a folder in memory where there is plenty of it, else the usual one for temporary files.

    The tests write and sync thousands of small files; a disk shared with other work makes them wait for each.
    """
    with contextlib.suppress(OSError):
        told = dict(line.split()[:2] for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
        room = os.statvfs(MEMORY_FOLDER)
        is_roomy = min(int(told["MemAvailable:"]) * 1024, room.f_bavail * room.f_frsize) >= MEMORY_BYTES
        if is_roomy and os.access(MEMORY_FOLDER, os.W_OK):
            return MEMORY_FOLDER
    return tempfile.gettempdir()


def run_pytest(tally: Tally, *, prefix: list[str], arguments: list[str], environment: dict[str, str]) -> None:
    """Run pytest once and add what it counted; a run that broke off without a count is a failure."""
    fast = fast_folder()
    with tempfile.TemporaryDirectory(prefix="jingui-test-", dir=fast) as folder:
        report = Path(folder) / "report.xml"
        options = ["-n", "2", "--dist", "loadgroup", f"--junitxml={report}", f"--basetemp={folder}/tests"]
        pytest = [sys.executable, "-m", "pytest", *options, *arguments]
        failed_before = tally.failed
        # An instance of the developer's own must not lend the tests its keys.
        code = run_child([*prefix, *pytest], {**environment, "TMPDIR": fast, "JINGUI_HOME": str(Path(folder) / "home")})
        if report.is_file():
            tally.add_report(report)
    if code == NO_TESTS and arguments_select(arguments):
        say("(no test of this run was selected)", "(没有选中的测试)")
    elif code and tally.failed == failed_before:
        say(f"pytest ended with exit code {code}", "测试运行异常结束")
        tally.failed += 1


def arguments_select(arguments: list[str]) -> bool:
    """Say whether the person chose tests, so that an empty run is no surprise."""
    return arguments != ["--database-only"] and bool(arguments)


def missing_parts(*, without: list[str]) -> list[str]:
    """Name what the suite needs and this machine lacks; on CI, after trying to install it."""
    wanted = {name: name not in without for name in PARTS}
    if ON_CI:
        install_system_packages(**wanted)
    found = {"browser": find_browser, "postgres": find_postgres, "broker": find_broker, "office": find_office}
    return [name for name, is_wanted in wanted.items() if is_wanted and not found[name]()]


def main(arguments: list[str]) -> int:
    """Run the suite on SQLite, then what touches the database on PostgreSQL; sum both."""
    parser = argparse.ArgumentParser(prog="run.py test", add_help=False)
    parser.add_argument("--without", action="append", choices=PARTS, default=[])
    chosen, rest = parser.parse_known_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tally, missing = Tally(), missing_parts(without=chosen.without)
    not_run = [*missing, *chosen.without]
    environment = {**os.environ, "JINGUI_BROWSER": find_browser()}
    environment.pop("JINGUI_DATABASE_URL", None)
    # The tests start hundreds of processes; without bytecode each of them would compile all it imports.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["JINGUI_TESTS_WITHOUT"] = ",".join(name for name in not_run if name != "postgres")
    say("== SQLite ==")
    run_pytest(tally, prefix=[], arguments=rest, environment=environment)
    if "postgres" not in not_run:
        say("== PostgreSQL ==")
        prefix = [sys.executable, str(ROOT / "tests" / "databases.py"), find_postgres(), "--"]
        run_pytest(tally, prefix=prefix, arguments=[*rest, "--database-only"], environment=environment)
    for name in not_run:
        reason = "as you asked 按要求略过" if name in chosen.without else "this machine lacks it 本机缺少所需软件"
        say(f"!!! NOT RUN 未运行: {name} ({reason}) !!!")
    tally.failed += len(missing)
    sys.stderr.flush()
    print(tally, flush=True)
    return 1 if tally.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
