"""A preview that has been made is kept beside its file, so that looking at it again costs nothing."""

from __future__ import annotations

import json
from pathlib import Path

from jingui.formats.catalogues.sources import CatalogueSource
from jingui.usecases.catalogue.reports import ReportFile
from jingui.usecases.catalogue.runs import ImportSummary, ImportTask, forget_parts, preview_run

_SUMMARY = "summary.json"


def kept_preview(source: CatalogueSource, task: ImportTask, *, folder: Path) -> ImportSummary:
    """Return the preview in the folder, made now if there is none; nothing else is changed."""
    path = folder / _SUMMARY
    if path.is_file():
        told = json.loads(path.read_text(encoding="utf-8"))
        return ImportSummary(
            told["counts"], told["tables"], frozenset(told["ignored"]), ReportFile(folder / "report.jsonl")
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    summary = preview_run(source, task, folder=folder)
    forget_parts(folder)
    told = {"counts": summary.counts, "tables": summary.tables, "ignored": sorted(summary.ignored)}
    path.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return summary
