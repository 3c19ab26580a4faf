"""What the tests cost: CPU seconds of each file, of this process and of every process under it.

``--cpu-report`` prints the dearest files and tests after the run. CPU seconds, unlike the clock, say the same on a busy
machine. A server that lives longer than a test counts while it works for the test, also if it was started by another.
"""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path

import pytest

SHOWN_FILES = 40
SHOWN_TESTS = 40
SECONDS = "cpu_seconds"
TICKS = os.sysconf("SC_CLK_TCK")


def descendants(process: int) -> Generator[int]:
    """Name a process and all that live under it."""
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in task.read_text(encoding="ascii").split():
                yield from descendants(int(child))


def spent(process: int) -> float:
    """Return the CPU seconds of a process and of its dead, waited-for children; 0 if it is gone."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:15])) / TICKS


class CpuReport:
    """The plugin: measures in the process that runs the tests, counts in the one that reports."""

    def __init__(self) -> None:
        self.last = 0.0
        self.files: defaultdict[str, float] = defaultdict(float)
        self.tests: defaultdict[str, float] = defaultdict(float)

    def since_last(self) -> float:
        """Return the CPU seconds since this was last asked; a killed and never reaped child is not noticed."""
        now = sum(map(spent, descendants(os.getpid())))
        passed, self.last = max(now - self.last, 0.0), now
        return passed

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note in the report of a phase what it cost; what was before the first test is the collecting."""
        report = yield
        report.__dict__[SECONDS] = self.since_last()  # what stands there comes back from a worker, too
        return report

    def pytest_collection_finish(self) -> None:
        """Start counting."""
        self.since_last()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a report, here or from a worker."""
        seconds = report.__dict__.get(SECONDS, 0.0)
        self.files[report.nodeid.partition("::")[0]] += seconds
        self.tests[report.nodeid.partition("@")[0]] += seconds

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print what was dearest."""
        terminalreporter.section(f"CPU: {sum(self.files.values()):.1f} s in tests")
        for counted, shown in ((self.files, SHOWN_FILES), (self.tests, SHOWN_TESTS)):
            for name, seconds in sorted(counted.items(), key=lambda one: -one[1])[:shown]:
                terminalreporter.write_line(f"{seconds:8.2f} s  {name}")
            terminalreporter.write_line("")
