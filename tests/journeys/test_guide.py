"""The guide for integrators, followed word by word: its shell blocks run in their order on a fresh machine's folder."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journeys.instances import ROOT, RealInstance

pytestmark = [pytest.mark.journey, pytest.mark.one_database]

GUIDE = ROOT / "docs" / "guides" / "integrator.md"
BLOCKS = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WAIT = "until curl -s -o /dev/null http://127.0.0.1:{port}/login; do sleep 0.1; done\n"


def test_a_stranger_who_follows_the_guide_has_an_archived_case(instance: RealInstance, tmp_path: Path) -> None:
    blocks = BLOCKS.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) == 4
    first, *others = (block.replace("127.0.0.1:8000", f"127.0.0.1:{instance.port}") for block in blocks)
    script = "set -euo pipefail\n" + first + WAIT.format(port=instance.port) + "".join(others)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = instance.environment | {"PATH": path, "JINGUI_PUBLIC_URL": instance.url}
    output = tmp_path / "output"
    with output.open("wb") as log:
        shell = subprocess.Popen(
            ["bash", "-c", script], cwd=tmp_path, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        code = shell.wait(timeout=240)
    finally:
        os.killpg(shell.pid, signal.SIGKILL)  # the server that the guide leaves running
        shell.wait()
    said = output.read_text(encoding="utf-8")
    assert code == 0, said
    assert "preserved 0021-ZW·2026-D10-GAJ-000001 []" in said
    assert '"kind": "case_received"' in said
