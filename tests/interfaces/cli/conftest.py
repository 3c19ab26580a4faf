"""Commands run in this process, on an instance whose rows vanish with the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from jingui.interfaces.cli.main import main


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it said."""

    code: int
    said: str
    noted: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value; nothing else may stand there."""
        return json.loads(self.said)


Command = Callable[..., Ended]


@pytest.fixture
def jingui(capsys: pytest.CaptureFixture[str]) -> Command:
    """Return what runs a command as an operator types it."""

    def run(*arguments: str) -> Ended:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as end:  # argparse's own refusals
            code = end.code if isinstance(end.code, int) else 2
        told = capsys.readouterr()
        return Ended(code, told.out, told.err)

    return run
