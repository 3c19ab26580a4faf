"""A preview that has been made is kept beside its file, so that looking at it again costs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jingui.formats.catalogues.sources import CatalogueSource
from jingui.usecases.catalogue.reports import ReportFile
from jingui.usecases.catalogue.runs import ImportSummary, ImportTask, Told, forget_parts, preview_run

_SUMMARY = "summary.json"


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
    (folder / _SUMMARY).write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    return summary
