"""How commands speak, whoever listens."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

SAY = dedent(
    """
    import sys
    from jingui.interfaces.cli.output import Out
    sys.stdin.read()
    Out(as_json={as_json}).result(["行"] * 50_000, "行\\n" * 100_000)
    sys.exit(1)
    """
)


def test_a_reader_who_has_seen_enough_changes_neither_the_exit_code_nor_what_is_said_of_errors() -> None:
    for as_json in (False, True):
        command = [sys.executable, "-c", SAY.format(as_json=as_json)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            process.stdin.close()
            errors = process.stderr.read()
        assert (process.returncode, errors) == (1, b"")
