"""A watched folder of a source: read as the collector reads it, with its receipts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.builders import now
from tests.personas import Office

from jingui.bootstrap.sources import collecting, connection_problems, open_reader
from jingui.db.models import Source, SourceConnection, SourceProblem, SourceProgress
from jingui.ports import SourceReader
from jingui.usecases.capture.collecting import collect_slice
from jingui.usecases.capture.connecting import ConnectionChoices, keep_connection
from jingui.usecases.capture.incoming import Tally
from jingui.usecases.capture.retrying import ask_retry


@dataclass
class Inbox:
    """A folder of a source and the connection that watches it."""

    folder: Path
    connection: SourceConnection
    is_over: Callable[[], bool] = lambda: False

    def collect(self) -> Tally:
        """Read it once, as the collector does."""
        connection = SourceConnection.objects.get(key=self.connection.key)
        tally = collect_slice(connection.key, using=collecting(clock=now, is_over=self.is_over))
        progress = SourceProgress.objects.get(connection=connection)
        assert (progress.health, progress.error) == ("healthy", "")
        return tally

    def reader(self) -> SourceReader:
        """Open a reader of its own."""
        return open_reader(SourceConnection.objects.get(key=self.connection.key))

    def receipt(self, path: Path | str) -> dict[str, Any]:
        """Read the receipt of a package, bag or sheet."""
        told: dict[str, Any] = json.loads((self.folder / f"{Path(path).name}.receipt.json").read_bytes())
        return told

    def receipts(self) -> set[str]:
        """Name the receipts that are there."""
        return {path.name for path in self.folder.glob("*.receipt.json")}


def watch(office: Office, folder: Path, kind: str, **more: Any) -> Inbox:
    """Make a folder and a connection that watches it."""
    folder.mkdir()
    choices = ConnectionChoices("收件箱", Source.objects.get().name, kind, {"folder": str(folder), **more}, {})
    return Inbox(folder, keep_connection(choices, check=connection_problems, actor="tests", now=now()))


def retry() -> int:
    """Ask for everything that waits to be taken again, as a person does."""
    keys = SourceProblem.objects.filter(settled_at=None).values_list("key", flat=True)
    return ask_retry(list(keys), actor="account:甲", now=now())
