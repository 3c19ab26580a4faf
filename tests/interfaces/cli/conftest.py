"""Commands run in this process, on an instance whose rows vanish with the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.personas import Office, open_office

from jingui.bootstrap import services
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


@pytest.fixture
def office(db: None, tmp_path: Path, settings: Any) -> Iterator[Office]:
    """Give an instance whose rows vanish with the test's transaction."""
    settings.JINGUI = settings.JINGUI  # restored after the test
    yield open_office(tmp_path / "home")
    services.cache_clear()
