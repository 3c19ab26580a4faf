"""What a list is and what its import would do, once found, is kept beside its file: looking again costs nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jingui.domain.catalogue.mappings import TableHead
from jingui.formats.catalogues.sources import CatalogueSource
from jingui.usecases.catalogue.import_tasks import ImportSummary, ImportTask
from jingui.usecases.catalogue.opening import ListHead
from jingui.usecases.catalogue.reports import ReportFile
from jingui.usecases.catalogue.runs import Told, forget_parts, preview_run

_SUMMARY = "summary.json"
_HEAD = "head.json"


def known_head(folder: Path) -> ListHead | None:
    """Return what the list in the folder is, if it has been opened."""
    path = folder / _HEAD
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    tables = (
        TableHead(table["name"], tuple(table["headers"]), tuple(map(tuple, table["samples"])))
        for table in told["tables"]
    )
    return ListHead(told["sha256"], told["is_known"], tuple(tables))


def keep_head(folder: Path, head: ListHead) -> None:
    """Keep what the list in the folder is. Raises FileNotFoundError: the folder is gone."""
    _keep(folder / _HEAD, asdict(head))


def forget_head(folder: Path) -> None:
    """Forget what the list in the folder is."""
    (folder / _HEAD).unlink(missing_ok=True)


def _keep(path: Path, told: Mapping[str, Any]) -> None:
    # A reader finds all of it or nothing; JSON in ASCII takes whatever characters a list has.
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    new.write_text(json.dumps(told), encoding="ascii")
    new.replace(path)


def known_preview(folder: Path) -> ImportSummary | None:
    """Return the preview in the folder, if it has been made."""
    path = folder / _SUMMARY
    if not path.is_file():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    report = ReportFile(folder / "report.jsonl")
    return ImportSummary(told["counts"], told["tables"], frozenset(told["ignored"]), report, told["is_mapped"])


def make_preview(
    source: CatalogueSource,
    task: ImportTask,
    *,
    folder: Path,
    begun: Mapping[str, Any] | None = None,
    told: Told = lambda _done, _count, _state: None,
) -> ImportSummary:
    """Make the preview and keep it in the folder; nothing else is changed. ``begun`` and ``told``: see ``preview_run``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    summary = preview_run(source, task, folder=folder, begun=begun, told=told)
    forget_parts(folder)
    told_of = {"counts": summary.counts, "tables": summary.tables, "is_mapped": summary.is_mapped}
    kept = {**told_of, "ignored": sorted(summary.ignored)}
    _keep(folder / _SUMMARY, kept)
    return summary
